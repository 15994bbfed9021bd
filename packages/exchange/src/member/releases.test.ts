// Members of three releases in one mesh. Of versions there are two, 1 and 2; the third is played by `fixtures/releases.ts`.

import { describe, expect, test } from 'vitest'
import { createCommonwealth, type Citizen, type Commonwealth } from '../../fixtures/commonwealth.ts'
import { claimVersionIn, createTongue, firstRelease, nextRelease } from '../../fixtures/releases.ts'
import { carol, createWorld, signClaim, START, statementFor, testRealm } from '../../fixtures/world.ts'
import { sampleGenotype } from '../../fixtures/xor.ts'
import { decodeEnvelope, encodeEnvelope, envelopeMessage } from '../claim/envelope.ts'
import { CLAIM_PURPOSE } from '../claim/claim-codec.ts'
import { dominates, merge, type Niches } from '../archive/niches.ts'
import { realmId } from '../realm/realm.ts'
import { decodeRequest } from '../wire/messages.ts'
import { cidFromDigest } from '../claim/cid-digest.ts'
import { cidOf } from '@megabrain/evolve'
import { countersOf, entriesOf } from './member.ts'

const FIRST = 0
const PRESENT = 1
const NEXT = 2

/** Twelve islands: every third one of each release. */
function mixedMesh(present: { readonly claimVersion?: 1 | 2 }): Commonwealth {
  const tongue = createTongue()
  const mesh = createCommonwealth({
    citizens: 12, seed: 5, degree: 4,
    member: (i) => (i % 3 === FIRST ? { claimVersion: 1 } : i % 3 === PRESENT ? present : {}),
    release: (i, name) => (i % 3 === FIRST ? firstRelease() : i % 3 === NEXT ? nextRelease(tongue, name) : undefined),
  })
  // What an older release can read, a newer one may hold no longer: each agrees as far as it is linked with its own.
  for (let i = 0; i < 12; i++) mesh.network.connect(mesh.citizens[i]!.name, mesh.citizens[(i + 3) % 12]!.name)
  return mesh
}

const of = ({ citizens }: Commonwealth, release: number): readonly Citizen[] => citizens.filter((_, i) => i % 3 === release)
const roots = (citizens: readonly Citizen[]): number => new Set(citizens.map(({ state }) => entriesOf(state).map(({ claim }) => claim.id).join())).size
const join = (citizens: readonly Citizen[]) => citizens.map(({ state }): Niches => state.niches).reduce(merge)
const pulled = ({ effects }: Citizen): ReadonlySet<string> => new Set(effects.flatMap((effect) => {
  const request = effect.kind === 'request' ? decodeRequest(effect.bytes) : undefined
  return request?.ok === true && request.value.kind === 'pull' ? [cidFromDigest(request.value.digest)] : []
}))

function evolve(mesh: Commonwealth): ReadonlyMap<string, number> {
  const finders = new Map<string, number>()
  mesh.beat(3)
  for (let i = 1; i <= 120; i++) {
    const sample = sampleGenotype(i, i % 9)
    finders.set(sample.cid, i % 12)
    mesh.citizens[i % 12]!.find(sample)
    mesh.beat(3)
  }
  mesh.beat(90)
  return finders
}

describe('members of three releases in one mesh', () => {
  test('understand all that is not newer than they are, pass on what is, evaluate none of it, and blame nobody', () => {
    const mesh = mixedMesh({})
    const finders = evolve(mesh)
    const [first, present, next] = [of(mesh, FIRST), of(mesh, PRESENT), of(mesh, NEXT)]
    for (const release of [first, present, next]) expect(roots(release)).toBe(1)

    const releaseOf = (cid: string): number => finders.get(cid)! % 3
    for (const { state } of first) for (const { claim } of entriesOf(state)) expect(releaseOf(claim.genotype)).toBe(FIRST)
    for (const { state } of present) for (const { claim } of entriesOf(state)) expect(releaseOf(claim.genotype)).not.toBe(NEXT)
    expect(dominates(present[0]!.state.niches, join(first))).toBe(true)
    expect(dominates(next[0]!.state.niches, join([...first, ...present]))).toBe(true)
    expect(entriesOf(next[0]!.state).some(({ claim }) => releaseOf(claim.genotype) === NEXT)).toBe(true)

    for (const citizen of [...first, ...present]) for (const cid of pulled(citizen)) expect(releaseOf(cid)).not.toBe(NEXT)
    expect(present.some(({ state }) => (countersOf(state).refused['unknown-version'] ?? 0) > 0)).toBe(true)
    expect(mesh.network.counters().rejected).toBe(0)
    for (const { state } of mesh.citizens) {
      for (const { faults } of state.neighbours.values()) expect(faults).toBe(0)
      for (const { reputation } of state.authors.values()) expect(reputation.strikes).toBe(0)
    }
  })

  test('understand one another while the present release still writes the first version', () => {
    const mesh = mixedMesh({ claimVersion: 1 })
    const finders = evolve(mesh)
    const [first, present] = [of(mesh, FIRST), of(mesh, PRESENT)]
    expect(roots([...first, ...present])).toBe(1)
    expect(entriesOf(first[0]!.state).some(({ claim }) => finders.get(claim.genotype)! % 3 === PRESENT)).toBe(true)
    for (const { envelope } of entriesOf(first[0]!.state)) expect(claimVersionIn(envelope)).toBe(1)
  })
})

describe('a claim of a version to come', () => {
  const statement = statementFor(sampleGenotype(1), carol, START)
  const sealed = (claim: Uint8Array, version = 3): Uint8Array => {
    const envelope = decodeEnvelope(CLAIM_PURPOSE, claim)
    if (!envelope.ok) throw new Error(envelope.reason)
    const payload = Uint8Array.of(...envelope.value.payload.with(1, version), 0x92, 0x01, 1, 7)
    return encodeEnvelope(CLAIM_PURPOSE, { key: carol.device, payload, signature: carol.signNow(envelopeMessage(CLAIM_PURPOSE, payload)) })
  }

  test('is forwarded once, within the windows and the rate of its author', () => {
    const world = createWorld()
    const bytes = sealed(signClaim(statement, carol))
    expect(world.deliver(bytes)).toBe('forward')
    expect(world.deliver(bytes)).toBe('ignore')
    expect(world.deliver(sealed(signClaim({ ...statement, sequence: 900, time: START - 3_600_000 }, carol)))).toBe('ignore')
    const verdicts = Array.from({ length: 30 }, (_, i) => world.deliver(sealed(signClaim({ ...statement, sequence: 1_000 + i }, carol))))
    expect(verdicts.filter((verdict) => verdict === 'forward').length).toBeLessThanOrEqual(10)
    expect(world.effects.some(({ kind }) => kind === 'request' || kind === 'measure' || kind === 'keep')).toBe(false)
  })

  test('of an author who may not publish in the realm is not passed on', () => {
    const realm = testRealm({ publish: 'listed' })
    const world = createWorld({ realm })
    expect(world.deliver(sealed(signClaim({ ...statement, realm: realmId(realm), sequence: 3_000 }, carol)))).toBe('ignore')
    expect(world.refusals()).toEqual(['not-invited'])
  })

  test('of another realm, or whose signature fails, is its bearer\'s fault', () => {
    const world = createWorld()
    expect(world.deliver(sealed(signClaim({ ...statement, realm: 'b'.repeat(64) }, carol)))).toBe('reject')
    const bytes = sealed(signClaim({ ...statement, sequence: 2_000 }, carol))
    expect(world.deliver(bytes.with(bytes.length - 1, bytes.at(-1)! ^ 1))).toBe('reject')
    expect(world.refusals()).toEqual(['wrong-realm', 'bad-signature'])
  })
})

test('a body of a newer format is kept for others, never measured, and its author not blamed', () => {
  const world = createWorld()
  const newer = sampleGenotype(1).body.with(4, 2)
  const cid = cidOf(newer)
  world.bodies.set(cid, newer)
  world.deliver(signClaim(statementFor({ ...sampleGenotype(1), cid }, carol, START), carol))
  expect(world.refusals()).toEqual(['unknown-version'])
  expect(world.effects.some(({ kind }) => kind === 'measure')).toBe(false)
  expect([...world.state.authors.values()].every(({ reputation }) => reputation.strikes === 0)).toBe(true)
  expect(world.state.displaced.get(cid)).toEqual(newer)
})
