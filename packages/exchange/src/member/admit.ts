// The cheap stages of admission: size, decoding, version, signature, duplicates, replays, rates and bans. They end with
// the verdict, so gossip never waits for a body or an evaluation; what passes goes on to `pull.ts` and `trial.ts`.
//
// Only what the neighbour that handed it over could have known is its fault (`reject`); the rest is dropped (`ignore`).

import { admitSequence } from '../admission/sequence-window.ts'
import { isBanned } from '../admission/reputation.ts'
import type { Refusal } from '../admission/refusal.ts'
import { compareEntries } from '../archive/order.ts'
import { nicheName, nicheOf } from '../archive/niche.ts'
import type { Claim } from '../claim/claim.ts'
import { TIME_WINDOW_MS } from '../limits.ts'
import type { PeerId, Verdict } from '../ports.ts'
import { faultByRule, noteRefused } from './governance.ts'
import { looksLikeModelMessage } from '../models/message.ts'
import { receiveModelMessage } from './model.ts'
import { recordOf } from './neighbour-record.ts'
import { carry } from './carry.ts'
import { isFormer, renewed } from './outdated.ts'
import { addHolder, owesBodies, wantBody } from './pull.ts'
import { completeOrigins } from './rescore.ts'
import { isWanted } from './subscription.ts'
import { looksLikeStatement } from '../registry/statement-codec.ts'
import { receiveStatement } from './registry.ts'
import {
  authorOf, blameAuthor, countRefusal, forgetClaim, isDecided, leaveUndecided, newTicket, passed, rememberClaim, type Candidate, type MemberState,
  type Turn,
} from './state.ts'

/** A signature that is not checked by then is not waited for: the channel wants its verdict. */
const CHECK_TIMEOUT_MS = 4_000

/** Reasons for which a neighbour is to blame that hands it over. */
const blamed: ReadonlySet<Refusal> = new Set<Refusal>(['too-large', 'malformed', 'wrong-realm', 'bad-signature'])

/** Refused for now: by a rule of the channel alone, or by a policy that may change. */
const undecided: ReadonlySet<Refusal> = new Set<Refusal>(['replayed', 'too-many', 'not-invited', 'terms-not-accepted', 'realm-full'])

/** First look at a stranger's bytes, from the channel (with a `delivery` that wants a verdict) or from an answer. */
export function receive(turn: Turn, bytes: Uint8Array, via: PeerId, delivery: string | undefined): void {
  const { state, now } = turn
  state.counters.received++
  if (delivery !== undefined) {
    const { received } = recordOf(state, via)
    if (!received.has(now)) return refuse(turn, 'too-many', { via }, delivery)
    received.spend(now, bytes.length)
  }
  if (looksLikeStatement(bytes)) return receiveStatement(turn, bytes, via, delivery)
  if (delivery !== undefined && looksLikeModelMessage(bytes)) return receiveModelMessage(turn, bytes, via, delivery)
  passed(state, 'received')
  const source = delivery === undefined ? 'sync' : 'channel'
  const decoded = state.reading.decodeClaim(bytes)
  if (!decoded.ok) {
    if (decoded.reason === 'unknown-version' && decoded.sealed !== undefined && delivery !== undefined) {
      return carry(turn, decoded.sealed, 'unknown-version', via, delivery)
    }
    if (decoded.reason === 'unknown-version' && decoded.sealed !== undefined) rememberClaim(state, { id: decoded.sealed.id, genotype: '' })
    return refuse(turn, decoded.reason, { via }, delivery)
  }
  passed(state, 'decoded')
  const { claim, checks } = decoded.value
  const candidate: Candidate = { claim, envelope: state.reading.own(bytes), via, source }

  // The very same bytes: one hash, no signature check. Not for the first time, so their fate is no news either.
  if (state.seen.has(claim.id) && (source === 'channel' || isDecided(state, claim))) {
    addHolder(state, claim.genotype, via)
    return refuse(turn, 'duplicate', candidate, delivery)
  }
  passed(state, 'fresh')
  if (claim.realm !== state.realmId) return refuse(turn, 'wrong-realm', candidate, delivery)
  if (state.evaluators.get(claim.task) !== claim.evaluator && !isFormer(state, claim)) {
    const isOfRealm = state.options.realm.tasks.includes(claim.task)
    if (isOfRealm && delivery !== undefined) return carry(turn, { ...claim, checks }, 'unknown-task', via, delivery)
    return refuse(turn, 'unknown-task', candidate, delivery)
  }
  passed(state, 'ours')
  const { announcements, offers } = recordOf(state, via)
  if (!(source === 'channel' ? announcements : offers).take(now)) return refuse(turn, 'too-many', candidate, delivery)

  passed(state, 'checked')
  rememberClaim(state, claim)
  const ticket = newTicket(state)
  const displaced = state.checks.set(ticket, { candidate, delivery, since: now })
  if (displaced !== undefined) refuse(turn, 'too-many', displaced.value.candidate, displaced.value.delivery)
  turn.effects.push({ kind: 'check-signature', ticket, checks })
}

/** Second look, once the signatures are checked. */
export function signatureChecked(turn: Turn, ticket: number, valid: boolean): void {
  const { state } = turn
  const pending = state.checks.get(ticket)
  if (pending === undefined) return
  state.checks.delete(ticket)
  const { candidate, delivery } = pending
  if (!valid) return refuse(turn, 'bad-signature', candidate, delivery)
  passed(state, 'signed')
  const reason = faultOf(turn, candidate)
  if (reason !== undefined) {
    const known = state.known.get(candidate.claim.genotype)
    if (reason === 'not-reproduced') blameAuthor(turn, candidate.claim)
    if (undecided.has(reason)) leaveUndecided(state, candidate.claim)
    countRefusal(turn, reason, candidate, known?.ok === true ? known.fitness : undefined)
    return giveVerdict(turn, delivery, 'ignore')
  }
  if (delivery !== undefined && state.options.role === 'relay' && owesBodies(state, candidate.via)) {
    leaveUndecided(state, candidate.claim)
    return refuse(turn, 'too-many', candidate, delivery)
  }
  passed(state, 'promising')
  if (delivery !== undefined) state.counters.forwarded++
  giveVerdict(turn, delivery, 'forward')
  if (isWanted(state, candidate.claim)) return wantBody(turn, candidate)
  state.counters.filtered++
  leaveUndecided(state, candidate.claim)
}

/** Everything that can be told without the body: what is wrong with a claim that its signer did sign. */
function faultOf(turn: Turn, { claim, envelope, source }: Candidate): Refusal | undefined {
  const { state, now } = turn
  const author = authorOf(state, claim.author)
  if (source === 'channel') {
    // The clock first: a claim from the far future must not move its device's window.
    if (Math.abs(turn.wall - claim.time) > TIME_WINDOW_MS) return 'replayed'
    const window = admitSequence(state.sequences.get(claim.device), claim.sequence)
    if (window === undefined) return 'replayed'
    state.sequences.set(claim.device, window)
    if (!author.claims.take(now)) return 'too-many'
  }
  passed(state, 'timely')
  if (isBanned(author.reputation, now)) return 'banned'
  const byRule = faultByRule(state, claim)
  if (byRule === 'moderated') noteRefused(state, claim)
  if (byRule !== undefined) return byRule
  passed(state, 'allowed')
  const evaluator = state.evaluators.get(claim.task)!
  const isOld = claim.evaluator !== evaluator
  if (!isOld && claim.fitness < state.options.realm.threshold) return 'not-better'

  const known = state.known.get(claim.genotype)
  if (known === undefined) return isOld || claim.niche === undefined ? undefined : faultByNiche(state, claim, claim.niche)
  if (!known.ok) return known.reason
  if (!isOld && known.fitness !== claim.fitness) return 'not-reproduced'
  const ranked = { ...(isOld ? renewed(claim, evaluator, known.fitness) : { claim }), links: known.links }
  const holder = state.niches.get(nicheOf({ claim: ranked.claim, fingerprint: known.fingerprint, links: known.links }))
  if (holder === undefined || compareEntries(holder, ranked) > 0) return undefined
  if (isOld) completeOrigins(turn, claim, envelope)
  return 'not-better'
}

/** By what the claim says of its niche; if that is not so, measuring would have found it out, and it is the author's loss. */
function faultByNiche(state: MemberState, { task, evaluator, fitness }: Claim, niche: number): Refusal | undefined {
  const holder = state.niches.get(nicheName(task, evaluator, niche))
  return holder !== undefined && holder.claim.fitness > fitness ? 'not-better' : undefined
}

function refuse(
  turn: Turn,
  reason: Refusal,
  candidate: { readonly via: PeerId; readonly claim?: Claim },
  delivery: string | undefined,
): void {
  countRefusal(turn, reason, candidate)
  if (blamed.has(reason)) recordOf(turn.state, candidate.via).faults++
  giveVerdict(turn, delivery, blamed.has(reason) ? 'reject' : 'ignore')
}

function giveVerdict(turn: Turn, delivery: string | undefined, verdict: Verdict): void {
  if (delivery !== undefined) turn.effects.push({ kind: 'verdict', id: delivery, verdict })
}

/** Checks that nobody answered. */
export function expireChecks(turn: Turn): void {
  const { state, now } = turn
  for (const [ticket, { candidate, delivery, since }] of state.checks.entries()) {
    if (now - since < CHECK_TIMEOUT_MS) break
    state.checks.delete(ticket)
    forgetClaim(state, candidate.claim)
    refuse(turn, 'too-many', candidate, delivery)
  }
}
