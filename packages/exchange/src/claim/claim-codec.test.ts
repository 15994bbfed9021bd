import { cidOf } from '@megabrain/evolve'
import fc from 'fast-check'
import { CID } from 'multiformats/cid'
import { describe, expect, test } from 'vitest'
import { verifyNow } from '../../fixtures/ed25519.ts'
import { alice, bob, signClaim, START, statementFor } from '../../fixtures/world.ts'
import { sampleGenotype } from '../../fixtures/xor.ts'
import { MAX_ANNOUNCEMENT_BYTES } from '../limits.ts'
import { hexText } from '../bytes/text.ts'
import { cidFromDigest, digestOfCid } from './cid-digest.ts'
import { CLAIM_PURPOSE, claimMessage, decodeClaim, type Statement } from './claim-codec.ts'
import { decodeEnvelope, encodeEnvelope, envelopeMessage } from './envelope.ts'
import { operatorCode, operatorName } from './operator-codes.ts'

const hex32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(hexText)
const cid = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(cidFromDigest)
const firsts: fc.Arbitrary<Statement> = fc.record({
  genotype: cid,
  realm: hex32,
  task: fc.stringMatching(/^[a-z0-9-]{1,32}$/),
  evaluator: hex32,
  fitness: fc.integer({ min: 0, max: 1_000_000 }),
  seedRule: fc.constant('public' as const),
  parents: fc.array(cid, { maxLength: 2 }),
  operators: fc.array(fc.integer({ min: 0, max: 255 }).map(operatorName), { maxLength: 8 }),
  generation: fc.integer({ min: 0, max: 0xffff_ffff }),
  license: fc.stringMatching(/^[A-Za-z0-9.+-]{1,32}$/),
  author: fc.constant(hexText(bob.owner)),
  device: fc.constant(hexText(bob.device)),
  time: fc.integer({ min: 0, max: 0x7fff_ffff_ffff }),
  sequence: fc.maxSafeNat(),
})
/** Version 2: a niche, a link to an older claim, or both. */
const seconds: fc.Arbitrary<Statement> = fc
  .tuple(firsts, fc.option(hex32, { nil: undefined }), fc.option(fc.integer({ min: 0, max: 255 }), { nil: undefined }))
  .map(([first, supersedes, niche]) => ({
    ...first,
    ...(supersedes === undefined ? {} : { supersedes, parents: [], operators: [] }),
    ...(niche === undefined ? {} : { niche }),
  }))
const statements = fc.oneof(firsts, seconds)

const allHold = (bytes: Uint8Array): boolean => {
  const decoded = decodeClaim(bytes)
  return decoded.ok && decoded.value.checks.every(({ key, message, signature }) => verifyNow(key, message, signature))
}

const payloadIn = (claim: Uint8Array): Uint8Array => {
  const envelope = decodeEnvelope(CLAIM_PURPOSE, claim)
  if (!envelope.ok) throw new Error(envelope.reason)
  return envelope.value.payload
}
/** Any payload, truly signed by bob's device. */
const sealed = (payload: Uint8Array): Uint8Array =>
  encodeEnvelope(CLAIM_PURPOSE, { key: bob.device, payload, signature: bob.signNow(envelopeMessage(CLAIM_PURPOSE, payload)) })

describe('a claim', () => {
  test('decodes to what was signed, and both signatures hold', () => {
    fc.assert(
      fc.property(statements, (statement) => {
        const bytes = signClaim(statement, bob)
        const decoded = decodeClaim(bytes)
        if (!decoded.ok) throw new Error(decoded.reason)
        const { id, ...rest } = decoded.value.claim
        expect(rest).toEqual(statement)
        expect(id).toMatch(/^[0-9a-f]{64}$/)
        expect(bytes.length).toBeLessThanOrEqual(MAX_ANNOUNCEMENT_BYTES)
        expect(allHold(bytes)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test('fits on the channel with every field at its largest', () => {
    const largest: Statement = {
      ...statementFor(sampleGenotype(1), bob, 0x7fff_ffff_ffff),
      task: 't'.repeat(32),
      fitness: 1_000_000,
      parents: [sampleGenotype(2).cid, sampleGenotype(3).cid],
      operators: Array.from({ length: 8 }, () => 'crossover-average'),
      generation: 0xffff_ffff,
      license: 'L'.repeat(32),
      sequence: Number.MAX_SAFE_INTEGER,
    }
    const bytes = signClaim(largest, bob)
    expect(bytes.length).toBe(492)
    expect(allHold(bytes)).toBe(true)
    expect(signClaim({ ...largest, niche: 255 }, bob).length).toBe(496)
    expect(signClaim({ ...largest, niche: 255, parents: [], operators: [], supersedes: 'a'.repeat(64) }, bob).length).toBe(453)
  })

  test('has the lowest version that can say it, and no other', () => {
    const first = statementFor(sampleGenotype(1), bob, START)
    const payloadOf = (statement: Statement): Uint8Array => payloadIn(signClaim(statement, bob))
    expect([first, { ...first, niche: 7 }, { ...first, supersedes: 'a'.repeat(64) }].map((statement) => payloadOf(statement)[1])).toEqual([1, 2, 2])
    expect(decodeClaim(sealed(payloadOf(first).with(1, 2)))).toEqual({ ok: false, reason: 'malformed' })
    expect(decodeClaim(sealed(payloadOf({ ...first, niche: 7 }).with(1, 1)))).toEqual({ ok: false, reason: 'malformed' })
  })

  test('of a newer version shows who signed it for which realm, and nothing else', () => {
    const statement = statementFor(sampleGenotype(1), bob, START)
    const newer = Uint8Array.of(...payloadIn(signClaim(statement, bob)).with(1, 3), 0x92, 0x01, 2, 9, 9) // an 18th field
    const decoded = decodeClaim(sealed(newer))
    if (decoded.ok || decoded.reason !== 'unknown-version' || decoded.sealed === undefined) throw new Error('It must be sealed')
    const { genotype, realm, parents, author, device, time, sequence } = statement
    expect(decoded.sealed).toMatchObject({ genotype, realm, parents, author, device, time, sequence })
    expect(decoded.sealed.checks.every(({ key, message, signature }) => verifyNow(key, message, signature))).toBe(true)
    expect(decodeClaim(sealed(Uint8Array.of(0x08, 3)))).toEqual({ ok: false, reason: 'unknown-version' })
  })

  test('that supersedes another tells no parents and operators of its own', () => {
    const link = { supersedes: 'a'.repeat(64) }
    for (const change of [{ parents: [sampleGenotype(2).cid] }, { operators: ['add-link'] }]) {
      expect(() => claimMessage({ ...statementFor(sampleGenotype(1), bob, START), ...link, ...change }, bob.delegation)).toThrow(RangeError)
    }
  })

  test('cut short anywhere is refused', () => {
    const bytes = signClaim(statementFor(sampleGenotype(1), bob, START), bob)
    for (let length = 0; length < bytes.length; length++) expect(decodeClaim(bytes.subarray(0, length)).ok).toBe(false)
  })

  test('with any one bit flipped is refused, or its signatures fail', () => {
    const bytes = signClaim(statementFor(sampleGenotype(1), bob, START, { operators: ['add-link'], parents: [sampleGenotype(2).cid] }), bob)
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
      if (allHold(flipped)) throw new Error(`bit ${bit} can be flipped`)
    }
  })

  test('beyond its bounds is our own fault and never signed', () => {
    const honest = statementFor(sampleGenotype(1), bob, START)
    for (const change of [{ fitness: 1_000_001 }, { fitness: 0.5 }, { task: '' }, { license: 'no spaces' }, { time: -1 }, { niche: 256 }, { operators: Array.from({ length: 9 }, () => 'other') }]) {
      expect(() => claimMessage({ ...honest, ...change }, bob.delegation), JSON.stringify(change)).toThrow(RangeError)
    }
  })

  test('signed by one device speaks for one owner only', () => {
    const statement = statementFor(sampleGenotype(1), bob, START, { author: hexText(alice.owner) })
    expect(allHold(signClaim(statement, bob))).toBe(false)
  })
})

describe('a CID and its digest', () => {
  test('agree with multiformats', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = cidOf(bytes)
        const digest = digestOfCid(text)!
        expect(digest).toEqual(CID.parse(text).multihash.digest)
        expect(cidFromDigest(digest)).toBe(text)
      }),
    )
  })

  test('other texts have none', () => {
    const text = cidOf(Uint8Array.of(1))
    for (const other of ['', 'b', text.toUpperCase(), `${text}a`, text.slice(1), `${text.slice(0, -1)}b`, `z${text.slice(1)}`, `bafybei${text.slice(7)}`]) {
      expect(digestOfCid(other), other).toBeUndefined()
    }
  })
})

test('operator codes read back to the same code, also those of newer software', () => {
  for (let code = 0; code < 256; code++) expect(operatorCode(operatorName(code))).toBe(code)
  expect(operatorCode('something-else')).toBe(0)
  expect(operatorCode('operator-3')).toBe(0)
  expect(operatorCode('operator-999')).toBe(0)
})
