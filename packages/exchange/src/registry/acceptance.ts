// An author's acceptance of a realm's terms: signed with the owner key, with the pledge if it was taken and the invite by
// which the author comes. Everybody can list who accepted what.

import { bytesEqual } from '../bytes/compare.ts'
import { hexBytes, hexText } from '../bytes/text.ts'
import { KEY_BYTES, SIGNATURE_BYTES } from '../claim/envelope.ts'
import { isModerator, takesAcceptances, termsDigest, type Realm } from '../realm/realm.ts'
import { encodeFields, parseFields, putBytes, putNumber } from '../wire/fields.ts'
import { bearerMessage, decodeInvite, encodeInvite, inviteCheck, type SignedInvite } from './invite.ts'
import type { Declaration } from './statement.ts'
import type { StatementKind } from './statement-kind.ts'

export interface Acceptance {
  /** `termsDigest` of what was accepted. */
  readonly terms: string
  readonly pledged: boolean
  readonly invite: SignedInvite | undefined
  /** By the bearer's key over `bearerMessage`; empty for an invite to one author, and without an invite. */
  readonly bearer: Uint8Array
}

const MAX_INVITE_BYTES = 256

export const acceptanceKind: StatementKind<Acceptance> = {
  kind: 'acceptance',
  signedBy: 'owner',
  maxPerSigner: 1,
  maxTotal: 4_096,
  decode({ subject, content, author, realm }) {
    const fields = parseFields(content, 4)
    const terms = fields?.bytes(1)
    const pledged = fields?.number(2)
    const bytes = fields?.bytes(3)
    const bearer = fields?.bytes(4)
    if (subject.length > 0 || terms?.length !== KEY_BYTES || pledged === undefined || pledged > 1) return undefined
    if (bytes === undefined || bytes.length > MAX_INVITE_BYTES || bearer === undefined) return undefined
    const invite = bytes.length === 0 ? undefined : decodeInvite(bytes)
    if (bytes.length > 0 && (invite === undefined || invite.realm !== realm)) return undefined
    if (invite !== undefined && 'author' in invite.to && invite.to.author !== author) return undefined
    const isBearer = invite !== undefined && 'bearer' in invite.to
    if (bearer.length !== (isBearer ? SIGNATURE_BYTES : 0)) return undefined
    const acceptance: Acceptance = { terms: hexText(terms), pledged: pledged === 1, invite, bearer: bearer.slice() }
    return bytesEqual(encodeContent(acceptance), content) ? acceptance : undefined
  },
  checks({ invite, bearer }, { realm, author }) {
    if (invite === undefined) return []
    if (!('bearer' in invite.to)) return [inviteCheck(invite)]
    return [inviteCheck(invite), { key: hexBytes(invite.to.bearer), message: bearerMessage(realm, author), signature: bearer }]
  },
  /** So that a registry is not filled for nothing: whoever could not publish need not accept, nor is there anything to accept everywhere. */
  isEntitled(statement, realm) {
    const { author, time } = statement
    if (!takesAcceptances(realm)) return false
    if (realm.publish === 'open' || realm.publishers.includes(author) || isModerator(realm, author) || author === realm.owner) return true
    const invite = realm.publish === 'invited' ? acceptanceKind.decode(statement)?.invite : undefined
    if (invite === undefined || (invite.issuer !== realm.owner && !isModerator(realm, invite.issuer))) return false
    return invite.expires === 0 || time <= invite.expires
  },
}

function encodeContent({ terms, pledged, invite, bearer }: Acceptance): Uint8Array {
  return encodeFields((to) => {
    putBytes(to, 1, hexBytes(terms))
    putNumber(to, 2, pledged ? 1 : 0)
    putBytes(to, 3, invite === undefined ? new Uint8Array(0) : encodeInvite(invite))
    putBytes(to, 4, bearer)
  })
}

export interface Accepting {
  readonly pledged: boolean
  readonly invite?: SignedInvite
  /** The bearer key's signature over `bearerMessage(realm, author)`; needed for an invite to the bearer. */
  readonly bearer?: Uint8Array
}

/** What an author signs to accept the present terms of `realm`. */
export function acceptanceDeclaration(realm: Pick<Realm, 'terms' | 'pledge'>, { pledged, invite, bearer }: Accepting): Declaration {
  const content = encodeContent({ terms: termsDigest(realm), pledged, invite, bearer: bearer ?? new Uint8Array(0) })
  return { kind: acceptanceKind.kind, subject: new Uint8Array(0), content }
}
