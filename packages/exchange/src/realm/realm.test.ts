import { describe, expect, test } from 'vitest'
import { verifyNow } from '../../fixtures/ed25519.ts'
import { alice, bob, testRealm } from '../../fixtures/world.ts'
import { hexText } from '../bytes/text.ts'
import { MAX_REALM_BYTES } from '../limits.ts'
import { decodeRealm, encodeRealm, realmMessage } from './realm-codec.ts'
import { DEFAULT_FEDERATED, DEFAULT_SWARM, defaultModel, modelKinds } from './model-policy.ts'
import { mayCarryOver, mayExport, mayImport } from './containment.ts'
import { createRealm, isModerator, realmId, termsDigest, type Realm } from './realm.ts'
import { forkRealm, realmFromTemplate, templates } from './templates.ts'

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

  test('with everything at its largest fits its limit and decodes to itself', () => {
    const keys = (count: number, from: number): string[] => Array.from({ length: count }, (_, i) => (from + i).toString(16).padStart(64, '0'))
    const tasks = Array.from({ length: 16 }, (_, i) => `${String.fromCharCode(97 + i)}`.padEnd(32, 'x'))
    const huge: Realm = {
      ...realm, tasks, publish: 'invited', publishers: keys(192, 0), moderators: keys(32, 0), terms: 't'.repeat(4_096), pledge: 'p'.repeat(512),
      containment: 4, capacity: 4_096, stages: tasks.map((task) => ({ task, goal: 1_000_000 })), beaconSigners: keys(16, 0),
      subscription: { tasks, minimumFitness: 1_000_000 }, origin: 'f'.repeat(64), license: 'L'.repeat(32),
    }
    const bytes = sign(huge)
    expect(bytes.length).toBeLessThanOrEqual(MAX_REALM_BYTES)
    expect(decodeRealm(bytes)).toMatchObject({ ok: true, value: { realm: huge } })
  })

  test('of a version that nobody knows yet is unknown, not malformed', () => {
    const bytes = sign(realm)
    const at = bytes.findIndex((byte, i) => byte === 8 && bytes[i + 1] === 2 && bytes[i + 2] === 18)
    expect(decodeRealm(bytes.map((byte, i) => (i === at + 1 ? 4 : byte)))).toEqual({ ok: false, reason: 'unknown-version' })
  })

  test('keeps the bytes of version 2 unless it names a model, and decodes to the model that was signed', () => {
    const versionOf = (bytes: Uint8Array): number | undefined => bytes[bytes.findIndex((byte, i) => byte === 8 && bytes[i + 1]! > 1 && bytes[i + 2] === 18) + 1]
    expect(versionOf(sign(realm))).toBe(2)
    for (const kind of modelKinds.slice(1)) {
      const model = defaultModel(kind)!
      const bytes = sign({ ...realm, model })
      expect(versionOf(bytes)).toBe(3)
      expect(decodeRealm(bytes)).toMatchObject({ ok: true, value: { realm: { ...realm, model } } })
    }
    for (const fault of [{ quorum: 0 }, { survival: 1_001 }, { deadlineMs: 1 }, { leaseMs: 1 }, { agents: 65 }, { maxShardMembers: 1 }, { roundMs: 0.5 }]) {
      expect(() => realmMessage({ ...realm, model: { ...DEFAULT_FEDERATED, ...fault } }), JSON.stringify(fault)).toThrow(RangeError)
    }
    for (const fault of [{ migration: 0 }, { advertMs: 10 }, { threshold: 1_000_001 }]) {
      expect(() => realmMessage({ ...realm, model: { ...DEFAULT_SWARM, ...fault } }), JSON.stringify(fault)).toThrow(RangeError)
    }
  })

  test('beyond its bounds is never signed', () => {
    for (const change of [{ name: 'No' }, { tasks: [] }, { tasks: ['b', 'a'] }, { threshold: 1_000_001 }, { license: '' }, { limits: { ...realm.limits, maxBodyBytes: 300_000 } },
      { publishers: ['00'] }, { moderators: ['b'.repeat(64), 'a'.repeat(64)] }, { terms: 'caf\u00e9' }, { terms: 'x'.repeat(4_097) }, { capacity: 4_097 },
      { stages: [{ task: 'other', goal: 1 }] }, { stages: [{ task: 'xor', goal: 1_000_001 }] }, { subscription: { tasks: ['other'], minimumFitness: 0 } }, { origin: 'x' },
    ]) {
      expect(() => realmMessage({ ...testRealm(), ...change }), JSON.stringify(change)).toThrow(RangeError)
    }
  })
})

describe('templates and forks', () => {
  const owner = hexText(alice.owner)
  const other = hexText(bob.owner)

  test('make policies that can be signed, moderated by owner and named moderators', () => {
    for (const template of templates) {
      const realm = realmFromTemplate(template, { name: template, owner, tasks: ['xor'], moderators: [other, owner] })
      expect(decodeRealm(sign(realm))).toMatchObject({ ok: true, value: { realm } })
      expect([owner, other].every((key) => isModerator(realm, key))).toBe(true)
    }
  })

  test('a fork names its origin and keeps its policy, but not its keys', () => {
    const origin = realmFromTemplate('research', { name: 'lab', owner, tasks: ['xor'] })
    const fork = forkRealm(origin, realmId(origin), { name: 'other-lab', owner: other })
    expect(fork).toMatchObject({ origin: realmId(origin), terms: origin.terms, containment: 2, revision: 1, moderators: [other] })
    expect(decodeRealm(sign(fork, bob))).toMatchObject({ ok: true, value: { realm: fork } })
  })

  test('containment says what may leave and what may come in', () => {
    const levels = ([1, 2, 3, 4] as const).map((containment) => ({ containment }))
    expect(levels.map((realm) => mayExport(realm, 'genotype'))).toEqual([true, false, false, false])
    expect(levels.map((realm) => mayExport(realm, 'claim'))).toEqual([true, true, false, false])
    expect(levels.map(mayImport)).toEqual([true, true, true, false])
    expect(levels.map((realm) => mayCarryOver(realm, { containment: 1 }))).toEqual([true, true, false, false])
    expect(levels.map((realm) => mayCarryOver({ containment: 1 }, realm))).toEqual([true, true, true, false])
  })

  test('terms have another digest when a word of them or of the pledge changes', () => {
    const digests = [['a', 'b'], ['ab', ''], ['', 'ab'], ['a', 'c']].map(([terms, pledge]) => termsDigest({ terms: terms!, pledge: pledge! }))
    expect(new Set(digests).size).toBe(4)
  })
})
