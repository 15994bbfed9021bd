// Teams: several owners who add up. The team's owner invites by signature, the member accepts by a statement that carries the
// invite; either may end it. Nobody is in a team without having said so.

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesEqual, compareText, joinBytes } from '../bytes/compare.ts'
import { asciiBytes, hexBytes, hexText } from '../bytes/text.ts'
import { KEY_BYTES, SIGNATURE_BYTES } from '../claim/envelope.ts'
import type { Registry } from '../registry/registry.ts'
import type { Declaration } from '../registry/statement.ts'
import type { StatementKind } from '../registry/statement-kind.ts'
import { encodeFields, parseFields, putBytes, putNumber, putText } from '../wire/fields.ts'

export interface TeamName {
  /** The team owner's public key, hex. */
  readonly owner: string
  /** 1 to 32 characters of `a-z`, `0-9` and `-`. */
  readonly name: string
}

export type TeamStatement =
  /**
   * By a member. `invite` is the team owner's signature over `teamInviteMessage`, or over `openTeamMessage` when `isOpen`; empty when
   * the owner itself joins.
   */
  | { readonly of: 'membership'; readonly team: TeamName; readonly invite: Uint8Array; readonly hasLeft: boolean; readonly isOpen: boolean }
  /** By the team's owner: the member is out, or may be in again. */
  | { readonly of: 'expulsion'; readonly team: string; readonly member: string; readonly isOut: boolean }

export interface Team extends TeamName {
  readonly id: string
  /** Owner keys, hex, ascending. */
  readonly members: readonly string[]
}

const NAME = /^[a-z0-9-]{1,32}$/
const MAX_NAME_LENGTH = 32
/** A team with more members counts the first of them, in the order of their keys. */
export const MAX_MEMBERS = 256

/** 64 hex characters: sha256 over `megabrain-team/1:`, the raw owner key and the name. */
export function teamId({ owner, name }: TeamName): string {
  return hexText(sha256(joinBytes([asciiBytes('megabrain-team/1:'), hexBytes(owner), asciiBytes(name)])))
}

/** What the team's owner signs to invite somebody: in every realm, for ever, until it says otherwise. */
export function teamInviteMessage(team: TeamName, member: string): Uint8Array {
  return joinBytes([asciiBytes('megabrain-team-invite/1:'), hexBytes(teamId(team)), hexBytes(member)])
}

/** What the team's owner signs to invite everybody who hears of it: it ends by expulsions, one by one. */
export function openTeamMessage(team: TeamName): Uint8Array {
  return joinBytes([asciiBytes('megabrain-team-open/1:'), hexBytes(teamId(team))])
}

export const teamKind: StatementKind<TeamStatement> = {
  kind: 'team',
  signedBy: 'owner',
  maxPerSigner: 256,
  maxTotal: 4_096,
  decode({ subject, content, author }) {
    if (subject.length === 2 * KEY_BYTES) return decodeExpulsion(subject, content)
    const fields = parseFields(content, 5)
    const [owner, name] = [fields?.bytes(1), fields?.text(2, MAX_NAME_LENGTH)]
    const [invite, hasLeft, isOpen] = [fields?.bytes(3), fields?.number(4), fields?.number(5)]
    if (owner?.length !== KEY_BYTES || name === undefined || !NAME.test(name)) return undefined
    if (invite === undefined || hasLeft === undefined || hasLeft > 1 || isOpen === undefined || isOpen > 1) return undefined
    const team: TeamName = { owner: hexText(owner), name }
    if (invite.length !== (team.owner === author ? 0 : SIGNATURE_BYTES) || hexText(subject) !== teamId(team)) return undefined
    const statement: TeamStatement = { of: 'membership', team, invite: invite.slice(), hasLeft: hasLeft === 1, isOpen: isOpen === 1 }
    return bytesEqual(encodeMembership(statement), content) ? statement : undefined
  },
  checks(value, { author }) {
    if (value.of !== 'membership' || value.invite.length === 0) return []
    const message = value.isOpen ? openTeamMessage(value.team) : teamInviteMessage(value.team, author)
    return [{ key: hexBytes(value.team.owner), message, signature: value.invite }]
  },
  // An expulsion by somebody else than the team's owner names a team that is not the signer's, and means nothing.
  isEntitled: () => true,
}

interface MembershipOptions {
  readonly invite?: Uint8Array
  /** The invite is over `openTeamMessage`. */
  readonly isOpen?: boolean
  readonly hasLeft?: boolean
}

/** @param options without an invite the owner itself joins */
export function membershipDeclaration(team: TeamName, options: MembershipOptions = {}): Declaration {
  if (!NAME.test(team.name)) throw new RangeError(`A team's name must be 1 to 32 of a-z, 0-9 and -, got ${JSON.stringify(team.name)}`)
  const { invite = new Uint8Array(0), isOpen = false, hasLeft = false } = options
  return { kind: teamKind.kind, subject: hexBytes(teamId(team)), content: encodeMembership({ of: 'membership', team, invite, isOpen, hasLeft }) }
}

export function expulsionDeclaration(team: TeamName, member: string, isOut = true): Declaration {
  return { kind: teamKind.kind, subject: joinBytes([hexBytes(teamId(team)), hexBytes(member)]), content: encodeExpulsion(isOut) }
}

/** Every team that has members, ascending by id. An author may be in several. */
export function teamsOf(registry: Pick<Registry, 'of'>): readonly Team[] {
  const held = registry.of(teamKind)
  const expelled = new Set(held.flatMap(({ statement, value }) =>
    value.of === 'expulsion' && value.isOut ? [`${statement.signer}/${value.team}/${value.member}`] : []))
  const teams = new Map<string, { readonly team: TeamName; readonly members: string[] }>()
  for (const { statement: { author }, value } of held) {
    if (value.of !== 'membership' || value.hasLeft) continue
    const id = teamId(value.team)
    if (expelled.has(`${value.team.owner}/${id}/${author}`)) continue
    const entry = teams.get(id) ?? { team: value.team, members: [] }
    entry.members.push(author)
    teams.set(id, entry)
  }
  return [...teams].sort(([a], [b]) => compareText(a, b)).map(([id, { team, members }]) => (
    { id, ...team, members: members.sort(compareText).slice(0, MAX_MEMBERS) }))
}

function encodeMembership({ team, invite, hasLeft, isOpen }: TeamStatement & { readonly of: 'membership' }): Uint8Array {
  return encodeFields((to) => {
    putBytes(to, 1, hexBytes(team.owner))
    putText(to, 2, team.name)
    putBytes(to, 3, invite)
    putNumber(to, 4, hasLeft ? 1 : 0)
    putNumber(to, 5, isOpen ? 1 : 0)
  })
}

function encodeExpulsion(isOut: boolean): Uint8Array {
  return encodeFields((to) => putNumber(to, 1, isOut ? 1 : 0))
}

function decodeExpulsion(subject: Uint8Array, content: Uint8Array): TeamStatement | undefined {
  const isOut = parseFields(content, 1)?.number(1)
  if (isOut === undefined || isOut > 1 || !bytesEqual(encodeExpulsion(isOut === 1), content)) return undefined
  return { of: 'expulsion', team: hexText(subject.subarray(0, KEY_BYTES)), member: hexText(subject.subarray(KEY_BYTES)), isOut: isOut === 1 }
}
