// Invites: what an owner or moderator signs to let somebody publish. Made out to one author, or to the bearer of a key, a
// number of times. The bearer's key signs the author who uses it, so that who reads an acceptance cannot use its invite.

import { bytesEqual, joinBytes } from '../bytes/compare.ts'
import { asciiBytes, hexBytes, hexText } from '../bytes/text.ts'
import { KEY_BYTES, SIGNATURE_BYTES } from '../claim/envelope.ts'
import type { SignatureCheck } from '../member/events.ts'
import { encodeFields, parseFields, putBytes, putNumber } from '../wire/fields.ts'

export interface Invite {
  /** Realm id, hex. */
  readonly realm: string
  /** Whom it lets in: the author with this owner key, or whoever holds the private half of this key. Hex. */
  readonly to: { readonly author: string } | { readonly bearer: string; readonly uses: number }
  /** Milliseconds since 1970; an acceptance that says a later time does not count. 0: never. */
  readonly expires: number
  /** Owner key of an owner or moderator, hex. */
  readonly issuer: string
}

export interface SignedInvite extends Invite {
  /** By the issuer over `inviteMessage`. */
  readonly signature: Uint8Array
}

export const MAX_INVITE_USES = 4_096
const MAX_TIME = 0x7fff_ffff_ffff

function encodeTerms({ realm, to, expires, issuer }: Invite): Uint8Array {
  return encodeFields((write) => {
    putBytes(write, 1, hexBytes(realm))
    putBytes(write, 2, hexBytes('author' in to ? to.author : to.bearer))
    // An invite to one author has no number of uses.
    putNumber(write, 3, 'author' in to ? 0 : to.uses)
    putNumber(write, 4, expires)
    putBytes(write, 5, hexBytes(issuer))
  })
}

/** The bytes that the issuer signs with the owner key. @throws RangeError for an invite that breaks its bounds */
export function inviteMessage(invite: Invite): Uint8Array {
  const { to, expires } = invite
  const uses = 'author' in to ? 1 : to.uses
  if (!Number.isInteger(uses) || uses < 1 || uses > MAX_INVITE_USES) throw new RangeError(`An invite has 1 to ${MAX_INVITE_USES} uses, got ${uses}`)
  if (!Number.isSafeInteger(expires) || expires < 0 || expires > MAX_TIME) throw new RangeError(`An invite expires at a time, got ${expires}`)
  return joinBytes([asciiBytes('megabrain-invite/1:'), encodeTerms(invite)])
}

/** The bytes that a bearer's key signs to let `author` in. */
export function bearerMessage(realm: string, author: string): Uint8Array {
  return joinBytes([asciiBytes('megabrain-bearer/1:'), hexBytes(realm), hexBytes(author)])
}

/** The invite as it is handed over. */
export function encodeInvite(invite: SignedInvite): Uint8Array {
  return joinBytes([encodeTerms(invite), encodeFields((to) => putBytes(to, 6, invite.signature))])
}

/** Reads an invite; its signature is still to be checked. Undefined for bytes that are none. */
export function decodeInvite(bytes: Uint8Array): SignedInvite | undefined {
  const fields = parseFields(bytes, 6)
  const [realm, key, issuer, signature] = [fields?.bytes(1), fields?.bytes(2), fields?.bytes(5), fields?.bytes(6)]
  const [uses, expires] = [fields?.number(3), fields?.number(4)]
  if (realm?.length !== KEY_BYTES || key?.length !== KEY_BYTES || issuer?.length !== KEY_BYTES) return undefined
  if (signature?.length !== SIGNATURE_BYTES || uses === undefined || expires === undefined) return undefined
  if (uses > MAX_INVITE_USES || expires > MAX_TIME) return undefined
  const to = uses === 0 ? { author: hexText(key) } : { bearer: hexText(key), uses }
  const invite: SignedInvite = { realm: hexText(realm), to, expires, issuer: hexText(issuer), signature: signature.slice() }
  return bytesEqual(encodeInvite(invite), bytes) ? invite : undefined
}

export function inviteCheck(invite: SignedInvite): SignatureCheck {
  return { key: hexBytes(invite.issuer), message: inviteMessage(invite), signature: invite.signature }
}
