import { describe, expect, test } from 'vitest'
import { createTestKeys } from '../../fixtures/ed25519.ts'
import { alice, carol, createWorld, signClaim, START, statementFor, testRealm, type World } from '../../fixtures/world.ts'
import { EVALUATOR, sampleGenotype, type Sample } from '../../fixtures/xor.ts'
import { hexText } from '../bytes/text.ts'
import { digestOfCid } from '../claim/cid-digest.ts'
import { claimMessage, decodeClaim } from '../claim/claim-codec.ts'
import { MAX_ANSWER_BYTES, MAX_BODY_BYTES, MAX_REQUEST_BYTES } from '../limits.ts'
import type { Neighbour } from '../ports.ts'
import { realmMessage } from '../realm/realm-codec.ts'
import { decodeAnswer, decodeRequest, encodeAnswer, encodeRequest } from '../wire/messages.ts'
import { countersOf, step } from './member.ts'
import { recordOf } from './neighbour-record.ts'
import { authorOf, createMember, MAX_NEIGHBOURS, MAX_PARKED, MAX_PENDING_CHECKS, MAX_TRIALS } from './state.ts'

const kinds = (world: World, kind: string): number => world.effects.filter((effect) => effect.kind === kind).length
const claimOf = (sample: Sample, keys = carol, time = START): Uint8Array => signClaim(statementFor(sample, keys, time), keys)
/** Canonical, but signed by nobody: refused after its check. */
const unsigned = (number: number): Uint8Array => signClaim(statementFor(sampleGenotype(number), alice, START), carol)
const withBody = (world: World, sample: Sample): Sample => {
  world.bodies.set(sample.cid, sample.body)
  return sample
}
const request = (world: World, bytes: Uint8Array, ticket = 1): void => world.happen({ kind: 'requested', ticket, from: 'carol', bytes })
const aPull = encodeRequest({ kind: 'pull', digest: new Uint8Array(32).fill(9) })

describe('what one neighbour may hand over', () => {
  const relay: Neighbour = { peer: 'relay', kind: 'relay', transport: 'memory' }

  test.each([['an island', 'carol', 256], ['a relay', 'relay', 1_024]] as const)('%s: signatures', (_, peer, limit) => {
    const world = createWorld()
    world.happen({ kind: 'neighbours', neighbours: [{ peer: 'carol', kind: 'island', transport: 'memory' }, relay] })
    for (let i = 0; i < limit; i++) expect(world.deliver(unsigned(i), peer)).toBe('reject')
    expect(world.refusals().every((reason) => reason === 'bad-signature')).toBe(true)
    expect(world.deliver(unsigned(limit), peer)).toBe('ignore')
    expect(world.refusals()).toEqual(['too-many'])
    expect(kinds(world, 'check-signature')).toBe(limit)
    world.now += 1_000
    expect(world.deliver(unsigned(limit + 1), peer)).toBe('reject')
  })

  test('claims while synchronising: 256 at once', () => {
    const world = createWorld()
    for (let i = 0; i < 6; i++) {
      request(world, encodeRequest({ kind: 'offer', claims: Array.from({ length: 48 }, (_, n) => unsigned(48 * i + n)), wants: [] }))
    }
    expect(kinds(world, 'check-signature')).toBe(256)
    expect(countersOf(world.state).refused['too-many']).toBe(6 * 48 - 256)
  })

  test('requests: 128 at once, 32 a second', () => {
    const world = createWorld()
    for (let i = 0; i < 129; i++) request(world, aPull, i)
    expect(world.refusals()).toEqual(['too-many'])
    world.now += 1_000
    for (let i = 0; i < 33; i++) request(world, aPull, i)
    expect(world.refusals()).toEqual(['too-many'])
  })

  test('bytes: without any left, announcements get their verdict unread and requests are refused, until they come back', () => {
    const world = createWorld()
    const sample = withBody(world, sampleGenotype(1))
    const { received } = recordOf(world.state, 'carol')
    received.spend(world.now, received.level(world.now) - 1)
    expect(world.deliver(claimOf(sample))).toBe('forward')
    expect(received.level(world.now)).toBe(0)
    expect(world.deliver(claimOf(sampleGenotype(2)))).toBe('ignore')
    request(world, aPull)
    expect(world.refusals().slice(-2)).toEqual(['too-many', 'too-many'])
    expect(countersOf(world.state).stages).toMatchObject({ received: 1, decoded: 1 })
    world.now += 1_000
    expect(world.deliver(claimOf(withBody(world, sampleGenotype(3))))).toBe('forward')
    expect(countersOf(world.state).stages.received).toBe(2)
  })

  test('and take away: without any left a body is not served', () => {
    const world = createWorld()
    const sample = withBody(world, sampleGenotype(1))
    world.deliver(claimOf(sample))
    const { served } = recordOf(world.state, 'carol')
    const pull = encodeRequest({ kind: 'pull', digest: digestOfCid(sample.cid)! })
    const before = served.level(world.now)
    request(world, pull)
    expect(before - served.level(world.now)).toBe(encodeAnswer({ kind: 'pull', body: sample.body }).length)
    served.spend(world.now, served.level(world.now))
    request(world, pull, 2)
    expect(world.effects.at(-1)).toEqual({ kind: 'respond', ticket: 2, bytes: undefined })
  })

  test('evaluations: the last one is spent, the next is for later, and only as many claims are asked for', () => {
    const world = createWorld({}, ['carol', 'dave'])
    const { evaluations } = recordOf(world.state, 'carol')
    evaluations.spend(world.now, evaluations.level(world.now) - 1)
    world.deliver(claimOf(withBody(world, sampleGenotype(1))))
    const late = claimOf(withBody(world, sampleGenotype(2)))
    expect(world.deliver(late)).toBe('forward')
    expect(kinds(world, 'measure')).toBe(1)
    expect(world.refusals()).toContain('too-many')
    expect(world.deliver(claimOf(withBody(world, sampleGenotype(3))), 'dave')).toBe('forward')
    expect(kinds(world, 'measure')).toBe(2)
    world.now += 1_000
    request(world, encodeRequest({ kind: 'offer', claims: [late], wants: [] }))
    expect(kinds(world, 'measure')).toBe(3)

    evaluations.spend(world.now, evaluations.level(world.now) - 5)
    const heads = Array.from({ length: 40 }, (_, niche) => ({ niche, fitness: 999_999, id: niche.toString(16).padStart(16, '0') }))
    const wanted: number[] = []
    world.answer = (to, asked) => {
      const tasks = [{ task: 'xor', evaluator: EVALUATOR, heads }]
      if (asked.kind === 'compare') return { kind: 'compare', root: 'ab'.repeat(32), tasks }
      if (asked.kind === 'offer' && to === 'carol') wanted.push(asked.wants.length)
      return undefined
    }
    for (let i = 0; i < 20 && wanted.length === 0; i++) world.happen({ kind: 'heartbeat' })
    expect(wanted[0]).toBe(5)
  })

  test('bodies wanted: 96', () => {
    const world = createWorld()
    world.answer = () => undefined
    const claims = Array.from({ length: 97 }, (_, i) => claimOf(sampleGenotype(i)))
    for (let i = 0; i < 97; i += 48) request(world, encodeRequest({ kind: 'offer', claims: claims.slice(i, i + 48), wants: [] }))
    expect(world.state.pulls.size).toBe(96)
  })
})

describe('what one author may make us do', () => {
  test('claims on the channel: a third of the minute\'s at once', () => {
    const world = createWorld()
    for (let i = 0; i < 10; i++) expect(world.deliver(claimOf(withBody(world, sampleGenotype(i))))).toBe('forward')
    world.refusals()
    expect(world.deliver(claimOf(sampleGenotype(10)))).toBe('ignore')
    expect(world.refusals()).toEqual(['too-many'])
    expect(world.deliver(claimOf(sampleGenotype(11), alice))).toBe('forward')
  })

  test.each(['evaluations', 'bytes'] as const)('%s: with none left the claim waits for synchronising, and others\' do not', (budget) => {
    const world = createWorld()
    const bucket = authorOf(world.state, hexText(carol.owner))[budget]
    bucket.spend(world.now, bucket.level(world.now) - 1)
    world.deliver(claimOf(withBody(world, sampleGenotype(1))))
    expect(kinds(world, 'measure')).toBe(1)
    const late = claimOf(withBody(world, sampleGenotype(2)))
    expect(world.deliver(late)).toBe('forward')
    expect(world.refusals()).toContain('too-many')
    world.deliver(claimOf(withBody(world, sampleGenotype(3)), alice))
    expect(kinds(world, 'measure')).toBe(2)
    world.now += 1_000
    request(world, encodeRequest({ kind: 'offer', claims: [late], wants: [] }))
    expect(kinds(world, 'measure')).toBe(3)
  })
})

describe('what waits', () => {
  test('four may claim a genotype that is under way, the fifth is for later', () => {
    const world = createWorld()
    world.holdMeasurements = true
    const sample = withBody(world, sampleGenotype(1))
    for (let i = 0; i < 4; i++) world.deliver(claimOf(sample, createTestKeys(`author-${i}`)))
    expect(world.refusals()).toEqual([])
    world.deliver(claimOf(sample, createTestKeys('author-4')))
    expect(world.refusals()).toEqual(['too-many'])
  })

  test(`four measurements at a time, ${MAX_TRIALS} bodies in all`, () => {
    const world = createWorld()
    world.holdMeasurements = true
    const samples = Array.from({ length: MAX_TRIALS + 8 }, (_, i) => withBody(world, sampleGenotype(i)))
    request(world, encodeRequest({ kind: 'offer', claims: samples.slice(0, 48).map((sample) => claimOf(sample)), wants: [] }))
    request(world, encodeRequest({ kind: 'offer', claims: samples.slice(48).map((sample) => claimOf(sample)), wants: [] }))
    expect(kinds(world, 'measure')).toBe(4)
    expect(world.state.trials.size).toBe(MAX_TRIALS)
    // Backpressure: the rest has not even been fetched.
    expect(world.state.pulls.size).toBe(8)
  })

  test(`${MAX_PENDING_CHECKS} signature checks; the one pushed out gets its verdict`, () => {
    const neighbours: readonly Neighbour[] = ['a', 'b'].map((peer) => ({ peer, kind: 'island', transport: 'memory' }))
    let state = createMember({ role: 'island', realm: testRealm(), evaluators: { xor: EVALUATOR }, seed: 1 })
    state = step(state, { kind: 'neighbours', neighbours }, START).state
    const claims = Array.from({ length: MAX_PENDING_CHECKS + 1 }, (_, i) => unsigned(i))
    for (const [i, bytes] of claims.entries()) {
      const next = step(state, { kind: 'delivered', id: `d${i}`, from: i % 2 === 0 ? 'a' : 'b', bytes }, START)
      state = next.state
      const verdicts = next.effects.filter(({ kind }) => kind === 'verdict')
      expect(verdicts, String(i)).toEqual(i < MAX_PENDING_CHECKS ? [] : [{ kind: 'verdict', id: 'd0', verdict: 'ignore' }])
    }
    expect(state.checks.size).toBe(MAX_PENDING_CHECKS)
    // Nobody answers: each gets its verdict in time, and may be heard again.
    const late = step(state, { kind: 'heartbeat' }, START + 4_000)
    expect(late.effects.filter(({ kind }) => kind === 'verdict').length).toBe(MAX_PENDING_CHECKS)
    const again = step(late.state, { kind: 'delivered', id: 'again', from: 'b', bytes: claims.at(-1)! }, START + 4_000)
    expect(again.effects.some(({ kind }) => kind === 'check-signature')).toBe(true)
  })

  test(`${MAX_PARKED.island} requests for a body on its way; the one that waited longest makes room, all end in time`, () => {
    const world = createWorld()
    world.answer = () => undefined
    const sample = sampleGenotype(1)
    world.deliver(claimOf(sample))
    const pull = encodeRequest({ kind: 'pull', digest: digestOfCid(sample.cid)! })
    for (let ticket = 0; ticket < MAX_PARKED.island; ticket++) request(world, pull, ticket)
    expect(kinds(world, 'respond')).toBe(0)
    request(world, pull, MAX_PARKED.island)
    expect(world.effects.at(-1)).toEqual({ kind: 'respond', ticket: 0, bytes: undefined })
    world.beat(4)
    expect(kinds(world, 'respond')).toBe(MAX_PARKED.island + 1)
  })

  test('a relay passes on no more of a neighbour that left four bodies out, until it gives up on one, and of others all the time', () => {
    const world = createWorld({ role: 'relay' }, ['carol', 'dave'])
    const hollow = Array.from({ length: 5 }, (_, n) => claimOf(sampleGenotype(n + 1)))
    world.answer = () => undefined
    expect(hollow.map((claim) => world.deliver(claim))).toEqual(['forward', 'forward', 'forward', 'forward', 'ignore'])
    expect(world.refusals()).toEqual(['too-many'])
    expect(world.deliver(claimOf(sampleGenotype(6)), 'dave')).toBe('forward')
    world.beat(15)
    expect(world.deliver(claimOf(sampleGenotype(7)))).toBe('forward')
  })

  test('a body is packed once for all who ask with the same bases, none of which is here', () => {
    const world = createWorld()
    const sample = withBody(world, sampleGenotype(1))
    world.deliver(claimOf(sample))
    const pullWith = (...held: Uint8Array[]): Uint8Array => encodeRequest({ kind: 'pull', digest: digestOfCid(sample.cid)!, held })
    const unknown = new Uint8Array(32).fill(7)
    const [first, second, third] = [pullWith(), pullWith(), pullWith(unknown)].map((bytes, ticket) => {
      request(world, bytes, ticket)
      const responded = world.effects.findLast((effect) => effect.kind === 'respond')!
      return responded.bytes
    })
    expect(first).toBeInstanceOf(Uint8Array)
    expect(second).toBe(first)
    expect(third).toBe(first)
  })

  test(`${MAX_NEIGHBOURS} neighbours`, () => {
    const world = createWorld()
    const one = { kind: 'island', transport: 'memory' } as const
    const neighbours = Array.from({ length: MAX_NEIGHBOURS + 1 }, (_, i) => ({ ...one, peer: `p${i}` }))
    world.happen({ kind: 'neighbours', neighbours })
    expect(world.state.neighbours.size).toBe(MAX_NEIGHBOURS)
  })
})

describe('sizes', () => {
  test('an announcement: 512 bytes are read, 513 are not', () => {
    const world = createWorld()
    world.deliver(new Uint8Array(512).fill(1))
    world.deliver(new Uint8Array(513).fill(1))
    expect(world.refusals()).toEqual(['malformed', 'too-large'])
  })

  test('a request, an answer, a body', () => {
    expect(decodeRequest(new Uint8Array(MAX_REQUEST_BYTES))).toEqual({ ok: false, reason: 'malformed' })
    expect(decodeRequest(new Uint8Array(MAX_REQUEST_BYTES + 1))).toEqual({ ok: false, reason: 'too-large' })
    expect(decodeAnswer(new Uint8Array(MAX_ANSWER_BYTES))).toEqual({ ok: false, reason: 'malformed' })
    expect(decodeAnswer(new Uint8Array(MAX_ANSWER_BYTES + 1))).toEqual({ ok: false, reason: 'too-large' })
    expect(decodeAnswer(encodeAnswer({ kind: 'pull', body: new Uint8Array(MAX_BODY_BYTES) })).ok).toBe(true)
    expect(decodeAnswer(encodeAnswer({ kind: 'pull', body: new Uint8Array(MAX_BODY_BYTES + 1) })).ok).toBe(false)
  })

  test('claims, wishes and heads in one message', () => {
    const claim = claimOf(sampleGenotype(1))
    const many = <T>(count: number, one: T): readonly T[] => Array.from({ length: count }, () => one)
    const claims = (count: number): Uint8Array => encodeRequest({ kind: 'offer', claims: many(count, claim), wants: [] })
    const wants = (count: number): Uint8Array => encodeRequest({ kind: 'offer', claims: [], wants: many(count, 'ab'.repeat(8)) })
    for (const of of [claims, wants]) expect([decodeRequest(of(48)).ok, decodeRequest(of(49)).ok]).toEqual([true, false])
    const heads = Array.from({ length: 256 }, (_, niche) => ({ niche, fitness: 1_000_000, id: 'ab'.repeat(8) }))
    const compare = (change: object, count = 16): boolean => {
      const tasks = Array.from({ length: count }, (_, i) => ({ task: `t${i}`, evaluator: EVALUATOR, heads, ...change }))
      return decodeAnswer(encodeAnswer({ kind: 'compare', root: EVALUATOR, tasks })).ok
    }
    expect([compare({}), compare({}, 17)]).toEqual([true, false])
    expect(compare({ heads: [...heads, heads[255]!] })).toBe(false)
    expect(compare({ heads: [heads[3]!, heads[3]!] })).toBe(false)
    expect(compare({ heads: [{ ...heads[0]!, fitness: 1_000_001 }] })).toBe(false)
  })

  test('a fitness, the lineage of a claim, the tasks of a realm', () => {
    const statement = statementFor(sampleGenotype(1), carol, START)
    const { cid } = sampleGenotype(2)
    const decode = (change: object): boolean => decodeClaim(signClaim({ ...statement, ...change }, carol)).ok
    expect(decode({ fitness: 1_000_000, parents: [cid, cid], operators: Array.from({ length: 8 }, () => 'add-link') })).toBe(true)
    const operators = Array.from({ length: 9 }, () => 'add-link')
    for (const change of [{ fitness: 1_000_001 }, { parents: [cid, cid, cid] }, { operators }]) {
      expect(() => claimMessage({ ...statement, ...change }, carol.delegation), JSON.stringify(change)).toThrow(RangeError)
    }
    const tasks = Array.from({ length: 17 }, (_, i) => `task-${i}`).sort()
    expect(() => realmMessage(testRealm({ tasks: tasks.slice(0, 16) }))).not.toThrow()
    expect(() => realmMessage(testRealm({ tasks }))).toThrow(RangeError)
  })

  test.each([['maxBodyBytes', (s: Sample) => s.body.length], ['maxLinks', (s: Sample) => s.links], ['maxNeurons', () => 4]] as const)(
    'the realm\'s %s: what is exactly as large is taken, what is larger is held against its author',
    (limit, sizeOf) => {
      const sample = sampleGenotype(1, 3)
      for (const excess of [0, 1]) {
        const realm = testRealm()
        const world = createWorld({ realm: { ...realm, limits: { ...realm.limits, [limit]: sizeOf(sample) - excess } } })
        world.deliver(claimOf(withBody(world, sample)))
        expect(world.refusals()).toEqual(excess === 0 ? [] : ['over-limits'])
        expect(authorOf(world.state, hexText(carol.owner)).reputation.strikes).toBe(excess)
      }
    },
  )
})

test('a claim is heard up to ten minutes early or late, not a moment more', () => {
  for (const [offset, verdict] of [[600_000, 'forward'], [-600_000, 'forward'], [600_001, 'ignore'], [-600_001, 'ignore']] as const) {
    const world = createWorld()
    expect(world.deliver(claimOf(withBody(world, sampleGenotype(1)), carol, START + offset)), String(offset)).toBe(verdict)
  }
})

describe('what is known to be bad', () => {
  test('is not fetched again for another author, who pays nothing for it', () => {
    const realm = testRealm()
    const world = createWorld({ realm: { ...realm, limits: { ...realm.limits, maxLinks: 2 } } })
    const sample = withBody(world, sampleGenotype(1))
    world.deliver(claimOf(sample, carol))
    world.deliver(claimOf(sample, alice))
    expect(world.refusals()).toEqual(['over-limits', 'over-limits'])
    expect(kinds(world, 'request')).toBe(1)
    expect(authorOf(world.state, hexText(alice.owner)).reputation.strikes).toBe(0)
  })

  test('is not measured again, whoever lies about it', () => {
    const world = createWorld()
    const sample = withBody(world, sampleGenotype(1))
    for (const [keys, fitness] of [[carol, 999_999], [alice, 999_998]] as const) {
      world.deliver(signClaim(statementFor(sample, keys, START, { fitness }), keys))
    }
    expect(world.refusals()).toEqual(['not-reproduced', 'not-reproduced'])
    expect(kinds(world, 'measure')).toBe(1)
    for (const keys of [carol, alice]) expect(authorOf(world.state, hexText(keys.owner)).reputation.strikes).toBe(1)
  })

  test('counts at the stage where it ends', () => {
    const world = createWorld()
    const sample = withBody(world, sampleGenotype(1))
    world.deliver(new Uint8Array(513))
    world.deliver(claimOf(sample))
    world.deliver(unsigned(5))
    world.deliver(signClaim(statementFor(sampleGenotype(2), carol, START - 700_000), carol))
    world.deliver(signClaim(statementFor(withBody(world, sampleGenotype(3)), carol, START, { fitness: 1 }), carol))
    expect(countersOf(world.state).stages).toEqual({
      received: 5, decoded: 4, fresh: 4, ours: 4, checked: 4, signed: 3, timely: 2, allowed: 2, promising: 2, wanted: 2, fetched: 2,
      sound: 2, measured: 2, reproduced: 1, admitted: 1,
    })
  })
})
