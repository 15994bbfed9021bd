import { privateKeyFromRaw, publicKeyFromRaw } from '@libp2p/crypto/keys'
import { RecordEnvelope } from '@libp2p/peer-record'
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { alice, signClaim, START, statementFor } from '../../fixtures/world.ts'
import { sampleGenotype } from '../../fixtures/xor.ts'
import { CLAIM_PURPOSE } from './claim-codec.ts'
import { REALM_PURPOSE } from '../realm/realm-codec.ts'
import { decodeEnvelope, encodeEnvelope, envelopeMessage } from './envelope.ts'

const payload = Uint8Array.of(8, 1, 18, 3, 1, 2, 3)

describe('a signed envelope', () => {
  test('of ours is certified by libp2p, and only in its domain', async () => {
    const claim = signClaim(statementFor(sampleGenotype(1), alice, START), alice)
    const certified = await RecordEnvelope.openAndCertify(claim, CLAIM_PURPOSE.domain)
    expect(certified.publicKey.equals(publicKeyFromRaw(alice.device))).toBe(true)
    expect(certified.payloadType).toEqual(CLAIM_PURPOSE.payloadType)
    await expect(RecordEnvelope.openAndCertify(claim, 'libp2p-peer-record')).rejects.toThrow()
  })

  test('of libp2p\'s is read here, byte for byte the same as ours', async () => {
    const seed = createHash('sha256').update('device:alice').digest()
    const privateKey = privateKeyFromRaw(Buffer.concat([seed, alice.device]))
    const record = { domain: CLAIM_PURPOSE.domain, codec: CLAIM_PURPOSE.payloadType, marshal: () => payload, equals: () => false }
    const sealed = (await RecordEnvelope.seal(record, privateKey)).marshal()
    const opened = decodeEnvelope(CLAIM_PURPOSE, sealed)
    if (!opened.ok) throw new Error(opened.reason)
    const { check, ...envelope } = opened.value
    expect(envelope.payload).toEqual(payload)
    expect(await alice.verify(check.key, check.message, check.signature)).toBe(true)
    expect(encodeEnvelope(CLAIM_PURPOSE, envelope)).toEqual(new Uint8Array(sealed))
  })

  test('of another payload type is of an unknown version, of another key type malformed', () => {
    const signature = alice.signNow(envelopeMessage(CLAIM_PURPOSE, payload))
    const bytes = encodeEnvelope(CLAIM_PURPOSE, { key: alice.device, payload, signature })
    expect(decodeEnvelope({ ...CLAIM_PURPOSE, payloadType: Uint8Array.of(3, 1) }, bytes)).toEqual({ ok: false, reason: 'unknown-version' })
    const rsa = bytes.map((byte, i) => (i === 3 ? 0 : byte))
    expect(decodeEnvelope(CLAIM_PURPOSE, rsa)).toEqual({ ok: false, reason: 'malformed' })
  })

  test('of another purpose with a type of the same length serves for nothing else', () => {
    const claim = signClaim(statementFor(sampleGenotype(1), alice, START), alice)
    expect(decodeEnvelope(REALM_PURPOSE, claim)).toEqual({ ok: false, reason: 'unknown-version' })
  })

  test('has one encoding: no other order, no longer lengths, nothing left over', () => {
    const bytes = signClaim(statementFor(sampleGenotype(1), alice, START), alice)
    const key = bytes.subarray(0, 38)
    const type = bytes.subarray(38, 44)
    const rest = bytes.subarray(44)
    const join = (...parts: readonly ArrayLike<number>[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => Array.from(part)))
    expect(join(key, type, rest)).toEqual(bytes)
    expect(decodeEnvelope(CLAIM_PURPOSE, bytes).ok).toBe(true)
    const others = [
      join(type, key, rest), join(key, rest, type), join(key, [18, 0x84, 0], type.subarray(2), rest),
      join([0x8a, 0], key.subarray(1), type, rest), join(bytes, [48, 1]), join(key, key, type, rest),
    ]
    for (const other of others) expect(decodeEnvelope(CLAIM_PURPOSE, other)).toEqual({ ok: false, reason: 'malformed' })
  })
})
