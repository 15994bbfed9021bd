import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bob, START, statementFor, testRealm } from '../../fixtures/world.ts'
import { EVALUATOR, sampleGenotype } from '../../fixtures/xor.ts'
import { behaviourDistance, noveltyAmong } from '../archive/novelty.ts'
import { nicheOf } from '../archive/niche.ts'
import type { Entry } from '../archive/entry.ts'
import { hexText } from '../bytes/text.ts'
import { regionDeclaration, regionKind, regionOf } from '../registry/region.ts'
import type { Effect } from './events.ts'
import {
  considerImmigrant, DEFAULT_IMMIGRATION, EPOCH_MS, FITTEST_FIRST, MAX_WAITING, sendImmigrants, type ImmigrationPolicy,
} from './immigration.ts'
import { createMember, type Turn } from './state.ts'

const template = statementFor(sampleGenotype(1), bob, START)
const PLACES_PER_EPOCH = 16

interface Stranger {
  readonly number: number
  readonly fitness: number
  readonly author?: string
  readonly fingerprint?: number
  readonly parents?: readonly string[]
  readonly device?: string
}

function stranger({ number, fitness, author = 'a', fingerprint = 0, parents = [], device = 'd' }: Stranger): Entry {
  const name = String(number).padStart(8, '0')
  const claim = { ...template, id: name, genotype: `g${name}`, fitness, author, device, parents, realm: template.realm }
  return { claim, envelope: new Uint8Array(0), body: new Uint8Array(0), fingerprint, links: 3 }
}

interface Door {
  now: number
  readonly turn: Turn
  come(entry: Entry): void
  /** Those who went in since the last call. */
  entered(): readonly Entry[]
}

function openDoor(policy?: ImmigrationPolicy, bestHere = 0): Door {
  const options = { role: 'island', realm: testRealm(), evaluators: { xor: EVALUATOR }, identity: bob, seed: 3 } as const
  const state = createMember({ ...options, ...(policy === undefined ? {} : { immigration: policy }) })
  state.publish.bestFound.set('xor', bestHere)
  let effects: Effect[] = []
  const door: Door = {
    now: START,
    turn: {
      state,
      get now() {
        return door.now
      },
      get wall() {
        return door.now
      },
      get effects() {
        return effects
      },
    },
    come(entry) {
      state.lineage.set(entry.claim.genotype, { parents: entry.claim.parents, at: state.heardOf++ })
      considerImmigrant(door.turn, entry)
    },
    entered() {
      const entries = effects.flatMap((effect) => (effect.kind === 'immigrate' ? [effect.entry] : []))
      effects = []
      return entries
    },
  }
  return door
}

function waitFor(door: Door, seconds: number): void {
  for (let i = 0; i < seconds; i++) {
    door.now += 1_000
    sendImmigrants(door.turn)
  }
}

function most(keys: readonly string[]): number {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return Math.max(0, ...counts.values())
}

describe('whatever comes, whenever', () => {
  const arrivals = fc.array(
    fc.record({
      fitness: fc.integer({ min: 0, max: 1_000 }),
      author: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      fingerprint: fc.constantFrom(0, 1, 8, 77, 128, 255),
      afterMs: fc.constantFrom(0, 0, 0, 500, 4_000, 30_000),
    }),
    { minLength: 1, maxLength: 150 },
  )

  test('no species, no author and no epoch gets more than its places', () => {
    fc.assert(fc.property(arrivals, (list) => {
      const door = openDoor(undefined, 900)
      const epochs = new Map<number, Entry[]>()
      const collect = (): void => {
        const epoch = Math.floor(door.now / EPOCH_MS)
        epochs.set(epoch, [...(epochs.get(epoch) ?? []), ...door.entered()])
      }
      list.forEach(({ afterMs, ...rest }, number) => {
        door.now += afterMs
        door.come(stranger({ number, ...rest }))
        collect()
        expect(door.turn.state.immigration.waiting.length).toBeLessThanOrEqual(MAX_WAITING)
      })
      for (let i = 0; i < 90; i++) {
        waitFor(door, 1)
        collect()
      }
      for (const entries of epochs.values()) {
        expect(most(entries.map(nicheOf))).toBeLessThanOrEqual(DEFAULT_IMMIGRATION.perSpecies)
        expect(most(entries.map(({ claim }) => claim.author))).toBeLessThanOrEqual(DEFAULT_IMMIGRATION.perAuthor)
        expect(entries.length).toBeLessThanOrEqual(PLACES_PER_EPOCH)
        for (const { claim } of entries) expect(claim.fitness).toBeGreaterThanOrEqual(450)
        expect(entries.filter(({ claim }) => claim.fitness < 810).length).toBeLessThanOrEqual(PLACES_PER_EPOCH / 4)
      }
    }), { numRuns: 60 })
  })

  test('a clock that jumps back and forth opens no more places than the rate gives', () => {
    const door = openDoor({ ...DEFAULT_IMMIGRATION, perSpecies: 1_000, perAuthor: 1_000 })
    let entered = 0
    for (let number = 0; number < 400; number++) {
      door.now += number % 2 === 0 ? EPOCH_MS : -EPOCH_MS
      door.come(stranger({ number, fitness: 5 }))
      entered += door.entered().length
    }
    expect(entered).toBeLessThanOrEqual(4 + (200 * EPOCH_MS) / 5_000)
    const still = openDoor()
    for (let number = 0; number < 400; number++) {
      still.come(stranger({ number, fitness: 5, author: `a${number}`, fingerprint: number % 256 }))
    }
    expect(still.entered().length).toBe(4)
  })
})

test('in one epoch exactly so many of a species, and so many of an author', () => {
  const enteringOf = (strangerOf: (number: number) => Stranger, epochs = 1): number => {
    const door = openDoor()
    for (let number = 0; number < epochs * 60 - 5; number++) {
      door.now += 1_000
      door.come(stranger(strangerOf(number)))
    }
    return door.entered().length
  }
  expect(enteringOf((number) => ({ number, fitness: 5, author: `a${number}` }))).toBe(DEFAULT_IMMIGRATION.perSpecies)
  expect(enteringOf((number) => ({ number, fitness: 5, fingerprint: (number * 8) % 256 }))).toBe(DEFAULT_IMMIGRATION.perAuthor)
  expect(enteringOf((number) => ({ number, fitness: 5, author: `a${number}` }), 3)).toBe(3 * DEFAULT_IMMIGRATION.perSpecies)
  expect(enteringOf((number) => ({ number, fitness: 5, author: `a${number}`, fingerprint: (number * 8) % 256 }))).toBe(4 + 10)
})

describe('a company of 10,000 nodes and one small board', () => {
  const board = stranger({ number: 99_999, fitness: 950, author: 'board', fingerprint: 0b1010_1010, parents: ['g-board'] })

  function rush(policy: ImmigrationPolicy, authorOf: (node: number) => string, kinds = 8): readonly Entry[] {
    const door = openDoor(policy, 900)
    for (let node = 0; node < 10_000; node++) {
      // All of the company's are a little better, and cousins.
      const fitness = 960 + (node % 40)
      door.come(stranger({ number: node, fitness, author: authorOf(node), fingerprint: node % kinds, parents: ['g-company'] }))
      if (node === 5_000) door.come(board)
      if (node % 100 === 0) waitFor(door, 1)
    }
    waitFor(door, 120)
    return door.entered()
  }

  test('fittest first: the board never gets in', () => {
    expect(rush(FITTEST_FIRST, () => 'company')).not.toContain(board)
  })

  test('with one owner behind the company the board gets in', () => {
    expect(rush(DEFAULT_IMMIGRATION, () => 'company')).toContain(board)
  })

  test('with a key for each node the board gets in all the same', () => {
    expect(rush(DEFAULT_IMMIGRATION, (node) => `company-${node}`)).toContain(board)
    expect(rush(DEFAULT_IMMIGRATION, (node) => `company-${node}`, 256)).toContain(board)
  })
})

test('one place in four goes to what behaves unlike those before, though it is less fit', () => {
  const policy = { ...DEFAULT_IMMIGRATION, perSpecies: 100, perAuthor: 100 }
  const door = openDoor(policy, 1_000)
  for (let number = 0; number < 20; number++) door.come(stranger({ number, fitness: 1_000 - number, fingerprint: 0 }))
  const odd = stranger({ number: 50, fitness: 600, fingerprint: 255 })
  door.come(odd)
  waitFor(door, 40)
  expect(door.entered().indexOf(odd)).toBe(7)
  expect(noveltyAmong(255, [0, 0, 0])).toBe(8)
  expect(noveltyAmong(3, [])).toBe(8)
  expect([0, 1, 255, 0b1010].map((other) => behaviourDistance(0b1010, other))).toEqual([2, 3, 6, 0])
})

test('a line of descent that has sent many waits behind one that has sent none', () => {
  const order = (sharesByLineage: boolean): readonly string[] => {
    const door = openDoor({ perSpecies: 100, perAuthor: 100, noveltyEvery: 0, sharesByLineage, foreignOneIn: 1 }, 900)
    door.turn.state.immigration.bucket.take(door.now)
    for (let i = 0; i < 3; i++) door.turn.state.immigration.bucket.take(door.now)
    for (let number = 0; number < 5; number++) door.come(stranger({ number, fitness: 1_000, parents: ['g-large'] }))
    door.come(stranger({ number: 9, fitness: 990, parents: ['g-small'] }))
    waitFor(door, 40)
    return door.entered().map(({ claim }) => claim.genotype.slice(-1))
  }
  expect(order(false)).toEqual(['0', '1', '2', '3', '4', '9'])
  expect(order(true)).toEqual(['0', '9', '1', '2', '3', '4'])
})

describe('a region', () => {
  const here = hexText(bob.device)
  const label = (text: string, signer: string, door: Door): void => {
    const { kind, subject, content } = regionDeclaration(text)
    const body = { kind, subject, content, realm: template.realm, revision: 1, author: signer, time: START }
    const statement = { ...body, id: (signer + text).padEnd(64, '0').slice(0, 64), signer, envelope: new Uint8Array(0) }
    door.turn.state.registry.raise(statement, regionKind.decode(statement))
  }
  const enteringOf = (count: number, device: string, labels: (door: Door) => void): number => {
    const door = openDoor({ ...DEFAULT_IMMIGRATION, perSpecies: 1_000, perAuthor: 1_000 })
    labels(door)
    for (let number = 0; number < count; number++) {
      door.now += 5_000
      door.come(stranger({ number, fitness: 5, device }))
    }
    return door.entered().length
  }
  const other = 'f'.repeat(64)

  test('makes migration from another region rarer, and from nowhere else', () => {
    const both = (theirs: string) => (door: Door): void => {
      label('europe', here, door)
      label(theirs, other, door)
    }
    expect(enteringOf(400, other, both('europe'))).toBe(400)
    expect(enteringOf(400, other, (door) => label('europe', here, door))).toBe(400)
    expect(enteringOf(400, other, (door) => label('asia', other, door))).toBe(400)
    const foreign = enteringOf(400, other, both('asia'))
    expect(foreign).toBeGreaterThan(60)
    expect(foreign).toBeLessThan(140)
  })

  test('is a coarse label of its own wording that can be taken back', () => {
    const door = openDoor()
    label('lab-2', other, door)
    expect(regionOf(door.turn.state.registry, other)).toBe('lab-2')
    expect(regionOf(door.turn.state.registry, here)).toBeUndefined()
    for (const wrong of ['Europe', 'a b', 'x'.repeat(17), 'münchen']) expect(() => regionDeclaration(wrong), wrong).toThrow(RangeError)
    const { subject, content } = regionDeclaration('')
    expect(regionKind.decode({ subject, content, signer: other, author: other, realm: template.realm })).toBe('')
  })
})
