import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hexText } from '../bytes/text.ts'
import { decodeClaim } from '../claim/claim-codec.ts'
import { decodeRealm } from '../realm/realm-codec.ts'
import { entryFromRows } from '../archive/archive-rows.ts'
import { MAX_ANSWER_BYTES, MAX_BODY_BYTES, MAX_CLAIMS_PER_MESSAGE, MAX_HELD, MAX_REQUEST_BYTES, MAX_UNIT_BODIES, MAX_UNIT_MS } from '../limits.ts'
import type { UnitResult } from '../work-units/work-unit.ts'
import { decodeAnswer, decodeRequest, encodeAnswer, encodeRequest, type Answer, type Request } from './messages.ts'

const root = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(hexText)
const claims = fc.array(fc.uint8Array({ minLength: 1, maxLength: 512 }), { maxLength: MAX_CLAIMS_PER_MESSAGE })
const headIds = fc.array(fc.uint8Array({ minLength: 8, maxLength: 8 }).map(hexText), { maxLength: MAX_CLAIMS_PER_MESSAGE })
const heads = fc
  .uniqueArray(fc.record({ niche: fc.integer({ min: 0, max: 255 }), fitness: fc.integer({ min: 0, max: 1_000_000 }), id: fc.uint8Array({ minLength: 8, maxLength: 8 }).map(hexText) }), { selector: ({ niche }) => niche })
  .map((list) => list.sort((a, b) => a.niche - b.niche))
const tasks = fc.array(fc.record({ task: fc.stringMatching(/^[a-z0-9-]{1,32}$/), evaluator: root, heads }), { maxLength: 16 })

const digests = fc.uint8Array({ minLength: 32, maxLength: 32 })
const requests: fc.Arbitrary<Request> = fc.oneof(
  fc.record({ kind: fc.constant('pull' as const), digest: digests }),
  fc.record({ kind: fc.constant('pull' as const), digest: digests, held: fc.array(digests, { maxLength: MAX_HELD }) }),
  fc.record({ kind: fc.constant('compare' as const), root }),
  fc.record({ kind: fc.constant('offer' as const), claims, wants: headIds }),
  fc.record({
    kind: fc.constant('evaluate' as const), task: fc.stringMatching(/^[a-z0-9-]{1,32}$/), evaluator: root, episodes: fc.constant('public' as const),
    deadlineMs: fc.integer({ min: 1, max: MAX_UNIT_MS }), bodies: fc.array(fc.uint8Array({ minLength: 1, maxLength: 400 }), { minLength: 1, maxLength: MAX_UNIT_BODIES }),
  }),
)
const results: fc.Arbitrary<UnitResult> = fc.oneof(
  fc.record({ ok: fc.constant(true as const), fitness: fc.integer({ min: 0, max: 1_000_000 }), fingerprint: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ ok: fc.constant(false as const), reason: fc.constantFrom('malformed', 'wrong-interface', 'too-expensive', 'evaluator-failed') }),
)
const answers: fc.Arbitrary<Answer> = fc.oneof(
  fc.record({ kind: fc.constant('pull' as const), body: fc.uint8Array({ minLength: 1, maxLength: 2_000 }) }),
  fc.record({
    kind: fc.constant('parcel' as const), content: fc.uint8Array({ minLength: 1, maxLength: 2_000 }),
    base: fc.nat(MAX_HELD), inflated: fc.nat(MAX_BODY_BYTES),
  }),
  fc.constant({ kind: 'parcel' as const, content: new Uint8Array(0), base: 0, inflated: 0 }),
  fc.record({ kind: fc.constant('compare' as const), root, tasks }),
  fc.record({ kind: fc.constant('offer' as const), claims }),
  fc.record({ kind: fc.constant('evaluate' as const), results: fc.array(results, { minLength: 1, maxLength: MAX_UNIT_BODIES }) }),
)

/** Protobuf-shaped garbage reaches deeper into decoders than plain noise. */
const shaped = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 40 })), { maxLength: 20 })
  .map((parts) => Uint8Array.from(parts.flatMap(([tag, bytes]) => [tag, bytes.length, ...bytes])))
const hostile = fc.oneof(fc.uint8Array({ maxLength: 600 }), shaped, fc.tuple(shaped, fc.uint8Array({ maxLength: 20 })).map(([a, b]) => Uint8Array.of(...a, ...b)))

describe('a wire message', () => {
  test('decodes to what was asked and answered', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const bytes = encodeRequest(request)
        expect(bytes.length).toBeLessThanOrEqual(MAX_REQUEST_BYTES)
        expect(decodeRequest(bytes)).toEqual({ ok: true, value: request })
      }),
    )
    fc.assert(
      fc.property(answers, (answer) => {
        expect(decodeAnswer(encodeAnswer(answer))).toEqual({ ok: true, value: answer })
      }),
    )
  })

  test('the largest ones fit their limits', () => {
    const full = Array.from({ length: MAX_CLAIMS_PER_MESSAGE }, () => new Uint8Array(512).fill(1))
    expect(encodeRequest({ kind: 'offer', claims: full, wants: full.map(() => '0'.repeat(16)) }).length).toBeLessThanOrEqual(MAX_REQUEST_BYTES)
    const all = Array.from({ length: 256 }, (_, niche) => ({ niche, fitness: 1_000_000, id: 'f'.repeat(16) }))
    const every = Array.from({ length: 16 }, () => ({ task: 't'.repeat(32), evaluator: 'e'.repeat(64), heads: all }))
    expect(encodeAnswer({ kind: 'compare', root: 'a'.repeat(64), tasks: every }).length).toBeLessThanOrEqual(MAX_ANSWER_BYTES)
    const body = new Uint8Array(MAX_BODY_BYTES).fill(7)
    expect(decodeAnswer(encodeAnswer({ kind: 'pull', body })).ok).toBe(true)
    expect(encodeAnswer({ kind: 'pull', body }).length).toBeLessThanOrEqual(MAX_ANSWER_BYTES)
  })

  test('of a newer version or kind is unknown, of none malformed, too large too large', () => {
    const pull = encodeRequest({ kind: 'pull', digest: new Uint8Array(32) })
    expect(decodeRequest(pull.map((byte, i) => (i === 1 ? 3 : byte)))).toEqual({ ok: false, reason: 'unknown-version' })
    expect(decodeRequest(pull.map((byte, i) => (i === 3 ? 9 : byte)))).toEqual({ ok: false, reason: 'unknown-version' })
    expect(decodeRequest(pull.subarray(2))).toEqual({ ok: false, reason: 'malformed' })
    expect(decodeRequest(new Uint8Array(0))).toEqual({ ok: false, reason: 'malformed' })
    expect(decodeRequest(new Uint8Array(MAX_REQUEST_BYTES + 1))).toEqual({ ok: false, reason: 'too-large' })
    expect(decodeAnswer(new Uint8Array(MAX_ANSWER_BYTES + 1))).toEqual({ ok: false, reason: 'too-large' })
  })

  test('has one encoding: overlong numbers, swapped fields and repetitions are malformed', () => {
    const digest = new Uint8Array(32).fill(9)
    const wrong = [
      Uint8Array.of(0x08, 0x81, 0x00, 0x10, 0x01, 0x1a, 32, ...digest), // version 1 in two bytes
      Uint8Array.of(0x10, 0x01, 0x08, 0x01, 0x1a, 32, ...digest), // kind before version
      Uint8Array.of(0x08, 0x01, 0x10, 0x01, 0x10, 0x01, 0x1a, 32, ...digest), // kind twice
      Uint8Array.of(0x08, 0x01, 0x10, 0x01, 0x1a, 32, ...digest, 0x20, 0x00), // an explicit default
      Uint8Array.of(0x08, 0x01, 0x10, 0x01, 0x1a, 0xff, 0xff, 0xff, 0xff, 0x0f, ...digest), // a length of 4 GiB
      Uint8Array.of(0x08, 0x01, 0x10, 0x01, 0x1b, 0x1c), // a group
    ]
    for (const bytes of wrong) expect(decodeRequest(bytes), bytes.join(' ')).toEqual({ ok: false, reason: 'malformed' })
  })
})

test('no byte string makes any decoder throw, and whatever one accepts encodes to the same bytes', () => {
  fc.assert(
    fc.property(hostile, (bytes) => {
      decodeClaim(bytes)
      decodeRealm(bytes)
      entryFromRows(bytes, bytes)
      const request = decodeRequest(bytes)
      if (request.ok) expect(encodeRequest(request.value)).toEqual(bytes)
      const answer = decodeAnswer(bytes)
      if (answer.ok) expect(encodeAnswer(answer.value)).toEqual(bytes)
    }),
    { numRuns: 10_000 },
  )
})

test('mutated valid messages never make a decoder throw', () => {
  fc.assert(
    fc.property(fc.oneof(requests.map(encodeRequest), answers.map(encodeAnswer)), fc.nat(), fc.integer({ min: 0, max: 255 }), fc.nat(), (bytes, at, value, cut) => {
      const mutant = bytes.slice(0, bytes.length - (cut % 4))
      if (mutant.length > 0) mutant[at % mutant.length] = value
      decodeRequest(mutant)
      decodeAnswer(mutant)
    }),
    { numRuns: 3_000 },
  )
})
