// An invite as text that people hand on: `megabrain-invite-1.` and the signed invite in hexadecimal; for an invite to the
// bearer a dot and the 32-byte seed of the bearer's Ed25519 key, which makes the text worth keeping to oneself.

import { hexBytes, hexText } from '../bytes/text.ts'
import { decodeInvite, encodeInvite, type SignedInvite } from './invite.ts'

export interface InviteText {
  readonly invite: SignedInvite
  /** Seed of the bearer's key, 32 bytes (RFC 8032); undefined for an invite to one author. */
  readonly seed: Uint8Array | undefined
}

const START = 'megabrain-invite-1.'
const FORM = /^megabrain-invite-1\.((?:[0-9a-f]{2}){1,256})(?:\.([0-9a-f]{64}))?$/

export function formatInvite({ invite, seed }: InviteText): string {
  const text = START + hexText(encodeInvite(invite))
  return seed === undefined ? text : `${text}.${hexText(seed)}`
}

/** Undefined for a text that is no invite. Its signature is still to be checked. */
export function parseInvite(text: string): InviteText | undefined {
  const [, bytes, seed] = FORM.exec(text.trim()) ?? []
  const invite = bytes === undefined ? undefined : decodeInvite(hexBytes(bytes))
  if (invite === undefined || ('bearer' in invite.to) !== (seed !== undefined)) return undefined
  return { invite, seed: seed === undefined ? undefined : hexBytes(seed) }
}
