// What people are shown of a realm's government: plain data for a page or a terminal.

import { hexText } from '../bytes/text.ts'
import { isModerator, needsAcceptance, type Realm } from '../realm/realm.ts'
import { banKind, type BanTarget } from '../registry/ban.ts'
import { bansIn, isStanding, rightToPublish, signatoriesIn, type Signatory } from './governance.ts'
import { stageOf } from './stage.ts'
import type { MemberState } from './state.ts'

export interface PolicyView {
  readonly realm: Realm
  readonly realmId: string
  /** Of this member's author; all false without an identity. */
  readonly isOwner: boolean
  readonly isModerator: boolean
  /** Why this author may not publish here now; undefined when it may. */
  readonly barred: 'not-invited' | 'terms-not-accepted' | 'realm-full' | 'moderated' | undefined
  /** Whether authors must say that they join (`acceptanceDeclaration`) before they may publish. */
  readonly needsAcceptance: boolean
  /** What this author has accepted. */
  readonly accepted: Signatory | undefined
  /** Index into `realm.stages`, their number after the last; undefined in a realm without stages. */
  readonly stage: number | undefined
}

export interface BanView {
  readonly target: BanTarget
  /** Owner key of the moderator, hex. */
  readonly moderator: string
  readonly reason: string
  /** False: lifted, or overruled by the owner. */
  readonly stands: boolean
  /** Milliseconds since 1970 by the moderator's clock. */
  readonly time: number
}

export function policyView(state: MemberState): PolicyView {
  const { realm, identity } = state.options
  const author = identity === undefined ? '' : hexText(identity.owner)
  const accepted = signatoriesIn(state, true).get(author)
  return {
    realm,
    realmId: state.realmId,
    isOwner: author === realm.owner,
    isModerator: isModerator(realm, author),
    barred: bansIn(state).authors.has(author) ? 'moderated' : rightToPublish(state, author),
    needsAcceptance: needsAcceptance(realm),
    accepted,
    stage: stageOf(state),
  }
}

/** Every ban that somebody entitled has spoken, lifted ones included, the newest first. */
export function bansOf(state: MemberState): readonly BanView[] {
  const views = state.registry.of(banKind).map(({ statement, value }) => (
    { target: value.target, moderator: statement.signer, reason: value.reason, stands: isStanding(state, value), time: statement.time }))
  return views.sort((a, b) => b.time - a.time)
}
