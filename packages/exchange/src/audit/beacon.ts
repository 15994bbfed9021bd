// The epoch beacon: a number that nobody could know before the epoch and everybody can compute in it. Each signer of the realm
// commits to a secret before the epoch and reveals it when the epoch has begun; the beacon is the hash of what was revealed.
// One signer: trust in that signer, stated.

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesEqual, compareText, joinBytes } from '../bytes/compare.ts'
import { asciiBytes, hexBytes, hexText } from '../bytes/text.ts'
import type { Realm } from '../realm/realm.ts'
import type { Declaration } from '../registry/statement.ts'
import type { Held, StatementKind } from '../registry/statement-kind.ts'

export interface BeaconStatement {
  /** Hours since 1970, see `epochOf`. */
  readonly epoch: number
  readonly phase: 'commit' | 'reveal'
  /** 32 bytes, hex: `commitmentOf(secret)`, or the secret. */
  readonly value: string
}

/** Who withheld a reveal has no say for so many epochs: as many as a rank is the mean of. */
export const SILENCE_EPOCHS = 8
const VALUE_BYTES = 32
const SUBJECT_BYTES = 5
const phases = ['commit', 'reveal'] as const

/** The signers are the realm's moderators, the owner among them unless its policy says otherwise. */
export const beaconKind: StatementKind<BeaconStatement> = {
  kind: 'beacon',
  signedBy: 'owner',
  // Commit and reveal of the epochs that still matter: those of ranks, and those that may silence a signer in them.
  maxPerSigner: 4 * (2 * SILENCE_EPOCHS + 2),
  maxTotal: 1_024,
  decode({ subject, content }) {
    const phase = phases[(subject[0] ?? 0) - 1]
    if (subject.length !== SUBJECT_BYTES || phase === undefined || content.length !== VALUE_BYTES) return undefined
    const epoch = subject[1]! * 16_777_216 + subject[2]! * 65_536 + subject[3]! * 256 + subject[4]!
    return { epoch, phase, value: hexText(content) }
  },
  isEntitled: ({ signer, revision }, realm) => revision === 1 && (signer === realm.owner || realm.moderators.includes(signer)),
}

export function beaconDeclaration({ epoch, phase, value }: BeaconStatement): Declaration {
  if (epoch >>> 0 !== epoch) throw new RangeError(`An epoch must be an integer from 0 to 2^32 - 1, got ${epoch}`)
  const subject = Uint8Array.of(phases.indexOf(phase) + 1, epoch >>> 24, (epoch >>> 16) & 255, (epoch >>> 8) & 255, epoch & 255)
  return { kind: beaconKind.kind, subject, content: hexBytes(value), revision: 1 }
}

/** What is told before the epoch. @param secret 32 bytes, hex */
export function commitmentOf(secret: string): string {
  return hexText(sha256(joinBytes([asciiBytes('megabrain-commit/1:'), hexBytes(secret)])))
}

/** A signer's secret of one epoch, from one that never leaves its machine. @param seed 32 bytes */
export function beaconSecret(seed: Uint8Array, realm: string, epoch: number): string {
  return hexText(sha256(joinBytes([asciiBytes('megabrain-secret/1:'), seed, hexBytes(realm), asciiBytes(String(epoch))])))
}

export interface Beacon {
  readonly epoch: number
  /** 64 hex characters. */
  readonly value: string
  /** Owner keys whose secrets are in it, ascending. */
  readonly signers: readonly string[]
  /** Who committed and has not revealed. */
  readonly withheld: readonly string[]
}

type Statements = readonly Held<BeaconStatement>[]

/**
 * The beacon of an epoch, or undefined while nobody has revealed. Of those who have a say: who signs for the realm, committed,
 * and withheld nothing in the eight epochs before.
 */
export function beaconOf(held: Statements, realm: Pick<Realm, 'owner' | 'moderators'>, realmId: string, epoch: number): Beacon | undefined {
  const table = tableOf(held, realm)
  const present = [...table].filter(([, said]) => said.commits.has(epoch) && !isSilenced(said, epoch))
  const revealed = present.flatMap(([signer, said]) => (secretIn(said, epoch) === undefined ? [] : [{ signer, secret: secretIn(said, epoch)! }]))
  if (revealed.length === 0) return undefined
  revealed.sort((a, b) => compareText(a.signer, b.signer))
  const parts = revealed.flatMap(({ signer, secret }) => [hexBytes(signer), hexBytes(secret)])
  const value = hexText(sha256(joinBytes([asciiBytes('megabrain-beacon/1:'), hexBytes(realmId), asciiBytes(`${epoch}:`), ...parts])))
  const signers = revealed.map(({ signer }) => signer)
  return { epoch, value, signers, withheld: present.map(([signer]) => signer).filter((signer) => !signers.includes(signer)).sort(compareText) }
}

interface Said {
  readonly commits: Map<number, string>
  readonly reveals: Map<number, string>
}

function tableOf(held: Statements, realm: Pick<Realm, 'owner' | 'moderators'>): ReadonlyMap<string, Said> {
  const table = new Map<string, Said>()
  for (const { statement: { signer }, value: { epoch, phase, value } } of held) {
    if (signer !== realm.owner && !realm.moderators.includes(signer)) continue
    const said = table.get(signer) ?? { commits: new Map(), reveals: new Map() }
    table.set(signer, said)
    said[phase === 'commit' ? 'commits' : 'reveals'].set(epoch, value)
  }
  return table
}

function secretIn({ commits, reveals }: Said, epoch: number): string | undefined {
  const [commit, secret] = [commits.get(epoch), reveals.get(epoch)]
  if (commit === undefined || secret === undefined) return undefined
  return bytesEqual(hexBytes(commitmentOf(secret)), hexBytes(commit)) ? secret : undefined
}

function isSilenced(said: Said, epoch: number): boolean {
  for (let before = epoch - SILENCE_EPOCHS; before < epoch; before++) {
    if (said.commits.has(before) && secretIn(said, before) === undefined) return true
  }
  return false
}
