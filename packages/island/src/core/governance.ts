// What the page shows of a realm's rule: policy, bans, signatories, reputations, and the verified results that moderators decide about.

import type { Entry } from '@megabrain/exchange'
import type { FeedEntry, GovernanceView } from '../snapshot.ts'
import type { MemberDriver } from './member-driver.ts'

const MAX_FEED = 12

export function governanceOf(member: MemberDriver): GovernanceView {
  return { policy: member.policy(), bans: member.bans(), signatories: member.signatories(), reputations: member.reputations() }
}

export function feedOf(member: MemberDriver, task: string): readonly FeedEntry[] {
  return member.entries()
    .filter(({ claim }) => claim.task === task)
    .sort((a, b) => b.claim.fitness - a.claim.fitness || a.links - b.links || (a.claim.genotype < b.claim.genotype ? -1 : 1))
    .slice(0, MAX_FEED)
    .map(asFeed)
}

function asFeed({ claim, links }: Entry): FeedEntry {
  const { genotype, author, fitness, generation, parents, time } = claim
  return { cid: genotype, author, fitness, links, generation, parents, time }
}
