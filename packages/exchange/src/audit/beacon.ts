// The epoch beacon: a number that nobody could know before the epoch and everybody can compute in it. Each signer of the realm
// commits to a secret before the epoch and reveals it when the epoch has begun, together with the commitments it had seen by
// then: who commits later, with the others' secrets in view, is left out by them. The beacon is the hash of what was revealed.
// One signer, or one of two: trust in that signer, stated.

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
  /** Of a reveal: `sightOf` each commitment for the epoch that its signer had when it began, ascending, at most 16. */
  readonly seen: readonly string[]
}

/** Who withheld a reveal has no say for so many epochs: as many as a rank is the mean of. */
export const SILENCE_EPOCHS = 8
const VALUE_BYTES = 32
const SIGHT_BYTES = 8
const MAX_SEEN = 16
const SUBJECT_BYTES = 5
const phases = ['commit', 'reveal'] as const

/** The signers are those that the policy lists; of a policy that lists none, its owner and moderators. */
export const beaconKind: StatementKind<BeaconStatement> = {
  kind: 'beacon',
  signedBy: 'owner',
  // Commit and reveal of the epochs that still matter: those of ranks, and those that may silence a signer in them.
  maxPerSigner: 4 * (2 * SILENCE_EPOCHS + 2),
  maxTotal: 1_024,
  decode({ subject, content }) {
    const phase = phases[(subject[0] ?? 0) - 1]
    const rest = content.length - VALUE_BYTES
    if (subject.length !== SUBJECT_BYTES || phase === undefined || rest < 0 || rest % SIGHT_BYTES !== 0) return undefined
    if (rest > (phase === 'commit' ? 0 : MAX_SEEN * SIGHT_BYTES)) return undefined
    const epoch = subject[1]! * 16_777_216 + subject[2]! * 65_536 + subject[3]! * 256 + subject[4]!
    const seen = Array.from({ length: rest / SIGHT_BYTES }, (_, i) => hexText(content.subarray(VALUE_BYTES + i * SIGHT_BYTES, VALUE_BYTES + (i + 1) * SIGHT_BYTES)))
    if (!seen.every((sight, i) => i === 0 || seen[i - 1]! < sight)) return undefined
    return { epoch, phase, value: hexText(content.subarray(0, VALUE_BYTES)), seen }
  },
  isEntitled: ({ signer, revision }, realm) => revision === 1 && beaconSigners(realm).includes(signer),
}

function beaconSigners({ beaconSigners: listed, owner, moderators }: Realm): readonly string[] {
  return listed.length > 0 ? listed : [owner, ...moderators]
}

export function beaconDeclaration({ epoch, phase, value, seen }: BeaconStatement): Declaration {
  if (epoch >>> 0 !== epoch) throw new RangeError(`An epoch must be an integer from 0 to 2^32 - 1, got ${epoch}`)
  const subject = Uint8Array.of(phases.indexOf(phase) + 1, epoch >>> 24, (epoch >>> 16) & 255, (epoch >>> 8) & 255, epoch & 255)
  const content = joinBytes([hexBytes(value), ...[...seen].sort(compareText).slice(0, MAX_SEEN).map(hexBytes)])
  return { kind: beaconKind.kind, subject, content, revision: 1 }
}

/** What is told before the epoch. @param secret 32 bytes, hex */
export function commitmentOf(secret: string): string {
  return hexText(sha256(joinBytes([asciiBytes('megabrain-commit/1:'), hexBytes(secret)])))
}

/** What names a commitment in a reveal: its first 8 bytes. */
export function sightOf(commitment: string): string {
  return commitment.slice(0, 2 * SIGHT_BYTES)
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
 * The beacon of an epoch, or undefined while nobody has revealed. Of those who have a say: who signs for the realm, committed
 * before the epoch (unless more than half of those who revealed had not seen it), and withheld nothing in the eight epochs before.
 */
export function beaconOf(held: Statements, realm: Pick<Realm, 'beaconSigners'>, realmId: string, epoch: number): Beacon | undefined {
  const table = tableOf(held, realm)
  const present = [...table].filter(([, said]) => said.commits.has(epoch) && !isSilenced(said, epoch))
  const open = present.flatMap(([signer, said]) => {
    const secret = secretIn(said, epoch)
    return secret === undefined ? [] : [{ signer, secret, sight: sightOf(said.commits.get(epoch)!), seen: said.reveals.get(epoch)!.seen }]
  })
  const revealed = open.filter(({ signer, sight }) =>
    2 * open.filter((other) => other.signer !== signer && !other.seen.includes(sight)).length <= open.length)
  if (revealed.length === 0) return undefined
  revealed.sort((a, b) => compareText(a.signer, b.signer))
  const parts = revealed.flatMap(({ signer, secret }) => [hexBytes(signer), hexBytes(secret)])
  const value = hexText(sha256(joinBytes([asciiBytes('megabrain-beacon/1:'), hexBytes(realmId), asciiBytes(`${epoch}:`), ...parts])))
  const signers = revealed.map(({ signer }) => signer)
  return { epoch, value, signers, withheld: present.map(([signer]) => signer).filter((signer) => !open.some((one) => one.signer === signer)).sort(compareText) }
}

interface Said {
  readonly commits: Map<number, string>
  readonly reveals: Map<number, BeaconStatement>
}

function tableOf(held: Statements, realm: Pick<Realm, 'beaconSigners'>): ReadonlyMap<string, Said> {
  const table = new Map<string, Said>()
  for (const { statement: { signer }, value: said } of held) {
    if (!realm.beaconSigners.includes(signer)) continue
    const row = table.get(signer) ?? { commits: new Map(), reveals: new Map() }
    table.set(signer, row)
    if (said.phase === 'commit') row.commits.set(said.epoch, said.value)
    else row.reveals.set(said.epoch, said)
  }
  return table
}

function secretIn({ commits, reveals }: Said, epoch: number): string | undefined {
  const [commit, secret] = [commits.get(epoch), reveals.get(epoch)?.value]
  if (commit === undefined || secret === undefined) return undefined
  return bytesEqual(hexBytes(commitmentOf(secret)), hexBytes(commit)) ? secret : undefined
}

function isSilenced(said: Said, epoch: number): boolean {
  for (let before = epoch - SILENCE_EPOCHS; before < epoch; before++) {
    if (said.commits.has(before) && secretIn(said, before) === undefined) return true
  }
  return false
}
