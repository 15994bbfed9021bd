import { describe, expect, test } from 'vitest'
import { verifyNow } from '../../fixtures/ed25519.ts'
import { alice, bob, testRealm } from '../../fixtures/world.ts'
import { hexText } from '../bytes/text.ts'
import { decodeRealm, encodeRealm, realmMessage } from './realm-codec.ts'
import { createRealm, realmId, type Realm } from './realm.ts'

const sign = (realm: Realm, keys = alice): Uint8Array => encodeRealm(realm, keys.signAsOwnerNow(realmMessage(realm)))

describe('a realm', () => {
  const realm = createRealm({ name: 'default', owner: hexText(alice.owner), tasks: ['xor', 'double-pole', 'xor'] })

  test('decodes to the policy that was signed, and the check holds', () => {
    const decoded = decodeRealm(sign(realm))
    if (!decoded.ok) throw new Error(decoded.reason)
    const { check, id } = decoded.value
    expect(decoded.value.realm).toEqual(realm)
    expect(id).toBe(realmId(realm))
    expect(verifyNow(check.key, check.message, check.signature)).toBe(true)
    expect(realm.tasks).toEqual(['double-pole', 'xor'])
  })

  test('keeps its id when its policy changes, not when its owner or name does', () => {
    expect(realmId({ ...realm, revision: 2, threshold: 5 } as Realm)).toBe(realmId(realm))
    expect(realmId({ ...realm, name: 'other' })).not.toBe(realmId(realm))
    expect(realmId({ ...realm, owner: hexText(bob.owner) })).not.toBe(realmId(realm))
  })

  test('signed by somebody else does not hold', () => {
    const decoded = decodeRealm(encodeRealm(realm, bob.signAsOwnerNow(realmMessage(realm))))
    if (!decoded.ok) throw new Error(decoded.reason)
    const { key, message, signature } = decoded.value.check
    expect(verifyNow(key, message, signature)).toBe(false)
  })

  test('cut short is refused; with a bit flipped it is refused or does not hold', () => {
    const bytes = sign(realm)
    for (let length = 0; length < bytes.length; length++) expect(decodeRealm(bytes.subarray(0, length)).ok).toBe(false)
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const decoded = decodeRealm(bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)))
      if (!decoded.ok) continue
      const { key, message, signature } = decoded.value.check
      expect(verifyNow(key, message, signature), `bit ${bit}`).toBe(false)
    }
  })

  test('beyond its bounds is never signed', () => {
    for (const change of [{ name: 'No' }, { tasks: [] }, { tasks: ['b', 'a'] }, { threshold: 1_000_001 }, { license: '' }, { limits: { ...realm.limits, maxBodyBytes: 300_000 } }]) {
      expect(() => realmMessage({ ...testRealm(), ...change }), JSON.stringify(change)).toThrow(RangeError)
    }
  })
})
