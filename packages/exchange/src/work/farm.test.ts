// A farm hands every unit out until it is done once, believes nobody untested, and outlives peers that vanish, dawdle or lie.

import { createRandom } from '@megabrain/evolve'
import { describe, expect, test } from 'vitest'
import { EVALUATOR } from '../../fixtures/xor.ts'
import { decodeRequest } from '../wire/messages.ts'
import { createFarm, type Farm, type FarmEffect } from './farm.ts'

/** What a peer does with a batch: answers after so many ms, with what it measured; undefined: never. */
type Peer = (truth: readonly number[]) => { readonly afterMs: number; readonly fitness: readonly (number | undefined)[] | undefined } | undefined

const truthOf = (body: Uint8Array): number => body[0]! * 256 + body[1]!
const honest = (msPerUnit: number): Peer => (truth) => ({ afterMs: msPerUnit * truth.length, fitness: truth })

function play(units: number, peers: Readonly<Record<string, Peer>>, seed = 1, until = 600_000): { readonly farm: Farm; readonly done: Map<number, number>; readonly givenUp: number[]; readonly ms: number; readonly by: Map<string, number> } {
  const farm = createFarm({ task: 'xor', evaluator: EVALUATOR, random: createRandom(seed) })
  const done = new Map<number, number>()
  const by = new Map<string, number>()
  const givenUp: number[] = []
  const due: { readonly at: number; readonly happen: () => readonly FarmEffect[] }[] = []
  let now = 0
  const carryOut = (effects: readonly FarmEffect[]): void => {
    for (const effect of effects) {
      if (effect.kind === 'done') {
        expect(done.has(effect.id)).toBe(false)
        done.set(effect.id, effect.fitness)
        by.set(effect.by, (by.get(effect.by) ?? 0) + 1)
      } else if (effect.kind === 'given-up') givenUp.push(effect.id)
      else if (effect.kind === 'check') {
        const { ticket, body } = effect
        due.push({ at: now + 1, happen: () => farm.step({ kind: 'checked', ticket, fitness: truthOf(body) }, now) })
      } else {
        const { ticket, to, request, timeoutMs } = effect
        const order = decodeRequest(request)
        if (!order.ok || order.value.kind !== 'evaluate') throw new Error('A farm asks in valid messages')
        const answer = peers[to]!(order.value.bodies.map(truthOf))
        const late = answer === undefined || answer.afterMs > timeoutMs
        due.push({ at: now + (late ? timeoutMs : answer.afterMs), happen: () => farm.step({ kind: 'answered', ticket, fitness: late ? undefined : answer.fitness }, now) })
      }
    }
  }
  carryOut(farm.step({ kind: 'peers', peers: Object.keys(peers) }, now))
  carryOut(farm.step({ kind: 'submit', units: Array.from({ length: units }, (_, id) => ({ id, body: Uint8Array.of(id >> 8, id & 255) })) }, now))
  let lastTick = 0
  while (farm.open > 0 && now < until) {
    due.sort((a, b) => a.at - b.at)
    const next = due[0]
    if (next === undefined || next.at > lastTick + 1_000) {
      now = lastTick += 1_000
      carryOut(farm.step({ kind: 'tick' }, now))
    } else {
      due.shift()
      now = next.at
      carryOut(next.happen())
    }
  }
  return { farm, done, givenUp, ms: now, by }
}

describe('a farm', () => {
  test('has every unit measured once, and twenty peers are nearly twenty times as fast as one', () => {
    const one = play(400, { a: honest(50) })
    const many = play(400, Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`peer-${i}`, honest(50)])))
    for (const { done, givenUp } of [one, many]) {
      expect(givenUp).toEqual([])
      expect([...done.entries()].sort(([a], [b]) => a - b)).toEqual(Array.from({ length: 400 }, (_, i) => [i, i]))
    }
    expect(one.ms / many.ms).toBeGreaterThan(10)
  })

  test('gives a faster peer more', () => {
    const { by } = play(300, { fast: honest(20), slow: honest(200) })
    expect(by.get('fast')! / by.get('slow')!).toBeGreaterThan(4)
  })

  test('has done without a peer that never answers, refuses or leaves something out', () => {
    const { done, givenUp } = play(100, { gone: () => undefined, rude: () => ({ afterMs: 5, fitness: undefined }), lazy: (truth) => ({ afterMs: 50, fitness: truth.map((value, i) => (i % 2 === 0 ? value : undefined)) }), good: honest(20) })
    expect([done.size, givenUp]).toEqual([100, []])
  })

  test('asks a liar nothing more, and takes nothing of the batch that showed it', () => {
    const lie: Peer = (truth) => ({ afterMs: 10, fitness: truth.map((value) => value + 1) })
    const { done, farm } = play(200, { liar: lie, good: honest(20) })
    expect([...done].every(([id, fitness]) => id === fitness)).toBe(true)
    expect(farm.peers().find(({ peer }) => peer === 'liar')).toMatchObject({ isLiar: true, done: 0 })
  })

  test('checks everything at first and a share later', () => {
    const { farm } = play(4_000, { good: honest(100) })
    const batches = 4_000 / 10
    expect(farm.checks).toBeGreaterThanOrEqual(10)
    expect(farm.checks).toBeLessThan(batches / 3)
  })

  test('gives up what nobody can measure', () => {
    const { givenUp, farm } = play(3, { broken: (truth) => ({ afterMs: 5, fitness: truth.map(() => undefined) }) })
    expect(givenUp.sort()).toEqual([0, 1, 2])
    expect(farm.open).toBe(0)
  })
})
