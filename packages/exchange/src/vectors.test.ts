// Golden vectors: the bytes of every format as JSON, for other implementations and for the next version of this one. A
// changed vector is a changed format: it needs a new version, not a new file.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { verifyNow } from '../fixtures/ed25519.ts'
import { alice, bob, carol, signClaim, testRealm } from '../fixtures/world.ts'
import { EVALUATOR, sampleGenotype } from '../fixtures/xor.ts'
import { entryFromRows, rowsOf } from './archive/archive-rows.ts'
import { headOf, rootOf } from './archive/heads.ts'
import { nichesOf } from './archive/niches.ts'
import type { Entry } from './archive/entry.ts'
import { hexBytes, hexText } from './bytes/text.ts'
import type { Claim } from './claim/claim.ts'
import { digestOfCid } from './claim/cid-digest.ts'
import { CLAIM_PURPOSE, claimMessage, decodeClaim, type Statement } from './claim/claim-codec.ts'
import { deviceStatement } from './claim/device.ts'
import { decodeEnvelope } from './claim/envelope.ts'
import { defaultModel, modelKinds } from './realm/model-policy.ts'
import { decodeRealm, encodeRealm, realmMessage } from './realm/realm-codec.ts'
import { realmId, secondVersionDefaults } from './realm/realm.ts'
import { decodeAnswer, decodeRequest, encodeAnswer, encodeRequest, type Answer, type Request } from './wire/messages.ts'
import { ABSENT, packBody } from './wire/parcel.ts'

const file = (name: string): string => `${import.meta.dirname}/../vectors/${name}.json`
const read = (name: string): unknown => JSON.parse(readFileSync(file(name), 'utf8'))
/** Byte strings as `{ "hex": … }`, so that a reader knows what is what. */
const toJson = (value: unknown): string =>
  `${JSON.stringify(value, (_, part: unknown) => (part instanceof Uint8Array ? { hex: hexText(part) } : part), 2)}\n`
const golden = (name: string, value: unknown): Promise<void> => expect(toJson(value)).toMatchFileSnapshot(file(name))

const sample = sampleGenotype(1)
const statement: Statement = {
  genotype: sample.cid,
  realm: realmId(testRealm()),
  task: 'xor',
  evaluator: EVALUATOR,
  fitness: sample.fitness,
  seedRule: 'public',
  parents: [sampleGenotype(2).cid, sampleGenotype(3).cid],
  operators: ['crossover-choose', 'add-neuron', 'operator-200'],
  generation: 41,
  license: 'Apache-2.0',
  author: hexText(alice.owner),
  device: hexText(alice.device),
  time: 1_800_000_000_000,
  sequence: 1_800_000_001,
}
const otherLicense: Statement = { ...statement, parents: [], operators: [], license: 'CC-BY-4.0', fitness: 0, generation: 0, sequence: 0 }

/** Version 2: a claim with its niche, and one that supersedes the first. */
const withNiche: Statement = { ...statement, niche: 17 }
const superseding: Statement = {
  ...statement, parents: [], operators: [], evaluator: 'f'.repeat(64), fitness: 123_456, sequence: 1_800_000_002, niche: 17, supersedes: decodedClaim(statement).id,
}

function decodedClaim(item: Statement): Claim {
  const decoded = decodeClaim(signClaim(item, alice))
  if (!decoded.ok) throw new Error(decoded.reason)
  return decoded.value.claim
}

function claimVector(item: Statement): Record<string, unknown> {
  const envelope = signClaim(item, alice)
  const opened = decodeEnvelope(CLAIM_PURPOSE, envelope)
  if (!opened.ok) throw new Error('The vector must decode')
  return {
    claim: decodedClaim(item),
    deviceStatement: deviceStatement(alice.device),
    delegation: alice.delegation,
    payload: opened.value.payload,
    signedMessage: claimMessage(item, alice.delegation),
    signature: opened.value.signature,
    envelope,
  }
}

describe('golden vectors', () => {
  test.each([['claim', [statement, otherLicense]], ['claim-2', [withNiche, superseding]]] as const)('of the %s and its envelope', async (name, statements) => {
    await golden(name, statements.map(claimVector))
    for (const { claim, envelope } of read(name) as { claim: unknown; envelope: { hex: string } }[]) {
      const decoded = decodeClaim(hexBytes(envelope.hex))
      if (!decoded.ok) throw new Error(decoded.reason)
      expect(decoded.value.claim).toEqual(claim)
      expect(decoded.value.checks.every(({ key, message, signature }) => verifyNow(key, message, signature))).toBe(true)
    }
  })

  test('of the realm that names a model', async () => {
    const realms = modelKinds.flatMap((kind) => defaultModel(kind) ?? []).map((model) => testRealm({ model }))
    await golden('realm-3', realms.map((realm) => {
      const message = realmMessage(realm)
      return { realm, id: realmId(realm), signedMessage: message, document: encodeRealm(realm, alice.signAsOwnerNow(message)) }
    }))
    for (const { realm, document } of read('realm-3') as { realm: unknown; document: { hex: string } }[]) {
      expect(decodeRealm(hexBytes(document.hex))).toMatchObject({ ok: true, value: { realm } })
    }
  })

  test('of the realm', async () => {
    const owner = hexText(alice.owner)
    const realms = [
      testRealm(),
      testRealm({
        tasks: ['cart-pole-v1', 'xor'], threshold: 1_000, revision: 3, publish: 'invited', publishers: [hexText(carol.owner)],
        moderators: [owner, hexText(bob.owner)].sort(), terms: 'Be kind.', pledge: 'I shall be.', containment: 3, capacity: 200,
        stages: [{ task: 'xor', goal: 900_000 }, { task: 'cart-pole-v1', goal: 1_000_000 }], beaconSigners: [owner],
        subscription: { tasks: ['xor'], minimumFitness: 500 }, origin: 'ab'.repeat(32),
      }),
    ]
    await golden('realm', realms.map((realm) => {
      const message = realmMessage(realm)
      return { realm, id: realmId(realm), signedMessage: message, document: encodeRealm(realm, alice.signAsOwnerNow(message)) }
    }))
    for (const vector of read('realm') as { realm: unknown; id: string; document: { hex: string } }[]) {
      const decoded = decodeRealm(hexBytes(vector.document.hex))
      if (!decoded.ok) throw new Error(decoded.reason)
      expect(decoded.value.realm).toEqual(vector.realm)
      expect(decoded.value.id).toBe(vector.id)
    }
  })

  test('of the first version of the realm, which is read as a policy of the present one', () => {
    for (const vector of read('realm-1') as { realm: { owner: string }; id: string; document: { hex: string } }[]) {
      const decoded = decodeRealm(hexBytes(vector.document.hex))
      if (!decoded.ok) throw new Error(decoded.reason)
      const { realm, id, check } = decoded.value
      expect(realm).toEqual({ ...vector.realm, ...secondVersionDefaults(vector.realm.owner) })
      expect(id).toBe(vector.id)
      expect(verifyNow(check.key, check.message, check.signature)).toBe(true)
    }
  })

  test('of the wire messages', async () => {
    const claims = [signClaim(statement, alice), signClaim(otherLicense, alice)]
    const head = { niche: 17, fitness: 562_499, id: '0123456789abcdef' }
    const requests: Request[] = [
      { kind: 'pull', digest: hexBytes('ab'.repeat(32)) },
      { kind: 'compare', root: 'cd'.repeat(32) },
      { kind: 'offer', claims, wants: ['0123456789abcdef', 'fedcba9876543210'] },
      { kind: 'offer', claims: [], wants: [] },
    ]
    const answers: Answer[] = [
      { kind: 'pull', body: sample.body },
      { kind: 'compare', root: 'cd'.repeat(32), tasks: [] },
      { kind: 'compare', root: 'cd'.repeat(32), tasks: [{ task: 'xor', evaluator: EVALUATOR, heads: [head, { ...head, niche: 255 }] }] },
      { kind: 'offer', claims },
    ]
    await golden('wire', {
      requests: requests.map((message) => ({ message, bytes: encodeRequest(message) })),
      answers: answers.map((message) => ({ message, bytes: encodeAnswer(message) })),
    })
    const stored = read('wire') as Record<'requests' | 'answers', { message: unknown; bytes: { hex: string } }[]>
    for (const { message, bytes } of stored.requests) expect(JSON.parse(toJson(decodeRequest(hexBytes(bytes.hex))))).toEqual({ ok: true, value: message })
    for (const { message, bytes } of stored.answers) expect(JSON.parse(toJson(decodeAnswer(hexBytes(bytes.hex))))).toEqual({ ok: true, value: message })
  })

  test('of the messages of version 2', async () => {
    const [parent, child] = [sampleGenotype(4, 3), sampleGenotype(4, 4)]
    const digests = [parent, sample].map(({ cid }) => digestOfCid(cid)!)
    const large = sampleGenotype(9, 30)
    const ask = (cid: string, held: readonly Uint8Array[]): Request => ({ kind: 'pull', digest: digestOfCid(cid)!, held })
    const pulls = [
      { request: ask(child.cid, digests), body: child.body, held: [parent.body, sample.body] },
      { request: ask(sample.cid, []), body: sample.body, held: [] },
      { request: ask(large.cid, []), body: large.body, held: [] },
      { request: ask(child.cid, digests), body: undefined, held: [] },
    ].map(({ body, held, ...rest }) => ({ ...rest, body: body ?? null, held, answer: body === undefined ? ABSENT : packBody(body, held) }))
    expect(pulls.map(({ answer: { base, inflated, content } }) => [base, inflated > 0, content.length > 0])).toEqual([
      [1, false, true], [0, false, true], [0, true, true], [0, false, false],
    ])
    await golden('wire-2', {
      pulls: pulls.map((pull) => ({ ...pull, requestBytes: encodeRequest(pull.request), answerBytes: encodeAnswer(pull.answer) })),
    })
    const stored = read('wire-2') as { pulls: Record<'request' | 'answer', unknown>[] & Record<'requestBytes' | 'answerBytes', { hex: string }>[] }
    for (const { request: asked, answer, requestBytes, answerBytes } of stored.pulls) {
      expect(JSON.parse(toJson(decodeRequest(hexBytes(requestBytes.hex))))).toEqual({ ok: true, value: asked })
      expect(JSON.parse(toJson(decodeAnswer(hexBytes(answerBytes.hex))))).toEqual({ ok: true, value: answer })
    }
  })

  test('of archive rows after a release', async () => {
    const row = { body: sample.body, fingerprint: sample.fingerprint, links: sample.links }
    const first = signClaim(statement, alice)
    const measuredAnew: Entry = {
      ...row, envelope: first, claim: { ...decodedClaim(statement), evaluator: 'f'.repeat(64), fitness: 123_456 },
      former: { evaluator: EVALUATOR, fitness: sample.fitness },
    }
    const renewed: Entry = { ...row, envelope: signClaim(superseding, alice), claim: decodedClaim(superseding), origin: first }
    await golden('archive-2', [measuredAnew, renewed].map((entry) => ({ entry, rows: rowsOf(entry), head: headOf(entry), root: rootOf(nichesOf([entry])) })))
    for (const { entry, rows } of read('archive-2') as { entry: unknown; rows: { value: { hex: string } }[] }[]) {
      const [claim, body] = rows.map(({ value }) => hexBytes(value.hex))
      expect(JSON.parse(toJson(entryFromRows(claim!, body)))).toEqual({ ok: true, value: entry })
    }
  })

  test('of archive rows, heads and root', async () => {
    const envelope = signClaim(statement, alice)
    const decoded = decodeClaim(envelope)
    if (!decoded.ok) throw new Error(decoded.reason)
    const entry: Entry = { claim: decoded.value.claim, envelope, body: sample.body, fingerprint: sample.fingerprint, links: sample.links }
    await golden('archive', { entry, rows: rowsOf(entry), head: headOf(entry), root: rootOf(nichesOf([entry])) })
    const stored = read('archive') as { entry: unknown; rows: { value: { hex: string } }[] }
    const [claim, body] = stored.rows.map(({ value }) => hexBytes(value.hex))
    expect(JSON.parse(toJson(entryFromRows(claim!, body)))).toEqual({ ok: true, value: stored.entry })
  })
})
