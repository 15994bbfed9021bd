// Golden vectors of the statements by which a realm is governed, of invites, and of the messages that carry them.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createTestKeys, verifyNow, type TestKeys } from '../../fixtures/ed25519.ts'
import { alice, carol, START, testRealm } from '../../fixtures/world.ts'
import { sampleGenotype } from '../../fixtures/xor.ts'
import { hexBytes, hexText } from '../bytes/text.ts'
import { realmId, termsDigest } from '../realm/realm.ts'
import { decodeAnswer, decodeRequest, encodeAnswer, encodeRequest, type Answer, type Request } from '../wire/messages.ts'
import { acceptanceDeclaration } from './acceptance.ts'
import { banDeclaration } from './ban.ts'
import { bearerMessage, encodeInvite, inviteMessage, type Invite, type SignedInvite } from './invite.ts'
import { formatInvite, parseInvite } from './invite-text.ts'
import { statementKinds } from './kinds.ts'
import { policyDeclaration } from './policy-pointer.ts'
import { createRegistry } from './registry.ts'
import { statementKey, type Declaration, type StatementBody } from './statement.ts'
import { decodeStatement, encodeStatement, statementMessage } from './statement-codec.ts'

const file = (name: string): string => `${import.meta.dirname}/../../vectors/${name}.json`
const read = (name: string): unknown => JSON.parse(readFileSync(file(name), 'utf8'))
const toJson = (value: unknown): string =>
  `${JSON.stringify(value, (_, part: unknown) => (part instanceof Uint8Array ? { hex: hexText(part) } : part), 2)}\n`
const golden = (name: string, value: unknown): Promise<void> => expect(toJson(value)).toMatchFileSnapshot(file(name))

const realm = testRealm({ terms: 'Be kind.', pledge: 'I shall be.', publish: 'invited' })
const id = realmId(realm)
const bearer = createTestKeys('bearer')
const cid = sampleGenotype(1).cid
const toAuthor = sign({ realm: id, to: { author: hexText(carol.owner) }, expires: START + 86_400_000, issuer: hexText(alice.owner) })
const toBearer = sign({ realm: id, to: { bearer: hexText(bearer.owner), uses: 5 }, expires: 0, issuer: hexText(alice.owner) })

function sign(invite: Invite): SignedInvite {
  return { ...invite, signature: alice.signAsOwnerNow(inviteMessage(invite)) }
}

function vectorOf(keys: TestKeys, declaration: Declaration, time = START) {
  const body: StatementBody = { ...declaration, realm: id, revision: declaration.revision ?? 1, author: hexText(keys.owner), time }
  const message = statementMessage(body)
  const envelope = encodeStatement(body, body.author, keys.signAsOwnerNow(message))
  const decoded = decodeStatement(envelope)
  if (!decoded.ok) throw new Error(decoded.reason)
  const { id: statementId, kind: name, signer, realm: of, subject, content, revision, author } = decoded.value.statement
  const statement = { id: statementId, kind: name, realm: of, subject, content, revision, time, author, signer }
  const kind = statementKinds.find((candidate) => candidate.kind === name)!
  return { statement, place: statementKey(statement), says: kind.decode(statement), signedMessage: message, envelope }
}

test('of statements', async () => {
  const bearerSignature = bearer.signAsOwnerNow(bearerMessage(id, hexText(carol.owner)))
  const vectors = [
    vectorOf(alice, banDeclaration({ target: { of: 'genotype', cid }, lifted: false, reason: 'copied' })),
    vectorOf(alice, banDeclaration({ target: { of: 'lineage', cid }, lifted: false, reason: '' })),
    vectorOf(alice, banDeclaration({ target: { of: 'lineage', cid: sampleGenotype(2).cid }, lifted: false, reason: '', because: cid })),
    vectorOf(alice, { ...banDeclaration({ target: { of: 'author', author: hexText(carol.owner) }, lifted: true, reason: '' }), revision: 2 }),
    vectorOf(carol, acceptanceDeclaration(realm, { pledged: true })),
    vectorOf(carol, acceptanceDeclaration(realm, { pledged: false, invite: toAuthor })),
    vectorOf(carol, acceptanceDeclaration(realm, { pledged: false, invite: toBearer, bearer: bearerSignature })),
    vectorOf(alice, policyDeclaration({ revision: 7, document: 'ab'.repeat(32) }), 0),
  ]
  const registry = createRegistry(statementKinds)
  for (const { envelope, says } of [vectors[0]!, vectors[3]!, vectors[7]!]) {
    const decoded = decodeStatement(envelope)
    if (decoded.ok) registry.raise(decoded.value.statement, says)
  }
  const held = { of: [0, 3, 7], heads: registry.heads(), root: registry.root(), buckets: registry.buckets() }
  await golden('statement', { termsDigest: termsDigest(realm), statements: vectors, registry: held })
  for (const { envelope, statement } of (read('statement') as { statements: { envelope: { hex: string }; statement: { id: string } }[] }).statements) {
    const decoded = decodeStatement(hexBytes(envelope.hex))
    if (!decoded.ok) throw new Error(decoded.reason)
    expect(decoded.value.statement.id).toBe(statement.id)
    expect(decoded.value.checks.every(({ key, message, signature }) => verifyNow(key, message, signature))).toBe(true)
  }
})

test('of invites, as bytes and as text', async () => {
  const seed = new Uint8Array(32).fill(7)
  const vectors = [{ invite: toAuthor, seed: undefined }, { invite: toBearer, seed }].map(({ invite, seed: secret }) => (
    { invite, signedMessage: inviteMessage(invite), bytes: encodeInvite(invite), text: formatInvite({ invite, seed: secret }) }))
  await golden('invite', vectors)
  for (const { text, bytes } of read('invite') as { text: string; bytes: { hex: string } }[]) {
    const parsed = parseInvite(text)
    expect(parsed === undefined ? undefined : hexText(encodeInvite(parsed.invite))).toBe(bytes.hex)
    for (const broken of [text.slice(0, -1), `${text}0`, text.replace('1.', '2.'), text.replace(/[0-9a-f]{64}$/, '')]) expect(parseInvite(broken), broken).toBeUndefined()
  }
})

test('of the messages that carry statements', async () => {
  const { envelope } = vectorOf(alice, banDeclaration({ target: { of: 'genotype', cid }, lifted: false, reason: '' }))
  const heads = ['0123456789abcdef', 'fedcba9876543210']
  const requests: Request[] = [
    { kind: 'compare', root: 'cd'.repeat(32), registry: '' },
    { kind: 'compare', root: 'cd'.repeat(32), registry: 'ef'.repeat(32) },
    { kind: 'statements', statements: [envelope], from: '0'.repeat(16), to: 'f'.repeat(16), heads },
  ]
  const answers: Answer[] = [
    { kind: 'compare', root: 'cd'.repeat(32), tasks: [], registry: '' },
    { kind: 'compare', root: 'cd'.repeat(32), tasks: [], registry: 'ef'.repeat(32), buckets: new Uint8Array(512).fill(3) },
    { kind: 'statements', statements: [envelope], wants: heads },
  ]
  await golden('wire-statements', {
    requests: requests.map((message) => ({ message, bytes: encodeRequest(message) })),
    answers: answers.map((message) => ({ message, bytes: encodeAnswer(message) })),
  })
  const stored = read('wire-statements') as Record<'requests' | 'answers', { message: unknown; bytes: { hex: string } }[]>
  for (const { message, bytes } of stored.requests) expect(JSON.parse(toJson(decodeRequest(hexBytes(bytes.hex))))).toEqual({ ok: true, value: message })
  for (const { message, bytes } of stored.answers) expect(JSON.parse(toJson(decodeAnswer(hexBytes(bytes.hex))))).toEqual({ ok: true, value: message })
})
