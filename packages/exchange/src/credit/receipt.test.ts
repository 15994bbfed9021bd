import { algorithmNames } from '@megabrain/evolve'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { verifyNow } from '../../fixtures/ed25519.ts'
import { newSearch, receiptEnvelope, record, replayOptions, signReceipt } from '../../fixtures/evolution.ts'
import { alice, bob, carol } from '../../fixtures/world.ts'
import { sampleGenotype } from '../../fixtures/xor.ts'
import { decodeReceipt, MAX_RECEIPT_BYTES, receiptMessage } from './receipt-codec.ts'
import { chainFault, MAX_ADMITTED, MAX_RECEIPT_EVALUATIONS, MAX_RECEIPT_WORK, type Receipt, type Stretch } from './receipt.ts'
import { createReplay, replayReceipt } from './replay.ts'
import { seedOf, stateRoot as stateRootOf } from './state-root.ts'

const hex = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'))

describe('a receipt', () => {
  test.each(algorithmNames)('of %s is run again to the bit, chain link by chain link', (algorithm) => {
    let tip: Receipt | undefined
    let search = newSearch(algorithm, 7, bob)
    for (let link = 0; link < 4; link++) {
      const recorded = record(search, { ...(link === 0 ? { origin: 7 } : {}), strangers: link === 0 ? [] : [link, link + 10], generations: 1 + link })
      const receipt = signReceipt(recorded.stretch, tip, bob)
      expect(chainFault(tip, receipt)).toBeUndefined()
      expect(replayReceipt(replayOptions(recorded, receipt, bob))).toEqual({ fault: undefined, evaluations: receipt.evaluations })
      tip = receipt
      search = recorded.search
    }
    expect(tip!.number).toBe(4)
    expect(tip!.totalEvaluations).toBeGreaterThan(tip!.evaluations)
  })

  test('that claims what was not done is found by running it again, whatever it lies about', () => {
    const start = record(newSearch('neat', 3, bob), { origin: 3, generations: 2 })
    const strangers = Array.from({ length: 100 }, (_, i) => i).sort((a, b) => sampleGenotype(b).fitness - sampleGenotype(a).fitness).slice(0, 3)
    const honest = record(start.search, { strangers, generations: 2 })
    const longer = record(start.search, { strangers, generations: 3 })
    expect(honest.stretch.admitted).toHaveLength(3)
    const lies: fc.Arbitrary<Partial<Stretch>> = fc.oneof(
      fc.integer({ min: 1, max: 200_000 }).map((extra) => ({ evaluations: honest.stretch.evaluations + extra })),
      fc.integer({ min: 1, max: honest.stretch.evaluations - 1 }).map((fewer) => ({ evaluations: honest.stretch.evaluations - fewer })),
      fc.integer({ min: 1, max: 1_000_000 }).map((extra) => ({ work: honest.stretch.work + extra })),
      fc.integer({ min: 1, max: honest.stretch.work }).map((fewer) => ({ work: honest.stretch.work - fewer })),
      hex.map((after) => ({ after })),
      fc.constant({ after: longer.stretch.after }),
      hex.map((before) => ({ before })),
      hex.map((entered) => ({ entered })),
      fc.shuffledSubarray([...honest.stretch.admitted], { minLength: 0 })
        .filter((order) => order.join() !== honest.stretch.admitted.join())
        .map((admitted) => ({ admitted })),
      fc.constant({ admitted: [...honest.stretch.admitted, honest.stretch.admitted[0]!] }),
      fc.constant({ admitted: [sampleGenotype(99).cid] }),
      fc.integer({ min: 0, max: 1_000 }).map((origin) => ({ origin })),
    )
    fc.assert(fc.property(lies, (lie) => {
      const { fault, evaluations } = replayReceipt(replayOptions(honest, { ...honest.stretch, ...lie }, bob))
      expect(fault, JSON.stringify(lie)).toBeDefined()
      // Finding out never costs more than what was really evaluated and one generation.
      expect(evaluations).toBeLessThanOrEqual(honest.stretch.evaluations + 20)
    }), { numRuns: 300 })
  })

  test('of a new search must have the seed of its own device', () => {
    const recorded = record(newSearch('neat', 5, alice), { origin: 5, generations: 1 })
    expect(replayReceipt(replayOptions(recorded, recorded.stretch, alice)).fault).toBeUndefined()
    expect(replayReceipt(replayOptions(recorded, recorded.stretch, carol)).fault).toBe('not-new')
    const chain = { device: 'd'.repeat(64), realm: 'e'.repeat(64), task: 'xor' }
    const seeds = [seedOf(chain, 0), seedOf(chain, 1), seedOf({ ...chain, task: 'retina' }, 0), seedOf({ ...chain, device: 'c'.repeat(64) }, 0)]
    expect(new Set(seeds).size).toBe(4)
    expect(seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0)).toBe(true)
  })

  test('with a state before that is noise, cut short or altered ends in an outcome, never in an error', () => {
    const recorded = record(newSearch('memetic', 1, bob), { generations: 2 })
    const { before } = recorded
    fc.assert(fc.property(fc.nat(before.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, flip, isCut) => {
      const damaged = isCut ? before.slice(0, at) : before.map((byte, i) => (i === at ? byte ^ flip : byte))
      const named = { ...recorded.stretch, before: stateRootOf(damaged) }
      expect(replayReceipt(replayOptions({ ...recorded, before: damaged }, recorded.stretch, bob)).fault).toBe('other-state')
      // What does not matter to the stretch may differ: the outcome is a value either way.
      expect(replayReceipt(replayOptions({ ...recorded, before: damaged }, named, bob)).evaluations).toBeLessThanOrEqual(recorded.stretch.evaluations)
    }), { numRuns: 200 })
  })

  test('is run again one evaluation at a time', () => {
    const recorded = record(newSearch('neat', 1, bob), { generations: 1 })
    const replay = createReplay(replayOptions(recorded, recorded.stretch, bob))
    let steps = 0
    while (replay.step() === undefined) steps++
    expect(steps).toBe(recorded.stretch.evaluations)
    expect(replay.step()).toEqual({ fault: undefined, evaluations: recorded.stretch.evaluations })
  })
})

describe('the bytes of a receipt', () => {
  const { stretch } = record(newSearch('neat', 9, bob), { origin: 9, generations: 1 })

  test('decode to what was signed, both signatures hold, and the largest fits', () => {
    const largest: Partial<Receipt> = {
      task: 'x'.repeat(32), number: Number.MAX_SAFE_INTEGER, previous: 'f'.repeat(64), origin: 0xffff_ffff,
      entered: 'e'.repeat(64), admitted: Array.from({ length: MAX_ADMITTED }, (_, i) => sampleGenotype(i).cid), evaluations: MAX_RECEIPT_EVALUATIONS,
      work: MAX_RECEIPT_WORK, totalEvaluations: Number.MAX_SAFE_INTEGER, totalWork: Number.MAX_SAFE_INTEGER, time: 0x7fff_ffff_ffff,
    }
    for (const change of [{}, largest]) {
      const bytes = receiptEnvelope(stretch, undefined, bob, change)
      expect(bytes.length).toBeLessThanOrEqual(MAX_RECEIPT_BYTES)
      const decoded = decodeReceipt(bytes)
      if (!decoded.ok) throw new Error(decoded.reason)
      expect(decoded.value.receipt).toMatchObject({ ...stretch, ...change })
      expect(decoded.value.checks.every(({ key, message, signature }) => verifyNow(key, message, signature))).toBe(true)
    }
    expect(receiptEnvelope(stretch, undefined, bob, largest).length).toBeGreaterThan(1_000)
  })

  test('cut short or with a bit flipped are refused or do not hold', () => {
    const bytes = receiptEnvelope(stretch, undefined, bob)
    for (let length = 0; length < bytes.length; length++) expect(decodeReceipt(bytes.subarray(0, length)).ok).toBe(false)
    for (let bit = 0; bit < bytes.length * 8; bit += 3) {
      const decoded = decodeReceipt(bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)))
      if (!decoded.ok) continue
      expect(decoded.value.checks.every(({ key, message, signature }) => verifyNow(key, message, signature)), `bit ${bit}`).toBe(false)
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 1_200 }), (noise) => { expect(decodeReceipt(noise).ok).toBe(false) }))
  })

  test('beyond the bounds are never signed', () => {
    const receipt = signReceipt(stretch, undefined, bob)
    for (const change of [{ task: 'No' }, { evaluations: 0 }, { evaluations: MAX_RECEIPT_EVALUATIONS + 1 }, { number: 0 }, { previous: 'a'.repeat(64) }, { totalWork: 0 }, { origin: -1 }]) {
      expect(() => receiptMessage({ ...receipt, ...change }, bob.delegation), JSON.stringify(change)).toThrow(RangeError)
    }
  })
})

describe('a chain', () => {
  const first = record(newSearch('neat', 2, bob), { origin: 2, generations: 1 })
  const second = record(first.search, { generations: 1 })
  const one = signReceipt(first.stretch, undefined, bob)
  const two = signReceipt(second.stretch, one, bob)

  test('goes on where it ended, or with a new search', () => {
    const anew = record(newSearch('neat', 3, bob), { origin: 3, generations: 1 })
    expect(chainFault(undefined, one)).toBeUndefined()
    expect(chainFault(one, two)).toBeUndefined()
    expect(chainFault(two, signReceipt(anew.stretch, two, bob))).toBeUndefined()
  })

  test('has no gap, no jump, no second claim of one stretch and no other sum', () => {
    expect(chainFault(undefined, two)).toBe('not-next')
    expect(chainFault(one, { ...two, number: 3 })).toBe('not-next')
    expect(chainFault(one, { ...two, previous: two.id })).toBe('not-next')
    expect(chainFault(one, { ...two, totalEvaluations: two.totalEvaluations + 1 })).toBe('wrong-sum')
    expect(chainFault(one, { ...two, totalWork: two.totalWork + 1 })).toBe('wrong-sum')
    expect(chainFault(two, signReceipt(second.stretch, two, bob))).toBe('not-linked')
    expect(chainFault(one, signReceipt(second.stretch, one, carol))).toBe('other-chain')
  })
})
