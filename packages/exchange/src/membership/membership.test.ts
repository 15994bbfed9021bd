import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { playMembership, type MembershipWorldOptions } from '../../fixtures/membership-world.ts'
import { MAX_MEMBERSHIP_BYTES, MAX_NEIGHBOURHOOD, MAX_PEER_LENGTH, MAX_UPDATES } from '../limits.ts'
import { createHelper, endErrands, help } from './errands.ts'
import { createMembership, healthOf, stepMembership, type MembershipEffect, type MembershipState } from './membership.ts'
import { decodeMembership, encodeMembership, type Finding, type MembershipMessage, type Update } from './message.ts'
import { MEMBERSHIP, PLAIN_SWIM } from './settings.ts'

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const peers = fc.constantFrom('self', 'near', 'far', 'other', ...Array.from({ length: 300 }, (_, at) => `peer-${at}`))
const updates = fc.array(
  fc.record({ peer: peers, finding: fc.constantFrom<Finding>('alive', 'suspect', 'dead', 'gone'), incarnation: word }), { maxLength: MAX_UPDATES })
const messages: fc.Arbitrary<MembershipMessage> = fc.oneof(
  fc.record({ kind: fc.constantFrom('ping' as const, 'ack' as const, 'nack' as const), sequence: word, incarnation: word, updates }),
  fc.record({ kind: fc.constant('ask' as const), target: peers, sequence: word, incarnation: word, updates }),
)

test('a message decodes to what was said, and the longest fits its limit', () => {
  fc.assert(fc.property(messages, (message) => {
    expect(decodeMembership(encodeMembership(message))).toEqual({ ok: true, value: message })
  }))
  const peer = 'x'.repeat(MAX_PEER_LENGTH)
  const full = Array.from({ length: MAX_UPDATES }, (): Update => ({ peer, finding: 'gone', incarnation: 2 ** 32 - 1 }))
  const longest = encodeMembership({ kind: 'ask', target: peer, sequence: 2 ** 32 - 1, incarnation: 2 ** 32 - 1, updates: full })
  expect(longest.length).toBeLessThanOrEqual(MAX_MEMBERSHIP_BYTES)
  expect(decodeMembership(longest).ok).toBe(true)
})

/** A member between ticks, and the time it is. */
function openBench(neighbours: readonly string[], relays: readonly string[] = []) {
  const state = createMembership('self', MEMBERSHIP, 1)
  let now = 1_000_000
  const happen = (event: Parameters<typeof stepMembership>[1]): readonly MembershipEffect[] => stepMembership(state, event, now)
  for (const peer of neighbours) happen({ kind: 'linked', peer, isRelay: false })
  for (const peer of relays) happen({ kind: 'linked', peer, isRelay: true })
  return {
    state,
    happen,
    /** @param answer what the world says to each message, at once */
    run(seconds: number, answer: (to: string, message: MembershipMessage) => MembershipMessage | undefined): readonly MembershipEffect[] {
      const seen: MembershipEffect[] = []
      for (const end = now + seconds * 1_000; now < end; now += 500) {
        const queue = [...happen({ kind: 'tick' })]
        for (let effect = queue.shift(); effect !== undefined; effect = queue.shift()) {
          seen.push(effect)
          if (effect.kind !== 'send') continue
          const message = answer(effect.to, effect.message)
          if (message !== undefined) queue.push(...happen({ kind: 'received', from: effect.to, message }))
        }
      }
      return seen
    },
    sleep: (ms: number) => void (now += ms),
  }
}

const ack = ({ sequence }: MembershipMessage, more: readonly Update[] = [], incarnation = 0): MembershipMessage =>
  ({ kind: 'ack', sequence, incarnation, updates: more })
const nack = ({ sequence }: MembershipMessage): MembershipMessage => ({ kind: 'nack', sequence, incarnation: 0, updates: [] })
const closed = (effects: readonly MembershipEffect[]): readonly string[] =>
  effects.flatMap((effect) => (effect.kind === 'close' ? [effect.peer] : []))
const healthIn = (state: MembershipState, peer: string) => healthOf(state).find((one) => one.peer === peer)?.health

describe('a stranger\'s word', () => {
  test('makes us look, but kills nobody who answers', () => {
    const bench = openBench(['honest', 'liar'])
    const accuse: Update = { peer: 'honest', finding: 'dead', incarnation: 0 }
    const seen = bench.run(300, (to, message) => ack(message, to === 'liar' ? [accuse] : []))
    expect(closed(seen)).toEqual([])
    const pings = seen.filter((effect) => effect.kind === 'send' && effect.message.kind === 'ping')
    // In every second period at most: the liar is looked at as well.
    expect(pings.filter((effect) => effect.kind === 'send' && effect.to === 'liar').length).toBeGreaterThan(20)
  })

  test('keeps no dead link alive for ever', () => {
    const bench = openBench(['hanging', 'liar'])
    const seen = bench.run(300, (to, message) => (to === 'liar' ? ack(message) : undefined))
    expect(seen).toContainEqual({ kind: 'close', peer: 'hanging', reason: 'link' })
    expect(closed(seen)).toEqual(['hanging'])
    let incarnation = 0
    const again = openBench(['hanging', 'liar'])
    expect(closed(again.run(600, (to, message) => (to === 'hanging' ? undefined : message.kind === 'ask' ? nack(message)
      : ack(message, [{ peer: 'hanging', finding: 'alive', incarnation: ++incarnation }]))))).toEqual(['hanging'])
  })

  test('does not put our own watchfulness to sleep', () => {
    const bench = openBench(['liar', 'honest'])
    let accusations = 0
    bench.run(120, (to, message) => {
      if (to !== 'liar') return ack(message)
      accusations++
      return ack(message, [{ peer: 'self', finding: 'suspect', incarnation: bench.state.incarnation }])
    })
    expect(accusations).toBeGreaterThan(10)
    expect(bench.state.health).toBeLessThanOrEqual(1)
  })

  test('fills nothing beyond its cap', () => {
    const events = fc.array(fc.tuple(fc.constantFrom('near', 'far', 'stranger', 'relay'), messages, fc.integer({ min: 0, max: 5_000 })), { maxLength: 200 })
    fc.assert(fc.property(events, (list) => {
      const bench = openBench(['near', 'far'], ['relay'])
      for (const [from, message, ms] of list) {
        bench.sleep(ms)
        for (const effect of bench.happen({ kind: 'received', from, message })) {
          if (effect.kind === 'send') expect(decodeMembership(encodeMembership(effect.message)).ok).toBe(true)
        }
        bench.happen({ kind: 'tick' })
      }
      const { known, errands } = bench.state
      expect(known.tellers.size).toBeLessThanOrEqual(MAX_NEIGHBOURHOOD)
      expect(Math.max(0, ...[...known.tellers.values()].map((tellers) => tellers.size))).toBeLessThanOrEqual(2)
      expect(errands.size).toBeLessThanOrEqual(2)
      expect([...known.linked.keys(), known.relays.size]).not.toContain('stranger')
    }), { numRuns: 50 })
  })
})

test('a member that falls silent is suspected, told so, and given up after its time; one that speaks again is not', () => {
  const bench = openBench(['silent', 'helper'])
  const world = (to: string, message: MembershipMessage) => (to === 'silent' ? undefined : message.kind === 'ask' ? nack(message) : ack(message))
  const said = bench.run(10, world).filter((effect) => effect.kind === 'send' && effect.to === 'silent')
  expect(healthIn(bench.state, 'silent')).toBe('suspect')
  expect(said.at(-1)).toMatchObject({ message: { updates: [{ peer: 'silent', finding: 'suspect', incarnation: 0 }] } })
  bench.happen({ kind: 'received', from: 'silent', message: { kind: 'ping', sequence: 9, incarnation: 1, updates: [] } })
  expect(healthIn(bench.state, 'silent')).toBe('alive')
  const seen = bench.run(60, world)
  expect(seen).toContainEqual({ kind: 'close', peer: 'silent', reason: 'dead' })
  expect(closed(seen)).toEqual(['silent'])
})

test('who hears that it is suspected refutes with a higher incarnation', () => {
  const bench = openBench(['near'])
  const suspect: Update = { peer: 'self', finding: 'suspect', incarnation: 0 }
  const [reply] = bench.happen({ kind: 'received', from: 'near', message: { kind: 'ping', sequence: 3, incarnation: 0, updates: [suspect] } })
  expect(reply).toMatchObject({ kind: 'send', to: 'near', message: { kind: 'ack', sequence: 3, incarnation: 1 } })
})

test('nobody is suspected for what happened while we slept', () => {
  const bench = openBench(['near', 'far'])
  bench.run(4, () => undefined)
  bench.sleep(3_600_000)
  bench.happen({ kind: 'tick' })
  expect(healthOf(bench.state).map(({ health }) => health)).toEqual(['alive', 'alive'])
  expect(closed(bench.run(60, (_, message) => ack(message)))).toEqual([])
})

test('a relay pings a member for another, and says in time when it does not answer', () => {
  const state = createHelper()
  const ask: MembershipMessage = { kind: 'ask', target: 'b', sequence: 5, incarnation: 0, updates: [] }
  const isLinked = (peer: string) => peer !== 'gone'
  const [ping] = help(state, 'a', ask, isLinked, 0)
  expect(ping).toMatchObject({ to: 'b', message: { kind: 'ping' } })
  expect(help(state, 'c', ack(ping!.message), isLinked, 10)).toEqual([])
  expect(help(state, 'b', ack(ping!.message), isLinked, 20)).toMatchObject([{ to: 'a', message: { kind: 'ack', sequence: 5 } }])
  expect(help(state, 'a', { ...ask, target: 'gone' }, isLinked, 30)).toMatchObject([{ to: 'a', message: { kind: 'nack', sequence: 5 } }])
  help(state, 'a', ask, isLinked, 40)
  expect(endErrands(state, 40 + MEMBERSHIP.answerMs)).toMatchObject([{ to: 'a', message: { kind: 'nack', sequence: 5 } }])
  const flood = Array.from({ length: 100 }, () => help(state, 'a', ask, isLinked, 50)).flat()
  expect(flood.length).toBeLessThan(5)
})

test('with one member in five throttled, Lifeguard declares a twentieth of the well ones dead that SWIM does, and finds the dead', () => {
  const world: Omit<MembershipWorldOptions, 'settings'> = {
    members: 50, dials: 4, seed: 3, loss: 0.1, throttled: 0.2, throttle: 'lagging', longestMs: 60_000, deaths: 3, minutes: 12,
  }
  const plain = playMembership({ ...world, settings: PLAIN_SWIM })
  const ours = playMembership({ ...world, settings: MEMBERSHIP })
  expect(plain.falsePositives).toBeGreaterThan(100)
  expect(ours.falsePositives).toBeLessThan(plain.falsePositives / 20)
  expect(ours.undetected).toBe(0)
  expect(ours.bytesPerSecond).toBeLessThan(100)
  expect(ours.mostKnown).toBeLessThanOrEqual(MAX_NEIGHBOURHOOD)
})
