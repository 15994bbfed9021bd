// An owner takes back a device key: lost, sold, stolen. Claims that the device numbered from then on are nobody's; what it
// signed before stays, since a device counts its own sequence and a thief can only count on.

import { bytesEqual } from '../bytes/compare.ts'
import { hexBytes, hexText } from '../bytes/text.ts'
import type { Claim } from '../claim/claim.ts'
import { KEY_BYTES } from '../claim/envelope.ts'
import type { Registry } from '../registry/registry.ts'
import { statementKey, type Declaration } from '../registry/statement.ts'
import type { StatementKind } from '../registry/statement-kind.ts'
import { encodeFields, parseFields, putNumber } from '../wire/fields.ts'

export interface Revocation {
  /** The device's public key, hex. */
  readonly device: string
  /** The first sequence number that is refused: 0 takes back everything the device ever claimed. */
  readonly from: number
}

export const revocationKind: StatementKind<Revocation> = {
  kind: 'revocation',
  signedBy: 'owner',
  maxPerSigner: 64,
  maxTotal: 4_096,
  decode({ subject, content }) {
    const from = parseFields(content, 1)?.number(1)
    if (subject.length !== KEY_BYTES || from === undefined) return undefined
    return bytesEqual(encodeContent(from), content) ? { device: hexText(subject), from } : undefined
  },
  // Whoever signs speaks of devices of their own: for others' it means nothing.
  isEntitled: () => true,
}

/** @param from the first sequence number that is refused */
export function revocationDeclaration({ device, from }: Revocation): Declaration {
  if (!Number.isSafeInteger(from) || from < 0) throw new RangeError(`A revocation must begin with a sequence number, got ${from}`)
  return { kind: revocationKind.kind, subject: hexBytes(device), content: encodeContent(from) }
}

/** Whether the claim's author has taken back the device that signed it. */
export function isRevoked(registry: Registry, { author, device, sequence }: Pick<Claim, 'author' | 'device' | 'sequence'>): boolean {
  const from = revokedFrom(registry, author, device)
  return from !== undefined && sequence >= from
}

/** The first sequence number of the device that its owner refuses, if any. */
export function revokedFrom(registry: Registry, author: string, device: string): number | undefined {
  const held = registry.at(statementKey({ kind: revocationKind.kind, signer: author, subject: hexBytes(device) }))
  return held === undefined ? undefined : revocationKind.decode(held)?.from
}

function encodeContent(from: number): Uint8Array {
  return encodeFields((to) => putNumber(to, 1, from))
}
