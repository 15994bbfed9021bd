// Golden vectors of credit: a chain of receipts that any engine gets from the same seed, the statements that credit is counted
// from, and a whole export with the leaderboards that it gives.

import { describe, expect, test } from 'vitest'
import { verifyNow, type TestKeys } from '../../fixtures/ed25519.ts'
import { chainOf, newSearch, receiptEnvelope, record, replayOptions, signReceipt } from '../../fixtures/evolution.ts'
import { alice, bob, carol, signClaim, START, statementFor, testRealm } from '../../fixtures/world.ts'
import { sampleGenotype } from '../../fixtures/xor.ts'
import { hexText } from '../bytes/text.ts'
import { revocationDeclaration } from '../identity/revocation.ts'
import { expulsionDeclaration, membershipDeclaration, teamInviteMessage } from '../identity/team.ts'
import { realmId } from '../realm/realm.ts'
import { decodeStatement, encodeStatement, statementMessage } from '../registry/statement-codec.ts'
import type { Declaration, SignedStatement } from '../registry/statement.ts'
import { encodeAnswer, encodeRequest } from '../wire/messages.ts'
import { auditDeclaration, creditHeadDeclaration } from './credit-kinds.ts'
import { decodeExport, exportMessage, exportText, recompute, signedExport } from './export.ts'
import { findOf, type Find } from './find.ts'
import type { Receipt } from './receipt.ts'
import { replayReceipt } from './replay.ts'
import { concluded, createStanding, readReceipts } from './standing.ts'
import { seedOf } from './state-root.ts'

const file = (name: string): string => `${import.meta.dirname}/../../vectors/${name}`
const toJson = (value: unknown): string =>
  `${JSON.stringify(value, (_, part: unknown) => (part instanceof Uint8Array ? { hex: hexText(part) } : part), 2)}\n`
const golden = (name: string, value: unknown): Promise<void> => expect(toJson(value)).toMatchFileSnapshot(file(name))

const receipts: Receipt[] = []
const vectors = chainVectors()

function chainVectors() {
  let search = newSearch('memetic', 7, bob)
  return Array.from({ length: 3 }, (_, link) => {
    const recorded = record(search, { ...(link === 0 ? { origin: 7 } : {}), strangers: link === 0 ? [] : [link], generations: 2 })
    const envelope = receiptEnvelope(recorded.stretch, receipts.at(-1), bob)
    receipts.push(signReceipt(recorded.stretch, receipts.at(-1), bob))
    search = recorded.search
    return { recorded, envelope }
  })
}

function say(keys: TestKeys, declaration: Declaration, byOwner: boolean): SignedStatement {
  const author = hexText(keys.owner)
  const body = { ...declaration, revision: 1, realm: realmId(testRealm()), author, time: START }
  const delegation = byOwner ? undefined : keys.delegation
  const message = statementMessage(body, delegation)
  const signature = byOwner ? keys.signAsOwnerNow(message) : keys.signNow(message)
  const decoded = decodeStatement(encodeStatement(body, byOwner ? author : hexText(keys.device), signature, delegation))
  if (!decoded.ok) throw new RangeError(decoded.reason)
  return decoded.value.statement
}

describe('golden vectors', () => {
  test('of receipts, the states between them and how they are asked for', async () => {
    for (const [i, { recorded }] of vectors.entries()) {
      expect(replayReceipt(replayOptions(recorded, receipts[i]!, bob)).fault).toBeUndefined()
    }
    await golden('receipts.json', {
      seed: { ...chainOf(bob), origin: 7, seed: seedOf(chainOf(bob), 7) },
      receipts: vectors.map(({ envelope, recorded: { stretch } }, i) => ({ receipt: receipts[i], stretch, envelope })),
      requests: [
        { request: { kind: 'receipts', task: 'xor', after: 2 }, bytes: encodeRequest({ kind: 'receipts', task: 'xor', after: 2 }) },
        { request: { kind: 'replay', task: 'xor', number: 3 }, bytes: encodeRequest({ kind: 'replay', task: 'xor', number: 3 }) },
      ],
      answers: [
        { kind: 'receipts', bytes: encodeAnswer({ kind: 'receipts', receipts: [vectors[2]!.envelope] }) },
        { kind: 'replay', bytes: encodeAnswer({ kind: 'replay', state: Uint8Array.of(1, 2, 3), bodies: [Uint8Array.of(4)] }) },
      ],
    })
  })

  test('of an export and its leaderboards', async () => {
    const standing = createStanding(receipts[0]!, 500_000)
    const batch = readReceipts(standing, receipts)
    const audited = concluded(standing, batch, { held: receipts, skipped: [], ended: 'held', epoch: 500_000 })
    const team = { owner: hexText(carol.owner), name: 'late' }
    const invite = carol.signAsOwnerNow(teamInviteMessage(team, hexText(bob.owner)))
    const statements = [
      say(alice, auditDeclaration(audited), false),
      say(bob, creditHeadDeclaration(receipts[2]!), false),
      say(carol, membershipDeclaration(team), true),
      say(bob, membershipDeclaration(team, { invite }), true),
      say(carol, expulsionDeclaration(team, hexText(alice.owner)), true),
      say(carol, revocationDeclaration({ device: hexText(carol.device), from: 90 }), true),
    ]
    const finds = [bob, carol, bob, carol].map((keys, i): Find => {
      const sample = sampleGenotype(40 + i)
      const parents = i === 2 ? [sampleGenotype(41).cid] : []
      const claim = signClaim(statementFor(sample, keys, START + i, { sequence: i === 3 ? 90 : i, parents }), keys)
      return findOf({ envelope: claim, fingerprint: sample.fingerprint, links: sample.links })!
    })
    const auditors = [hexText(alice.owner)]
    const text = exportText({ realm: realmId(testRealm()), time: START, auditors, finds, statements, receipts: [{ receipt: receipts[2]!, envelope: vectors[2]!.envelope }] })
    const bytes = signedExport(text, alice, alice.signNow(exportMessage(text)))
    await expect(new TextDecoder().decode(bytes)).toMatchFileSnapshot(file('credit-export.jsonl'))

    const decoded = decodeExport(bytes)
    if (!decoded.ok) throw new Error(decoded.reason)
    expect(decoded.value.checks.every(({ key, message, signature }) => verifyNow(key, message, signature))).toBe(true)
    await golden('credit-leaderboards.json', recompute(decoded.value))
  })
})
