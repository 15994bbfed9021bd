// A moderator's ban: of one genotype, of everything that descends from it, or of an author. A later revision may lift it.

import { bytesEqual, joinBytes } from '../bytes/compare.ts'
import { hexBytes, hexText } from '../bytes/text.ts'
import { cidFromDigest, digestOfCid } from '../claim/cid-digest.ts'
import { encodeFields, parseFields, putBytes, putNumber, putText } from '../wire/fields.ts'
import { isModerator } from '../realm/realm.ts'
import type { Declaration } from './statement.ts'
import type { StatementKind } from './statement-kind.ts'

export type BanTarget =
  | { readonly of: 'genotype'; readonly cid: string }
  /** The genotype and everything that was bred from it, as far as its parents are known. */
  | { readonly of: 'lineage'; readonly cid: string }
  /** Owner's public key, hex. */
  | { readonly of: 'author'; readonly author: string }

export interface Ban {
  readonly target: BanTarget
  /** True for a revision that takes the ban back. */
  readonly lifted: boolean
  /** Printable ASCII, at most 96 characters; for people. */
  readonly reason: string
  /** Root of the banned lineage that the target was seen to descend from: CID. Such bans are made by the moderator's program. */
  readonly because?: string
}

const codes = ['genotype', 'lineage', 'author'] as const
const TARGET_BYTES = 33
const MAX_REASON_LENGTH = 96

export const banKind: StatementKind<Ban> = {
  kind: 'ban',
  signedBy: 'owner',
  maxPerSigner: 1_024,
  maxTotal: 4_096,
  decode({ subject, content }) {
    const target = decodeTarget(subject)
    const fields = parseFields(content, 3)
    const lifted = fields?.number(1)
    const reason = fields?.text(2, MAX_REASON_LENGTH)
    const because = fields?.bytes(3)
    if (target === undefined || lifted === undefined || lifted > 1 || reason === undefined || because === undefined) return undefined
    if (because.length !== 0 && because.length !== TARGET_BYTES - 1) return undefined
    const ban: Ban = { target, lifted: lifted === 1, reason, ...(because.length === 0 ? {} : { because: cidFromDigest(because) }) }
    return bytesEqual(encodeContent(ban), content) ? ban : undefined
  },
  isEntitled: ({ signer }, realm) => isModerator(realm, signer),
}

/** What a moderator signs. @throws RangeError for a target that is none, or a reason that is too long or not ASCII */
export function banDeclaration(ban: Ban): Declaration {
  if (ban.reason.length > MAX_REASON_LENGTH) throw new RangeError(`A reason must have at most ${MAX_REASON_LENGTH} characters, got ${ban.reason.length}`)
  return { kind: banKind.kind, subject: encodeTarget(ban.target), content: encodeContent(ban) }
}

function encodeContent({ lifted, reason, because }: Ban): Uint8Array {
  const root = because === undefined ? new Uint8Array(0) : digestOfCid(because)
  if (root === undefined) throw new RangeError(`A ban must name the CID of its reason, got ${because}`)
  return encodeFields((to) => {
    putNumber(to, 1, lifted ? 1 : 0)
    putText(to, 2, reason)
    putBytes(to, 3, root)
  })
}

function encodeTarget(target: BanTarget): Uint8Array {
  const name = target.of === 'author' ? hexBytes(target.author) : digestOfCid(target.cid)
  if (name?.length !== TARGET_BYTES - 1) throw new RangeError(`A ban must name a CID or an author, got ${JSON.stringify(target)}`)
  return joinBytes([Uint8Array.of(codes.indexOf(target.of) + 1), name])
}

function decodeTarget(subject: Uint8Array): BanTarget | undefined {
  const of = codes[(subject[0] ?? 0) - 1]
  if (of === undefined || subject.length !== TARGET_BYTES) return undefined
  const name = subject.slice(1)
  return of === 'author' ? { of, author: hexText(name) } : { of, cid: cidFromDigest(name) }
}
