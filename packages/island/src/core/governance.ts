// What the page shows of a realm's rule: policy, bans, signatories, reputations, and the verified results that moderators decide about.

import { compareEntries, membershipDeclaration, parseOpenTeam, regionDeclaration, regionKind, teamKind } from '@megabrain/exchange'
import type { Entry, Rank } from '@megabrain/exchange'
import type { FeedEntry, GovernanceView } from '../snapshot.ts'
import type { MemberDriver } from './member-driver.ts'
import type { Ranks } from './ranks.ts'

const MAX_FEED = 12
/** Of those that the visitor keeps, beyond the best: nobody should look for them in vain. */
const MAX_KEPT = 24

export function governanceOf(member: MemberDriver): GovernanceView {
  return { policy: member.policy(), bans: member.bans(), signatories: member.signatories(), reputations: member.reputations() }
}

/** The best verified entries of a task, the fittest first. */
export function shownEntries(member: MemberDriver, task: string): readonly Entry[] {
  return member.entries()
    .filter(({ claim }) => claim.task === task)
    .sort(compareEntries)
    .filter(({ claim }, place) => place < MAX_FEED || member.isPinned(claim.genotype))
    .slice(0, MAX_FEED + MAX_KEPT)
}

/** @param now milliseconds since 1970 */
export function feedOf(member: MemberDriver, task: string, ranks: Ranks, now: number): readonly FeedEntry[] {
  return shownEntries(member, task).map((entry) => asFeed(entry, ranks.rankOf(entry, now), member.isPinned(entry.claim.genotype)))
}

function asFeed({ claim, links }: Entry, rank: Rank | undefined, pinned: boolean): FeedEntry {
  const { genotype, author, fitness, generation, parents, time } = claim
  return { cid: genotype, author, fitness, links, generation, parents, time, rank, pinned }
}

/** Tells the region that the settings name where it is not what was told last; this device's word goes on holding after a restart. */
export function tellRegion(member: MemberDriver, device: string, region: string): void {
  const told = member.statements(regionKind).find(({ statement }) => statement.signer === device)?.value ?? ''
  if (told !== region) member.declare(regionDeclaration(region))
}

/** Says once that this owner is in the team. @param author the owner's key, hex */
export function joinTeam(member: MemberDriver, invitation: string, author: string): void {
  const team = parseOpenTeam(invitation)
  if (team === undefined) return
  const isMember = member.statements(teamKind).some(({ statement, value }) =>
    statement.author === author && value.of === 'membership' && !value.hasLeft && value.team.owner === team.owner && value.team.name === team.name)
  if (!isMember) member.declare(membershipDeclaration(team, { invite: team.invite, isOpen: true }))
}
