import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bob, carol, createWorld, signClaim, START, statementFor, testRealm } from '../../fixtures/world.ts'
import { EVALUATOR, sampleGenotype } from '../../fixtures/xor.ts'
import { entryFromRows, restoreEntries, rowsOf } from '../archive/archive-rows.ts'
import type { Entry } from '../archive/entry.ts'
import { hasBody, withoutBody } from '../archive/eviction.ts'
import { rootOf } from '../archive/heads.ts'
import { digestOfCid } from '../claim/cid-digest.ts'
import { decodeClaim } from '../claim/claim-codec.ts'
import { encodeRequest } from '../wire/messages.ts'
import { bestEntry, entriesOf, step } from './member.ts'
import { bodyOf, createMember, store, type MemberState } from './state.ts'
import { bytesOf, MAX_PINNED, pinRowPrefix } from './storage.ts'

const template = statementFor(sampleGenotype(1), carol, START)
const REALM = template.realm

interface Made {
  readonly number: number
  readonly fitness: number
  readonly fingerprint: number
  readonly size: number
  readonly isOwn?: boolean
}

function entryOf({ number, fitness, fingerprint, size, isOwn = false }: Made): Entry {
  const id = number.toString(16).padStart(64, '0')
  const device = isOwn ? Buffer.from(bob.device).toString('hex') : template.device
  const claim = { ...template, id, genotype: `g${number}`, fitness, device, time: START + number }
  return { claim, envelope: Uint8Array.of(1), body: new Uint8Array(size).fill(1), fingerprint, links: 3 }
}

function memberOf(archiveBytes?: number, pinned?: ReadonlyMap<string, Uint8Array>): MemberState {
  const options = { role: 'island', realm: testRealm(), evaluators: { xor: EVALUATOR }, identity: bob, seed: 1 } as const
  return createMember({ ...options, ...(archiveBytes === undefined ? {} : { archiveBytes }), ...(pinned === undefined ? {} : { pinned }) })
}

const made: fc.Arbitrary<readonly Entry[]> = fc
  .array(
    fc.record({
      fitness: fc.integer({ min: 1, max: 1_000 }),
      fingerprint: fc.integer({ min: 0, max: 255 }),
      size: fc.integer({ min: 1, max: 4_000 }),
      isOwn: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    }),
    { minLength: 1, maxLength: 120 },
  )
  .map((list) => list.map((one, number) => entryOf({ number, ...one })))

describe('a budget of bytes', () => {
  test('is kept to, but for what is pinned, our own, or the best; and takes no claim from the archive', () => {
    fc.assert(fc.property(made, fc.integer({ min: 0, max: 60_000 }), fc.integer({ min: 0, max: 5 }), (entries, budget, pins) => {
      const pinned = new Map(entries.slice(0, pins).map(({ claim, body }) => [claim.genotype, body]))
      const small = memberOf(budget, pinned)
      const large = memberOf()
      for (const entry of entries) {
        store(small, entry)
        store(large, entry)
      }
      expect(rootOf(small.niches)).toBe(rootOf(large.niches))
      for (const [cid, body] of pinned) expect(bodyOf(small, cid)).toEqual(body)
      const kept = [...small.niches.values()].filter(hasBody)
      const best = bestEntry(small, 'xor')!
      expect(hasBody(best)).toBe(true)
      const isFree = ({ claim }: Entry): boolean =>
        claim.fitness < best.claim.fitness && claim.device === template.device && !pinned.has(claim.genotype)
      if (bytesOf(small) > budget) {
        expect(kept.filter(isFree)).toEqual([])
        expect(small.displaced.size).toBe(0)
      }
      for (const entry of small.niches.values()) if (entry.claim.device !== template.device) expect(hasBody(entry)).toBe(true)
      // What went was worth no more than anything that stayed.
      const gone = [...small.niches.values()].filter((entry) => !hasBody(entry))
      for (const entry of gone) expect(entry.claim.fitness).toBeLessThan(best.claim.fitness)
      for (const entry of [...small.niches.values()]) expect(small.byGenotype.get(entry.claim.genotype)).toBe(entry)
    }), { numRuns: 400 })
  })

  test('of one author is kept to by his bodies alone, the best of each task excepted', () => {
    fc.assert(fc.property(made, fc.integer({ min: 0, max: 20_000 }), (entries, authorBytes) => {
      const options = { role: 'relay', realm: testRealm(), evaluators: { xor: EVALUATOR }, seed: 1, authorBytes } as const
      const state = createMember(options)
      const other = { ...entryOf({ number: 500, fitness: 1, fingerprint: 17, size: 4_000 }) }
      store(state, { ...other, claim: { ...other.claim, author: 'ee'.repeat(32) } })
      for (const entry of entries) store(state, entry)
      const his = [...state.niches.values()].filter((entry) => entry.claim.author === template.author && hasBody(entry))
      const best = Math.max(...his.map(({ claim }) => claim.fitness))
      const bytes = his.filter(({ claim }) => claim.fitness < best).reduce((sum, { body }) => sum + body.length, 0)
      expect(bytes).toBeLessThanOrEqual(authorBytes)
      expect([...state.niches.values()].filter(({ claim }) => claim.author !== template.author).every(hasBody)).toBe(true)
    }))
  })

  test('is not touched below it', () => {
    const state = memberOf(10_000)
    for (let number = 0; number < 10; number++) store(state, entryOf({ number, fitness: number, fingerprint: number * 8, size: 1_000 }))
    expect([...state.niches.values()].every(hasBody)).toBe(true)
    store(state, entryOf({ number: 10, fitness: 10, fingerprint: 88, size: 1 }))
    expect([...state.niches.values()].filter((entry) => !hasBody(entry)).length).toBe(1)
    expect(bytesOf(state)).toBeLessThanOrEqual(10_000)
  })
})

describe('an entry without its body', () => {
  const sample = sampleGenotype(5)
  const envelope = signClaim(statementFor(sample, carol, START), carol)
  const decoded = decodeClaim(envelope)
  if (!decoded.ok) throw new Error(decoded.reason)
  const whole: Entry = { claim: decoded.value.claim, envelope, body: sample.body, fingerprint: sample.fingerprint, links: sample.links }

  test('is stored as such and read back, while one that lost its body is damaged', () => {
    const [claim, body] = rowsOf(withoutBody(whole))
    expect(body!.value).toBeUndefined()
    expect(entryFromRows(claim!.value!, undefined)).toEqual({ ok: true, value: withoutBody(whole) })
    expect(restoreEntries([{ key: claim!.key, value: claim!.value! }])).toMatchObject({ entries: [withoutBody(whole)], damaged: [] })
    const [wholeClaim] = rowsOf(whole)
    expect(restoreEntries([{ key: wholeClaim!.key, value: wholeClaim!.value! }])).toMatchObject({ entries: [], damaged: [wholeClaim!.key] })
  })

  test('is told but not served, and a better one takes its place as ever', () => {
    const world = createWorld({ entries: [withoutBody(whole)] })
    world.happen({ kind: 'requested', ticket: 1, from: 'carol', bytes: encodeRequest({ kind: 'pull', digest: digestOfCid(sample.cid)! }) })
    expect(world.effects.at(-1)).toEqual({ kind: 'respond', ticket: 1, bytes: undefined })
    expect(entriesOf(world.state)).toEqual([withoutBody(whole)])
    world.bodies.set(sample.cid, sample.body)
    world.deliver(envelope)
    expect(world.refusals()).toEqual(['duplicate'])
  })
})

describe('a pin', () => {
  const sample = sampleGenotype(7)

  test('keeps a body when everything else of it goes, restarts included, until it is taken back', () => {
    const world = createWorld({ archiveBytes: 0 })
    const better = sampleGenotype(8)
    world.bodies.set(sample.cid, sample.body)
    world.deliver(signClaim(statementFor(sample, carol, START), carol))
    world.happen({ kind: 'pin', cid: sample.cid, isPinned: true })
    const rows = world.effects.flatMap((effect) => (effect.kind === 'store' ? effect.changes : []))
    expect(rows).toContainEqual({ key: pinRowPrefix(REALM) + sample.cid, value: sample.body })
    expect(bodyOf(memberOf(0, new Map([[sample.cid, sample.body]])), sample.cid)).toEqual(sample.body)
    expect(bodyOf(world.state, better.cid)).toBeUndefined()
    world.happen({ kind: 'pin', cid: sample.cid, isPinned: false })
    const later = world.effects.flatMap((effect) => (effect.kind === 'store' ? effect.changes : []))
    expect(later.at(-1)).toEqual({ key: pinRowPrefix(REALM) + sample.cid, value: undefined })
  })

  test(`needs a body that is here, and there are at most ${MAX_PINNED}`, () => {
    let state = memberOf()
    const pin = (cid: string): void => {
      state = step(state, { kind: 'pin', cid, isPinned: true }, START).state
    }
    pin(sample.cid)
    expect(state.storage.pinned.size).toBe(0)
    for (let number = 0; number <= 255; number++) {
      for (const fitness of [1, 2]) {
        store(state, entryOf({ number: number * 2 + fitness, fitness, fingerprint: number, size: 5 }))
        pin(`g${number * 2 + fitness}`)
      }
    }
    expect(state.storage.pinned.size).toBe(MAX_PINNED)
  })
})
