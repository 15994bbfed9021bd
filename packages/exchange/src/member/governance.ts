// What a realm's policy and its moderators decide, carried out: who may publish, what is banned, and the removal of whatever
// the archive may hold no longer. A function of policy and registry alone, so that members who know the same hold the same.

import type { Refusal } from '../admission/refusal.ts'
import { headId } from '../archive/heads.ts'
import { decodeClaim } from '../claim/claim-codec.ts'
import type { Claim } from '../claim/claim.ts'
import { isModerator, needsAcceptance, termsDigest, type Realm } from '../realm/realm.ts'
import { compareText } from '../bytes/compare.ts'
import { hexText } from '../bytes/text.ts'
import { isRevoked } from '../identity/revocation.ts'
import { acceptanceKind, type Acceptance } from '../registry/acceptance.ts'
import { banKind, type Ban } from '../registry/ban.ts'
import { statementKey } from '../registry/statement.ts'
import type { Held } from '../registry/statement-kind.ts'
import { descendsFrom, rememberParents, rememberWord } from './lineage.ts'
import { answerParked } from './park.ts'
import { originOf } from './rescore.ts'
import { pin } from './storage.ts'
import { leaveUndecided, type MemberState, type Turn } from './state.ts'

export interface Signatory {
  /** Owner's public key, hex. */
  readonly author: string
  /** Milliseconds since 1970 by the author's clock. */
  readonly time: number
  readonly pledged: boolean
  /** Whether it is the present terms that were accepted. */
  readonly isCurrent: boolean
  /** Place among those who count against the capacity, from 0; undefined for owner, moderators and listed publishers. */
  readonly seat: number | undefined
  /** False: an invite used more often than it may be, or an author who is banned. */
  readonly counts: boolean
}

/** What policy and bans come to, until one of them changes. */
export interface Rulings {
  readonly realm: Realm
  readonly banned: readonly Held<Ban>[]
  readonly bans: Bans
}

/** What policy, bans and acceptances come to. */
export interface Seating {
  readonly bans: Bans
  readonly realm: Realm
  readonly accepted: readonly Held<Acceptance>[]
  readonly signatories: ReadonlyMap<string, Signatory>
}

/** With more acceptances than this, new ones are seated once a heartbeat, so that a flood of them costs no more. */
const SEATED_AT_ONCE = 256

/** Authors on each of a member's own lists. */
const MAX_CHOSEN = 4_096

export interface Bans {
  /** Targets that the owner has declared lifted, by name. */
  readonly overruled: ReadonlySet<string>
  readonly genotypes: ReadonlySet<string>
  readonly lineages: ReadonlySet<string>
  readonly authors: ReadonlySet<string>
}

export function bansIn(state: MemberState): Bans {
  const { options: { realm }, registry, rulings } = state
  const banned = registry.of(banKind)
  if (rulings?.realm === realm && rulings.banned === banned) return rulings.bans
  state.rulings = { realm, banned, bans: bansOf(realm, banned) }
  return state.rulings.bans
}

/** @param isNow whatever it costs: for people, and for what is decided once a heartbeat */
export function signatoriesIn(state: MemberState, isNow: boolean): ReadonlyMap<string, Signatory> {
  const { options: { realm }, registry, seating } = state
  const bans = bansIn(state)
  const accepted = registry.of(acceptanceKind)
  if (seating?.realm === realm && seating.bans === bans) {
    if (seating.accepted === accepted) return seating.signatories
    if (!isNow && accepted.length > SEATED_AT_ONCE) return seating.signatories
  }
  state.seating = { realm, bans, accepted, signatories: signatoriesOf(realm, accepted, bans) }
  return state.seating.signatories
}

/** A ban holds until the moderator who signed it lifts it, or is none any more, or the owner says that it is lifted. */
function bansOf(realm: Realm, held: readonly Held<Ban>[]): Bans {
  const overruled = new Set(held.filter(({ statement, value }) => value.lifted && statement.signer === realm.owner).map(({ value }) => nameOf(value)))
  const standing = held.map(({ value }) => value).filter((ban) => stands(ban, overruled))
  const cids = (of: 'genotype' | 'lineage') => standing.flatMap(({ target }) => (target.of === of ? [target.cid] : []))
  const lineages = new Set(cids('lineage'))
  return {
    overruled,
    genotypes: new Set([...cids('genotype'), ...lineages]),
    lineages,
    authors: new Set(standing.flatMap(({ target }) => (target.of === 'author' ? [target.author] : []))),
  }
}

function stands(ban: Ban, overruled: ReadonlySet<string>): boolean {
  return !ban.lifted && !overruled.has(nameOf(ban))
}

/** Whether a ban holds that somebody entitled has spoken. */
export function isStanding(state: MemberState, ban: Ban): boolean {
  return stands(ban, bansIn(state).overruled)
}

function nameOf({ target }: Ban): string {
  return `${target.of}/${target.of === 'author' ? target.author : target.cid}`
}

/** In the order in which they say they came; that is their own word, so an invite is the only door that cannot be rushed. */
function signatoriesOf(realm: Realm, accepted: readonly Held<Acceptance>[], bans: Bans): ReadonlyMap<string, Signatory> {
  const held = [...accepted].sort((a, b) => a.statement.time - b.statement.time || compareText(a.statement.id, b.statement.id))
  const terms = termsDigest(realm)
  const used = new Map<string, number>()
  const signatories = new Map<string, Signatory>()
  let seats = 0
  for (const { statement: { author, time }, value } of held) {
    const isExempt = isPrivileged(realm, author) || realm.publishers.includes(author)
    const counts = !bans.authors.has(author) && (isExempt || withinUses(value, used))
    const seat = isExempt || !counts ? undefined : seats++
    signatories.set(author, { author, time, pledged: value.pledged, isCurrent: value.terms === terms, seat, counts })
  }
  return signatories
}

function withinUses({ invite }: Acceptance, used: Map<string, number>): boolean {
  if (invite === undefined || !('bearer' in invite.to)) return true
  const { bearer, uses } = invite.to
  const count = (used.get(bearer) ?? 0) + 1
  used.set(bearer, count)
  return count <= uses
}

function isPrivileged(realm: Realm, author: string): boolean {
  return author === realm.owner || isModerator(realm, author)
}

/** Why this author may not publish in the realm; undefined when it may. Bans are `isBannedClaim`'s business. */
export function rightToPublish(state: MemberState, author: string): 'not-invited' | 'terms-not-accepted' | 'realm-full' | undefined {
  const { realm } = state.options
  if (isPrivileged(realm, author)) return undefined
  const isListed = realm.publishers.includes(author)
  if (realm.publish === 'listed' && !isListed) return 'not-invited'
  if (!needsAcceptance(realm)) return undefined
  const isInvited = realm.publish === 'invited'
  if (isInvited && isListed && realm.terms === '') return undefined
  // The order of all acceptances matters only where places are counted.
  const signatory = isInvited || realm.capacity > 0 ? signatoriesIn(state, false).get(author) : undefined
  if (isInvited && !isListed && signatory?.counts !== true) return 'not-invited'
  if (!hasAccepted(state, author)) return 'terms-not-accepted'
  if (realm.capacity === 0 || isListed) return undefined
  return signatory?.seat === undefined || signatory.seat >= realm.capacity ? 'realm-full' : undefined
}

function hasAccepted({ registry, options: { realm } }: MemberState, author: string): boolean {
  const statement = registry.at(statementKey({ kind: acceptanceKind.kind, signer: author, subject: new Uint8Array(0) }))
  return statement !== undefined && acceptanceKind.decode(statement)?.terms === termsDigest(realm)
}

/** Whether moderators have banned the claim's genotype, an ancestor of it with all its descendants, or its author. */
export function isBannedClaim(state: MemberState, claim: Pick<Claim, 'genotype' | 'parents' | 'author'>): boolean {
  const { genotypes, lineages, authors } = bansIn(state)
  return authors.has(claim.author) || genotypes.has(claim.genotype) || descendsFrom(state, claim, lineages)
}

/** What policy, moderators, its own author and who runs this member have against a claim that is otherwise good. */
export function faultByRule(state: MemberState, claim: Pick<Claim, 'genotype' | 'parents' | 'author' | 'device' | 'sequence'>): Refusal | undefined {
  if (state.shunned.has(claim.author)) return 'shunned'
  if (isRevoked(state.registry, claim)) return 'revoked'
  return isBannedClaim(state, claim) ? 'moderated' : rightToPublish(state, claim.author)
}

/** A claim held here, or one of our own was found: it says who its genotype descends from. */
export function noteLineage(state: MemberState, claim: Pick<Claim, 'genotype' | 'parents' | 'supersedes'>): void {
  const parents = parentsOf(state, claim)
  if (parents !== undefined) rememberParents(state, { genotype: claim.genotype, parents })
}

/** A claim was refused as `moderated`. */
export function noteRefused(state: MemberState, claim: Pick<Claim, 'author' | 'genotype' | 'parents'>): void {
  if (claim.parents.length > 0) rememberWord(state, claim)
}

/** Of a claim that follows an older one, which it leaves the ancestry to: those of that one, if it is here. */
function parentsOf(state: MemberState, claim: Pick<Claim, 'parents' | 'supersedes'>): readonly string[] | undefined {
  if (claim.supersedes === undefined) return claim.parents
  const origin = originOf(state, claim)
  const decoded = origin === undefined ? undefined : decodeClaim(origin)
  return decoded?.ok === true ? decoded.value.claim.parents : undefined
}

/** Everyone who has accepted the realm's terms, in the order in which they say they did. */
export function signatories(state: MemberState): readonly Signatory[] {
  return [...signatoriesIn(state, true).values()]
}

/** After policy, bans or acceptances changed: what may not be held any more goes, wherever it is on its way. */
export function enforce(turn: Turn): void {
  const { state, effects } = turn
  signatoriesIn(state, true)
  const isRefused = ({ claim }: { readonly claim: Claim }): boolean => {
    if (state.options.realm.tasks.includes(claim.task) && faultByRule(state, claim) === undefined) return false
    // Should the ban be lifted or the right come back, whoever still has it may bring it.
    leaveUndecided(state, claim)
    return true
  }
  state.isRuleDue = false
  const gone = [...state.niches].filter(([, entry]) => isRefused(entry))
  for (const [niche, entry] of gone) {
    state.niches.delete(niche)
    state.byGenotype.delete(entry.claim.genotype)
    state.root = undefined
    effects.push({ kind: 'drop', entry })
  }
  if (gone.length > 0) reconsider(state)
  const { immigration, publish, pulls, trials, displaced, storage, rescore } = state
  immigration.waiting = immigration.waiting.filter((entry) => !isRefused(entry))
  for (const [cid, { candidates, ticket }] of [...pulls.entries()]) {
    candidates.splice(0, candidates.length, ...candidates.filter((candidate) => !isRefused(candidate)))
    if (candidates.length > 0) continue
    pulls.delete(cid)
    if (ticket !== undefined) state.pullTickets.delete(ticket)
    answerParked(turn, cid, undefined)
  }
  for (const [cid, { candidates, ticket }] of [...trials.entries()]) {
    candidates.splice(0, candidates.length, ...candidates.filter((candidate) => !isRefused(candidate)))
    // One that is being measured stays: what it measures will concern nobody.
    if (candidates.length === 0 && ticket === undefined) trials.delete(cid)
  }
  const author = ownAuthor(state)
  for (const [niche, { cid, discovery }] of publish.waiting) {
    if (author !== undefined && isBannedClaim(state, { genotype: cid, parents: discovery.parents, author })) publish.waiting.delete(niche)
  }
  const isBanned = (cid: string): boolean => isBannedClaim(state, { genotype: cid, parents: [], author: '' })
  for (const [cid] of [...displaced.entries()]) {
    if (!isBanned(cid)) continue
    displaced.delete(cid)
    state.forgotten.add(cid)
  }
  for (const cid of [...storage.pinned.keys()]) if (isBanned(cid)) pin(turn, cid, false, undefined)
  for (const cid of [...rescore.bodies.keys()]) if (isBanned(cid)) rescore.bodies.delete(cid)
}

/** The lists of whoever runs this member, told to nobody: of some authors it will have nothing, of others all that it can hold. */
export function choose(turn: Turn, shunned: readonly string[], spared: readonly string[]): void {
  turn.state.shunned = new Set(shunned.slice(0, MAX_CHOSEN))
  turn.state.spared = new Set(spared.slice(0, MAX_CHOSEN))
  enforce(turn)
  // Those that were lifted may be brought again.
  reconsider(turn.state)
}

/** What was not better than an entry that is gone may be the best now: synchronising may bring again whatever is not held. */
export function reconsider(state: MemberState): void {
  const kept = new Set([...state.niches.values()].map(({ claim }) => headId(claim.id)))
  for (const [head] of [...state.seenHeads.entries()]) if (!kept.has(head)) state.seenHeads.delete(head)
}

function ownAuthor({ options: { identity } }: MemberState): string | undefined {
  return identity === undefined ? undefined : hexText(identity.owner)
}
