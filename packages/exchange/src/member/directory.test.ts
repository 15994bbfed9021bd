// The member and the directory: what it advertises, and what it asks for when no neighbour has a body.

import { describe, expect, test } from 'vitest'
import { alice, carol, createWorld, signClaim, START, statementFor, type World } from '../../fixtures/world.ts'
import { sampleGenotype, type Sample } from '../../fixtures/xor.ts'
import { MAX_ADVERTISED } from '../limits.ts'
import { bestEntry, entriesOf } from './member.ts'
import { compareEntries } from '../archive/order.ts'

const samples = Array.from({ length: 40 }, (_, number) => sampleGenotype(number))
const searches = (world: World): readonly string[] => world.effects.flatMap((effect) => (effect.kind === 'find' ? [effect.key] : []))
const advertised = (world: World): readonly (readonly string[])[] => world.effects.flatMap((effect) => (effect.kind === 'advertise' ? [effect.keys] : []))
const announce = (world: World, sample: Sample, from = 'carol'): void =>
  void world.deliver(signClaim(statementFor(sample, carol, START), carol), from)
const meet = (world: World, ...peers: readonly string[]): void =>
  world.happen({ kind: 'neighbours', neighbours: peers.map((peer) => ({ peer, kind: 'island', transport: 'memory' })) })

describe('a body that no neighbour has', () => {
  test('is asked for in the directory once, after the neighbours, and comes from whom it names', () => {
    const world = createWorld()
    const sample = samples[1]!
    const asked: string[] = []
    world.answer = (to, request) => {
      if (request.kind !== 'pull') return undefined
      asked.push(to)
      return to === 'erin' ? { kind: 'pull', body: sample.body } : undefined
    }
    world.holdersOf = () => {
      meet(world, 'carol', 'erin')
      return ['erin']
    }
    announce(world, sample)
    expect(searches(world)).toEqual([])
    world.beat(20)
    expect(searches(world)).toEqual([sample.cid])
    expect(asked.at(-1)).toBe('erin')
    expect(bestEntry(world.state, 'xor')?.claim.genotype).toBe(sample.cid)
  })

  test('is given up as unavailable when those whom the directory names do not have it either, or are not there', () => {
    for (const holders of [['carol'], ['erin'], ['nobody'], []]) {
      const world = createWorld()
      world.answer = () => undefined
      world.holdersOf = () => {
        meet(world, 'carol', 'erin')
        return holders
      }
      announce(world, samples[1]!)
      world.beat(30)
      expect(searches(world)).toHaveLength(1)
      expect(world.refusals()).toEqual(['unavailable'])
      expect(world.state.pulls.size).toBe(0)
    }
  })

  test('is not sought when it came with other bytes: whoever names it lies', () => {
    const world = createWorld()
    world.answer = (_, request) => (request.kind === 'pull' ? { kind: 'pull', body: samples[2]!.body } : undefined)
    announce(world, samples[1]!)
    world.beat(20)
    expect(searches(world)).toEqual([])
  })

  test('costs four searches at once and four a minute, however many are claimed', () => {
    const world = createWorld()
    world.answer = () => undefined
    for (const sample of samples) announce(world, sample)
    world.beat(60)
    expect(searches(world).length).toBeLessThanOrEqual(8)
    expect(world.refusals()).toContain('unavailable')
    expect(world.state.pulls.size + world.state.directory.searches.size).toBe(0)
  })

  test('is pulled from a neighbour who says meanwhile that it has it', () => {
    const world = createWorld({}, ['carol', 'dave'])
    const sample = samples[1]!
    world.answer = (to, request) => (request.kind === 'pull' && to === 'dave' && searches(world).length > 0 ? { kind: 'pull', body: sample.body } : undefined)
    // The directory takes its time.
    world.holdersOf = () => {
      announceAgain()
      return []
    }
    const announceAgain = (): void => void world.deliver(signClaim(statementFor(sample, alice, START), alice), 'dave')
    announce(world, sample)
    world.beat(20)
    expect(bestEntry(world.state, 'xor')?.claim.genotype).toBe(sample.cid)
  })
})

test('the eight best of a task are advertised, again only when they change', () => {
  const world = createWorld()
  for (const sample of samples) {
    world.bodies.set(sample.cid, sample.body)
    announce(world, sample)
  }
  world.beat(1)
  const best = [...entriesOf(world.state)].sort(compareEntries).slice(0, 8).map(({ claim }) => claim.genotype).sort()
  expect(advertised(world)).toEqual([best])
  expect(best.length).toBeGreaterThan(1)
  expect(best.length).toBeLessThanOrEqual(MAX_ADVERTISED)
  world.beat(200)
  expect(advertised(world)).toHaveLength(1)
})
