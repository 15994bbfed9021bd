// Whatever happens in whatever order, members that can hear each other end with the same policy, the same statements and the
// same archive, and hold nothing that the policy or a moderator forbids.

import { expect, test } from 'vitest'
import { createRandom, type Random } from '@megabrain/evolve'
import { commonRealm, createCommonwealth, ownerOf, type Citizen, type Commonwealth } from '../../fixtures/commonwealth.ts'
import { sampleGenotype } from '../../fixtures/xor.ts'
import { createMemoryKeys, memorySignature } from '../memory/memory-keys.ts'
import type { Realm } from '../realm/realm.ts'
import { encodeRealm, realmMessage } from '../realm/realm-codec.ts'
import { acceptanceDeclaration } from '../registry/acceptance.ts'
import { banDeclaration, type BanTarget } from '../registry/ban.ts'
import { faultByRule } from './governance.ts'
import { entriesOf } from './member.ts'

const CITIZENS = 16
const nameOf = (index: number): string => (index === 0 ? 'owner-of-the-realm' : `citizen-${index}`)
const samples = Array.from({ length: 60 }, (_, i) => sampleGenotype(i, i % 9))

function randomTarget(random: Random, withLineages: boolean): BanTarget {
  const { cid } = samples[random.integer(samples.length)]!
  const of = (['genotype', 'author', withLineages ? 'lineage' : 'genotype'] as const)[random.integer(3)]!
  return of === 'author' ? { of, author: ownerOf(nameOf(4 + random.integer(CITIZENS - 4))) } : { of, cid }
}

/** A policy that differs in what decides who may publish. */
function randomPolicy(before: Realm, random: Random): Realm {
  const moderators = [0, 1, 2, 3].filter(() => random.integer(3) > 0).map((index) => ownerOf(nameOf(index))).sort()
  const publishers = Array.from({ length: 12 }, (_, i) => ownerOf(nameOf(i))).filter(() => random.integer(2) > 0).sort()
  const publish = (['open', 'open', 'listed'] as const)[random.integer(3)]!
  return { ...before, revision: before.revision + 1, moderators, publishers, publish, capacity: [0, 0, 6][random.integer(3)]! }
}

function act(world: Commonwealth, random: Random, withLineages: boolean): void {
  const index = random.integer(CITIZENS)
  const citizen = world.citizens[index]!
  const { realm } = citizen.state.options
  switch (random.integer(8)) {
    case 0: {
      const [owner] = world.citizens as readonly [Citizen]
      const policy = randomPolicy(owner.state.options.realm, random)
      const document = encodeRealm(policy, memorySignature(createMemoryKeys(nameOf(0)).owner, realmMessage(policy)))
      return owner.happen({ kind: 'policy', document })
    }
    case 1:
      return world.citizens[random.integer(4)]!.happen({ kind: 'declare', declaration: banDeclaration({ target: randomTarget(random, withLineages), lifted: random.integer(3) === 0, reason: '' }) })
    case 2:
    case 3:
      return citizen.happen({ kind: 'declare', declaration: acceptanceDeclaration(realm, { pledged: random.integer(2) > 0 }) })
    case 4:
      if (random.integer(3) > 0) return
      citizen.crash()
      return citizen.restart()
    default: {
      // Bred from what the citizen holds, as an island does.
      const held = entriesOf(citizen.state)
      const parents = held.length === 0 ? [] : [held[random.integer(held.length)]!.claim.genotype]
      return citizen.find(samples[random.integer(samples.length)]!, parents)
    }
  }
}

function live(seed: number, withLineages: boolean): Commonwealth {
  const random = createRandom(seed)
  const moderators = [0, 1, 2].map((index) => ownerOf(nameOf(index))).sort()
  const world = createCommonwealth({ citizens: CITIZENS, seed, degree: 3, realm: commonRealm({ moderators, pledge: 'I shall be kind.' }), network: { loss: 0.05 } })
  world.beat(10)
  for (let round = 0; round < 3; round++) {
    const heal = round === 1 ? world.cut() : undefined
    for (let beat = 0; beat < 40; beat++) {
      for (let i = 0; i < 3; i++) act(world, random, withLineages)
      world.beat(1)
    }
    heal?.()
    world.beat(10)
  }
  return world
}

const ends = (world: Commonwealth, what: (citizen: Citizen) => string): number => new Set(world.citizens.map(what)).size
const government = ({ state }: Citizen): string => `${state.options.realm.revision}/${state.registry.root()}`
const held = ({ state }: Citizen): string => entriesOf(state).map(({ claim }) => claim.id).join()

function expectAllAllowed(world: Commonwealth): void {
  for (const { state } of world.citizens) for (const { claim } of entriesOf(state)) expect(faultByRule(state, claim)).toBeUndefined()
}

test.each([1, 2])('run %i: after bans, lifts, policies, acceptances, crashes and a partition all agree and hold nothing forbidden', (seed) => {
  const world = live(seed, false)
  world.beatsUntil(() => ends(world, government) === 1 && ends(world, held) === 1, 240)
  expect(ends(world, government)).toBe(1)
  expect(ends(world, held)).toBe(1)
  expectAllAllowed(world)
})

test.each([3])('run %i: with bans of lineages all agree on them, and nobody holds what he knows to descend from a banned root', (seed) => {
  const world = live(seed, true)
  world.beatsUntil(() => ends(world, government) === 1, 60)
  expect(ends(world, government)).toBe(1)
  world.beat(60)
  expectAllAllowed(world)
})
