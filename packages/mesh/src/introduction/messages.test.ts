import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeIntroduction, decodeJoin, encodeIntroduction, encodeJoin } from './messages.ts'

const REALM = '0123456789abcdef'.repeat(4)
const ALICE = '12D3KooWPzVrXUCPtCVxDKUikpCrUeMoBXA1wVUbzxEMwDfEn9fF'

test('both messages come back as they were', () => {
  for (const want of [0, 1, 16]) expect(decodeJoin(encodeJoin({ realm: REALM, want }))).toEqual({ ok: true, value: { realm: REALM, want } })
  for (const introduction of [{ peers: [ALICE], members: 3, refusal: 0, relays: [Uint8Array.of(1, 2), Uint8Array.of(3)] }, { peers: [], members: 3, refusal: 3, returnMs: 300_000, relays: [] }]) {
    expect(decodeIntroduction(encodeIntroduction(introduction))).toEqual({ ok: true, value: introduction })
  }
})

test('too many peers or relays, a peer that is none, an absence without end, a wrong realm and too great a wish are malformed', () => {
  const malformed = { ok: false, reason: 'malformed' }
  const tooMany = Array.from({ length: 17 }, () => ALICE)
  expect(decodeIntroduction(encodeIntroduction({ peers: tooMany, members: 0, refusal: 0, relays: [] }))).toEqual(malformed)
  expect(decodeIntroduction(encodeIntroduction({ peers: ['/ip4/10.0.0.1/tcp/80'], members: 0, refusal: 0, relays: [] }))).toEqual(malformed)
  expect(decodeIntroduction(encodeIntroduction({ peers: [], members: 0, refusal: 3, returnMs: 300_001, relays: [] }))).toEqual(malformed)
  const relays = [...tooMany.keys()].slice(0, 9).map(() => Uint8Array.of(1))
  expect(decodeIntroduction(encodeIntroduction({ peers: [], members: 0, refusal: 0, relays }))).toEqual(malformed)
  expect(decodeIntroduction(encodeIntroduction({ peers: [], members: 0, refusal: 0, relays: [new Uint8Array(1_025)] }))).toEqual(malformed)
  expect(decodeJoin(encodeJoin({ realm: REALM.slice(2), want: 1 }))).toEqual(malformed)
  expect(decodeJoin(encodeJoin({ realm: REALM, want: 17 }))).toEqual(malformed)
})

test('no byte string throws', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    decodeJoin(bytes)
    decodeIntroduction(bytes)
  }), { numRuns: 2_000 })
})
