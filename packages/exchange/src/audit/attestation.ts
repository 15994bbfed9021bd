// Somebody's word that a claim's genotype was audited and with what result: for showing at once what one would otherwise have
// to run, and for choosing what to run first. A shortcut, never an authority: nothing enters an archive by it.

import { bytesEqual, joinBytes } from '../bytes/compare.ts'
import { hexBytes, hexText } from '../bytes/text.ts'
import { MAX_FITNESS } from '../limits.ts'
import type { Declaration } from '../registry/statement.ts'
import type { StatementKind } from '../registry/statement-kind.ts'
import { encodeFields, parseFields, putNumber } from '../wire/fields.ts'

export interface Attestation {
  /** Claim id, hex. */
  readonly claim: string
  /** Of the beacon. */
  readonly epoch: number
  /** Audit fitness, 0 to 1,000,000. */
  readonly fitness: number
}

const CLAIM_BYTES = 32
const SUBJECT_BYTES = CLAIM_BYTES + 4

export const attestationKind: StatementKind<Attestation> = {
  kind: 'attestation',
  signedBy: 'device',
  maxPerSigner: 128,
  maxTotal: 4_096,
  decode({ subject, content }) {
    if (subject.length !== SUBJECT_BYTES) return undefined
    const fitness = parseFields(content, 1)?.number(1)
    if (fitness === undefined || fitness > MAX_FITNESS || !bytesEqual(encodeContent(fitness), content)) return undefined
    const [a, b, c, d] = subject.subarray(CLAIM_BYTES) as unknown as readonly [number, number, number, number]
    return { claim: hexText(subject.subarray(0, CLAIM_BYTES)), epoch: a * 16_777_216 + b * 65_536 + c * 256 + d, fitness }
  },
  isEntitled: () => true,
}

export function attestationDeclaration({ claim, epoch, fitness }: Attestation): Declaration {
  if (epoch >>> 0 !== epoch) throw new RangeError(`An epoch must be an integer from 0 to 2^32 - 1, got ${epoch}`)
  const subject = joinBytes([hexBytes(claim), Uint8Array.of(epoch >>> 24, (epoch >>> 16) & 255, (epoch >>> 8) & 255, epoch & 255)])
  return { kind: attestationKind.kind, subject, content: encodeContent(fitness) }
}

function encodeContent(fitness: number): Uint8Array {
  return encodeFields((to) => putNumber(to, 1, fitness))
}
