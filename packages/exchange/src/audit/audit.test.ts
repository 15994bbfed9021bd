import { auditKey } from '@megabrain/evolve'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCompany } from '../../fixtures/company.ts'
import { alice, bob, carol, START, testRealm } from '../../fixtures/world.ts'
import { simulateWithholding } from '../../zoo/withheld-reveal.ts'
import { hexText } from '../bytes/text.ts'
import { epochOf } from '../credit/standing.ts'
import { realmId } from '../realm/realm.ts'
import type { Held } from '../registry/statement-kind.ts'
import type { SignedStatement } from '../registry/statement.ts'
import { attestationDeclaration, attestationKind } from './attestation.ts'
import { beaconDeclaration, beaconKind, beaconOf, beaconSecret, commitmentOf, sightOf, SILENCE_EPOCHS, type BeaconStatement } from './beacon.ts'
import { auditedEpochs, rankOf } from './rank.ts'

const key = (keys: { readonly owner: Uint8Array }): string => hexText(keys.owner)

describe('a beacon', () => {
  const realm = testRealm({ beaconSigners: [key(alice), key(bob)].sort() })
  const id = realmId(realm)
  const company = createCompany({ alice, bob, carol }, { alice: { realm }, bob: { realm }, carol: { realm } })
  const held = () => company.person('carol').state.registry.of(beaconKind)
  const secret = (name: 'alice' | 'bob', epoch: number) => beaconSecret(new Uint8Array(32).fill(name === 'alice' ? 1 : 2), id, epoch)
  const commit = (name: 'alice' | 'bob', epoch: number): void =>
    company.person(name).happen({ kind: 'declare', declaration: beaconDeclaration({ epoch, phase: 'commit', value: commitmentOf(secret(name, epoch)), seen: [] }) })
  const reveal = (name: 'alice' | 'bob', epoch: number, value = secret(name, epoch)): void => {
    const seen = held().filter((one) => one.value.epoch === epoch && one.value.phase === 'commit').map((one) => sightOf(one.value.value))
    company.person(name).happen({ kind: 'declare', declaration: beaconDeclaration({ epoch, phase: 'reveal', value, seen }) })
  }
  const beacon = (epoch: number) => beaconOf(held(), realm, id, epoch)

  test('is there once somebody has revealed, and depends on every secret in it', () => {
    commit('alice', 100)
    commit('bob', 100)
    expect(beacon(100)).toBeUndefined()
    reveal('alice', 100)
    const early = beacon(100)
    expect(early).toMatchObject({ signers: [key(alice)], withheld: [key(bob)] })
    reveal('bob', 100)
    expect(beacon(100)).toMatchObject({ signers: [key(alice), key(bob)].sort(), withheld: [] })
    expect(beacon(100)!.value).not.toBe(early!.value)
  })

  test('takes no secret that was not committed to, none that is another, and none of who does not sign for the realm', () => {
    reveal('alice', 101)
    commit('bob', 101)
    reveal('bob', 101, 'a'.repeat(64))
    company.person('carol').happen({ kind: 'declare', declaration: beaconDeclaration({ epoch: 101, phase: 'commit', value: 'b'.repeat(64), seen: [] }) })
    expect(beacon(101)).toBeUndefined()
    expect(held().some(({ statement }) => statement.signer === key(carol))).toBe(false)
  })

  test('cannot be said anew once it was said', () => {
    commit('alice', 102)
    const before = held().find(({ value }) => value.epoch === 102)!.value.value
    company.person('alice').happen({ kind: 'declare', declaration: beaconDeclaration({ epoch: 102, phase: 'commit', value: 'c'.repeat(64), seen: [] }) })
    expect(held().filter(({ value }) => value.epoch === 102 && value.phase === 'commit').map(({ value }) => value.value)).toEqual([before])
    reveal('alice', 102)
  })

  test('is made without a signer who withheld, for eight epochs', () => {
    // Bob withheld (another value) in 101.
    for (const epoch of [101 + SILENCE_EPOCHS, 102 + SILENCE_EPOCHS]) {
      for (const name of ['alice', 'bob'] as const) {
        commit(name, epoch)
        reveal(name, epoch)
      }
    }
    expect(beacon(101 + SILENCE_EPOCHS)!.signers).not.toContain(key(bob))
    expect(beacon(102 + SILENCE_EPOCHS)!.signers).toContain(key(bob))
  })
})

test('a signer who commits once the others have revealed is left out by them', () => {
  const names = ['a', 'b', 'c'].map((name) => name.repeat(64))
  const realm = { beaconSigners: names }
  const secrets = names.map((_, i) => String(i).repeat(64))
  const said = (i: number, phase: BeaconStatement['phase'], value: string, seen: readonly string[] = []): Held<BeaconStatement> => {
    const { subject, content } = beaconDeclaration({ epoch: 50, phase, value, seen })
    const decoded = beaconKind.decode({ subject, content, signer: names[i]!, author: names[i]!, realm: 'e'.repeat(64) })
    return { statement: { signer: names[i]! } as SignedStatement, value: decoded! }
  }
  const sights = secrets.map((secret) => sightOf(commitmentOf(secret)))
  const commits = [0, 1, 2].map((i) => said(i, 'commit', commitmentOf(secrets[i]!)))
  const honest = [0, 1].map((i) => said(i, 'reveal', secrets[i]!, sights.slice(0, 2)))
  // Carol has seen everything; her word for herself does not count.
  const late = said(2, 'reveal', secrets[2]!, sights)
  const beacon = beaconOf([...commits, ...honest, late], realm, 'e'.repeat(64), 50)
  expect(beacon).toEqual(beaconOf([...commits.slice(0, 2), ...honest], realm, 'e'.repeat(64), 50))
  // Nor can she shut out who was there in time.
  const hostile = said(2, 'reveal', secrets[2]!, [])
  const all = [0, 1].map((i) => said(i, 'reveal', secrets[i]!, sights))
  expect(beaconOf([...commits, ...all, hostile], realm, 'e'.repeat(64), 50)!.signers).toEqual(names)
})

describe('a rank', () => {
  test('is the mean of the last eight audits, none by a beacon that the author could know', () => {
    const epoch = epochOf(START)
    expect(auditedEpochs({ time: START }, epoch)).toEqual([])
    expect(auditedEpochs({ time: START }, epoch + 1)).toEqual([])
    expect(auditedEpochs({ time: START }, epoch + 3)).toEqual([epoch + 2, epoch + 3])
    expect(auditedEpochs({ time: START }, epoch + 50)).toEqual(Array.from({ length: 8 }, (_, i) => epoch + 43 + i))
    expect(rankOf(800_000, [800_000, 400_000])).toEqual({ fitness: 600_000, audits: 2, brittleness: 0.25 })
    expect(rankOf(800_000, [])).toEqual({ fitness: 800_000, audits: 0, brittleness: 0 })
    expect(rankOf(0, [10]).brittleness).toBe(0)
  })

  test('gains little from a signer who withholds: a single one less than a sixth of what one audit varies', () => {
    const gains = [0, 1, 2].map((colluding) => simulateWithholding({ signers: 3, colluding, epochs: 800, seed: 1 }))
    expect(Math.abs(gains[0]!.gain)).toBeLessThan(0.12)
    expect(gains[1]!.gain).toBeLessThan(0.17)
    expect(gains[2]!.gain).toBeLessThan(0.34)
    expect(gains[1]!.withheld).toBeLessThan(0.13)
  })
})

test('an attestation reads as it was written, and nothing else does', () => {
  fc.assert(fc.property(fc.nat(4_294_967_295), fc.nat(1_000_000), (epoch, fitness) => {
    const { subject, content } = attestationDeclaration({ claim: 'c'.repeat(64), epoch, fitness })
    const about = { signer: key(bob), author: key(bob), realm: 'e'.repeat(64) }
    expect(attestationKind.decode({ subject, content, ...about })).toEqual({ claim: 'c'.repeat(64), epoch, fitness })
    expect(attestationKind.decode({ subject: subject.subarray(1), content, ...about })).toBeUndefined()
  }))
})

test('golden vectors of the beacon and of attestations', async () => {
  const names = ['a', 'b'].map((name) => name.repeat(64))
  const realm = 'e'.repeat(64)
  const secrets = names.map((_, i) => beaconSecret(new Uint8Array(32).fill(i + 1), realm, 500_001))
  const commitments = secrets.map(commitmentOf)
  const seen = commitments.map(sightOf)
  const said = names.flatMap((signer, i) => [
    { signer, ...beaconDeclaration({ epoch: 500_001, phase: 'commit', value: commitments[i]!, seen: [] }) },
    { signer, ...beaconDeclaration({ epoch: 500_001, phase: 'reveal', value: secrets[i]!, seen }) },
  ])
  const held = said.map(({ signer, subject, content }): Held<BeaconStatement> => (
    { statement: { signer } as SignedStatement, value: beaconKind.decode({ subject, content, signer, author: signer, realm })! }))
  const vectors = {
    realm,
    statements: said,
    beacon: beaconOf(held, { beaconSigners: names }, realm, 500_001),
    attestation: attestationDeclaration({ claim: 'c'.repeat(64), epoch: 500_001, fitness: 123_456 }),
    auditKey: auditKey({ id: 'pendulum-v1', version: 1 }, 'bafkreihqq2jl3p3yqopg2mm2xxyeetyjxqiopcxj4kglpwmgf47zexukqe', 'd'.repeat(64)),
  }
  const json = JSON.stringify(vectors, (_, part: unknown) => (part instanceof Uint8Array ? { hex: hexText(part) } : part), 2)
  await expect(`${json}\n`).toMatchFileSnapshot(`${import.meta.dirname}/../../vectors/beacon.json`)
})
