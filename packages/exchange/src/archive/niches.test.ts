import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bob, signClaim, START, statementFor } from '../../fixtures/world.ts'
import { EVALUATOR, sampleGenotype } from '../../fixtures/xor.ts'
import { decodeClaim } from '../claim/claim-codec.ts'
import { entryFromRows, restoreEntries, rowPrefixes, rowsOf } from './archive-rows.ts'
import type { Entry } from './entry.ts'
import { rootOf } from './heads.ts'
import { nicheNumber, nicheOf } from './niche.ts'
import { dominates, merge, nichesOf, raise, type Niches } from './niches.ts'
import { compareEntries } from './order.ts'

function entry(number: number, change: Partial<Entry> & { fitness?: number; genotype?: string; id?: string; task?: string } = {}): Entry {
  const { fitness = 1, genotype = `g${number}`, id = String(number).padStart(64, '0'), task = 'xor', ...rest } = change
  const claim = { ...statementFor(sampleGenotype(1), bob, START, { sequence: 1 }), id, genotype, fitness, task }
  return { claim, envelope: Uint8Array.of(number), body: Uint8Array.of(number), fingerprint: 0, links: 3, ...rest }
}

const entries: fc.Arbitrary<Entry> = fc
  .record({
    id: fc.integer({ min: 0, max: 30 }),
    genotype: fc.constantFrom('ga', 'gb', 'gc'),
    fitness: fc.integer({ min: 0, max: 3 }),
    links: fc.constantFrom(3, 5, 20),
    fingerprint: fc.constantFrom(0, 1, 9, 255),
    task: fc.constantFrom('xor', 'cart-pole-v1'),
  })
  // As measured: what is said about a claim's entry depends on the claim alone.
  .map(({ id, ...rest }) => entry(id, { ...rest, id: `${rest.genotype}${rest.fitness}${rest.links}${rest.fingerprint}${rest.task}${id}`.padEnd(64, '.') }))
const archives: fc.Arbitrary<Niches> = fc.array(entries, { maxLength: 12 }).map(nichesOf)
const same = (a: Niches, b: Niches): void => expect([...a].sort(([x], [y]) => (x < y ? -1 : 1))).toEqual([...b].sort(([x], [y]) => (x < y ? -1 : 1)))

describe('merging archives', () => {
  test('is commutative, associative and idempotent', () => {
    fc.assert(
      fc.property(archives, archives, archives, (a, b, c) => {
        same(merge(a, b), merge(b, a))
        same(merge(merge(a, b), c), merge(a, merge(b, c)))
        same(merge(a, a), a)
        same(merge(a, nichesOf([])), a)
      }),
    )
  })

  test('gives the least archive that dominates both', () => {
    fc.assert(
      fc.property(archives, archives, (a, b) => {
        const both = merge(a, b)
        expect(dominates(both, a) && dominates(both, b)).toBe(true)
        expect(dominates(a, b) && dominates(b, a)).toBe(both.size === a.size && both.size === b.size && [...both].every(([niche, held]) => a.get(niche)!.claim.id === held.claim.id && b.get(niche)!.claim.id === held.claim.id))
      }),
    )
  })

  test('is the same for entries in any order', () => {
    fc.assert(
      fc.property(fc.array(entries, { maxLength: 20 }).chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))), ([list, shuffled]) => {
        same(nichesOf(list), nichesOf(shuffled))
      }),
    )
  })
})

test('the order is fitness, then fewer links, then the lower CID, then the lower claim id', () => {
  const best = entry(1, { fitness: 5, links: 9 })
  expect(compareEntries(best, entry(2, { fitness: 4, links: 1 }))).toBeLessThan(0)
  expect(compareEntries(best, entry(2, { fitness: 5, links: 10 }))).toBeLessThan(0)
  expect(compareEntries(entry(1, { genotype: 'ga' }), entry(2, { genotype: 'gb' }))).toBeLessThan(0)
  expect(compareEntries(entry(1, { genotype: 'ga' }), entry(2, { genotype: 'ga' }))).toBeLessThan(0)
  expect(compareEntries(best, best)).toBe(0)
})

test('an entry that is held already does not rise again', () => {
  const niches = new Map<string, Entry>()
  expect(raise(niches, entry(1))).toEqual({ raised: true, replaces: undefined })
  expect(raise(niches, entry(1))).toEqual({ raised: false, replaces: undefined })
})

test('there are 256 niches, by eight of fingerprint and factors of four of links', () => {
  const numbers = new Set<number>()
  for (let fingerprint = 0; fingerprint < 256; fingerprint++) for (let links = 0; links <= 65_536; links += links < 300 ? 1 : 997) numbers.add(nicheNumber(fingerprint, links))
  expect(numbers.size).toBe(256)
  expect([0, 3, 4, 15, 16, 63, 64, 65_536].map((links) => nicheNumber(0, links))).toEqual([0, 0, 1, 1, 2, 2, 3, 7])
  expect([7, 8, 255].map((fingerprint) => nicheNumber(fingerprint, 0))).toEqual([0, 8, 248])
})

test('roots are equal exactly when archives are', () => {
  fc.assert(
    fc.property(archives, archives, (a, b) => {
      const equal = a.size === b.size && [...a].every(([niche, held]) => b.get(niche)?.claim.id === held.claim.id)
      // Ids of this test are no hexadecimal; the root wants it.
      const hex = (niches: Niches): Niches => new Map([...niches].map(([niche, held]) => [niche, { ...held, claim: { ...held.claim, id: Buffer.from(held.claim.id).toString('hex') } }]))
      expect(rootOf(hex(a)) === rootOf(hex(b))).toBe(equal)
    }),
  )
})

describe('archive rows', () => {
  const sample = sampleGenotype(5)
  const envelope = signClaim(statementFor(sample, bob, START), bob)
  const decoded = decodeClaim(envelope)
  if (!decoded.ok) throw new Error(decoded.reason)
  const real: Entry = { claim: decoded.value.claim, envelope, body: sample.body, fingerprint: sample.fingerprint, links: sample.links }
  const rows = rowsOf(real)

  test('give the entry back', () => {
    expect(entryFromRows(rows[0]!.value!, rows[1]!.value)).toEqual({ ok: true, value: real })
    expect(restoreEntries(rows.map(({ key, value }) => ({ key, value: value! })))).toEqual({ entries: [real], bodies: new Map(), damaged: [] })
  })

  test('lie under the prefixes of their realm, the claim under its niche', () => {
    const { claims, bodies } = rowPrefixes(real.claim.realm)
    expect(rows.map(({ key }) => key)).toEqual([`${claims}xor/${EVALUATOR}/${nicheOf(real).slice(-3)}`, `${bodies}${sample.cid}`])
  })

  test('of a better entry overwrite the claim; the former body is then one that belongs to no entry', () => {
    const better: Entry = { ...real, claim: { ...real.claim, genotype: sampleGenotype(6).cid }, body: sampleGenotype(6).body }
    expect(rowsOf(better)[0]!.key).toBe(rows[0]!.key)
    const body = { key: rows[1]!.key, value: rows[1]!.value! }
    expect(restoreEntries([body])).toEqual({ entries: [], bodies: new Map([[sample.cid, sample.body]]), damaged: [] })
    expect(restoreEntries([{ ...body, value: body.value.with(30, 9) }])).toEqual({ entries: [], bodies: new Map(), damaged: [body.key] })
  })

  test('with a missing, swapped or damaged body or claim are reported, not loaded', () => {
    const [claim, body] = [rows[0]!.value!, rows[1]!.value!]
    expect(entryFromRows(claim, undefined)).toEqual({ ok: false, reason: 'wrong-content' })
    expect(entryFromRows(claim, sampleGenotype(6).body)).toEqual({ ok: false, reason: 'wrong-content' })
    for (let length = 0; length < claim.length; length++) expect(entryFromRows(claim.subarray(0, length), body).ok).toBe(false)
    for (let bit = 0; bit < claim.length * 8; bit++) {
      expect(entryFromRows(claim.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)), body).ok, `bit ${bit}`).toBe(false)
    }
    const newer = claim.map((byte, i) => (i === 1 ? 9 : byte))
    expect(entryFromRows(newer, body)).toEqual({ ok: false, reason: 'unknown-version' })
    expect(restoreEntries([{ key: rows[0]!.key, value: newer }]), 'a newer release may read it').toMatchObject({ entries: [], damaged: [] })
    expect(restoreEntries([{ key: rows[0]!.key, value: claim }]).damaged).toEqual([rows[0]!.key])
  })
})
