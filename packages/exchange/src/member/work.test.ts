// What a member does with work orders: it measures what it can for whom it has time, and keeps none of it.

import { beforeEach, describe, expect, test } from 'vitest'
import { createWorld, type World } from '../../fixtures/world.ts'
import { EVALUATOR, measure, sampleGenotype, type Sample } from '../../fixtures/xor.ts'
import { MAX_UNITS } from '../limits.ts'
import { decodeAnswer, encodeRequest } from '../wire/messages.ts'

let world: World
let samples: readonly Sample[]
beforeEach(() => {
  world = createWorld()
  world.happen({ kind: 'neighbours', neighbours: [{ peer: 'carol', kind: 'island', transport: 'memory' }] })
  samples = Array.from({ length: 8 }, (_, i) => sampleGenotype(i + 1))
})

function order(bodies: readonly Uint8Array[], change: { readonly task?: string; readonly evaluator?: string } = {}, ticket = 7): readonly (number | undefined)[] | undefined | 'open' {
  const from = world.effects.length
  world.happen({ kind: 'requested', ticket, from: 'carol', bytes: encodeRequest({ kind: 'evaluate', task: 'xor', evaluator: EVALUATOR, deadlineMs: 5_000, bodies, ...change }) })
  return answerTo(ticket, from)
}

function answerTo(ticket: number, from = 0): readonly (number | undefined)[] | undefined | 'open' {
  const response = world.effects.slice(from).find((effect) => effect.kind === 'respond' && effect.ticket === ticket)
  if (response?.kind !== 'respond') return 'open'
  const answer = response.bytes === undefined ? undefined : decodeAnswer(response.bytes)
  return answer?.ok === true && answer.value.kind === 'evaluate' ? answer.value.fitness : undefined
}

describe('a work order', () => {
  test('is answered with what was measured here, and leaves nothing in the archive', () => {
    expect(order(samples.map(({ body }) => body))).toEqual(samples.map(({ body }) => {
      const measured = measure('xor', body)
      return measured.ok ? measured.fitness : undefined
    }))
    expect(world.state.niches.size).toBe(0)
  })

  test('says of what is no genotype that it was not measured', () => {
    expect(order([Uint8Array.of(1, 2, 3), samples[0]!.body])).toEqual([undefined, samples[0]!.fitness])
  })

  test('for another task, another evaluator version or a relay is refused', () => {
    expect(order([samples[0]!.body], { task: 'other' })).toBeUndefined()
    expect(order([samples[0]!.body], { evaluator: '0'.repeat(64) })).toBeUndefined()
    world = createWorld({ role: 'relay' })
    expect(order([samples[0]!.body])).toBeUndefined()
  })

  test('is answered before its deadline with what there is', () => {
    world.holdMeasurements = true
    expect(order([samples[0]!.body])).toBe('open')
    world.beat(4)
    expect(answerTo(7)).toBe('open')
    world.beat(1)
    expect(answerTo(7)).toEqual([undefined])
    const unit = world.effects.find((effect) => effect.kind === 'measure')
    if (unit?.kind !== 'measure') throw new Error('It was to be measured')
    const before = world.effects.length
    world.happen({ kind: 'measured', ticket: unit.ticket, measurement: measure('xor', samples[0]!.body) })
    expect(world.effects.slice(before)).toEqual([])
  })

  test('costs its asker time, and who has used up his gets nothing until it has grown again', () => {
    world.evaluationMs = 3_000
    const bodies = samples.map(({ body }) => body)
    expect(order(bodies)).toHaveLength(8)
    expect(order([samples[0]!.body])).toBeUndefined()
    world.beat(10)
    expect(order([samples[0]!.body])).toHaveLength(1)
  })

  test('waits with at most so many others', () => {
    world.holdMeasurements = true
    for (let i = 0; i < 16; i++) expect(order([samples[0]!.body], {}, 100 + i)).toBe('open')
    expect(order([samples[0]!.body], {}, 200)).toBeUndefined()
    expect(MAX_UNITS).toBe(16)
  })
})
