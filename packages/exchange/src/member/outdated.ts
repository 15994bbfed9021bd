// Entries and claims of earlier evaluator versions: what a new release finds in its archive and hears from members that
// have not changed yet. They keep their author and their claim; only what they are worth is measured anew.

import type { TaskId } from '@megabrain/evolve'
import { createBoundedMap, type BoundedMap } from '../admission/bounded-map.ts'
import { createTokenBucket, type TokenBucket } from '../admission/token-bucket.ts'
import { claimRowKey } from '../archive/archive-rows.ts'
import type { Entry } from '../archive/entry.ts'
import { headId } from '../archive/heads.ts'
import { compareEntries } from '../archive/order.ts'
import { decodeClaim, type Statement } from '../claim/claim-codec.ts'
import type { Claim } from '../claim/claim.ts'
import type { Ticket } from './events.ts'

/** An entry as it was stored, and where. */
export interface Outdated {
  readonly entry: Entry
  /** Key of its claim's row. */
  readonly row: string
  attempts: number
}

/** A claim of ours that waits for its signature. */
export interface Renewal {
  readonly outdated: Outdated
  readonly statement: Statement
  readonly fingerprint: number
  readonly origin: Uint8Array
}

export interface RescoreState {
  /** Task → its earlier evaluator versions: as the release knows them and as the archive has them. */
  readonly former: Map<TaskId, Set<string>>
  /** Heads asked for because a neighbour holds them under the present version: their claims may be of any earlier one. */
  readonly asked: BoundedMap<string, true>
  /** To be measured, the best first. */
  waiting: Outdated[]
  /** Theirs, by CID: members that have not changed still ask for them. */
  readonly bodies: Map<string, Uint8Array>
  ticket: Ticket | undefined
  readonly signing: Map<Ticket, Renewal>
  /** Envelopes of claims of earlier versions, by id: whoever supersedes one keeps it as its origin. */
  readonly origins: BoundedMap<string, Uint8Array>
  readonly bucket: TokenBucket
}

/** As many as two earlier versions of one task have niches. */
export const MAX_OUTDATED = 512
/** Measurements of the own past: a trickle beside the present. */
const BURST = 2
const PER_SECOND = 1

export function createRescore(former: Readonly<Record<TaskId, readonly string[]>>): RescoreState {
  return {
    former: new Map(Object.entries(former).map(([task, evaluators]) => [task, new Set(evaluators)])),
    asked: createBoundedMap(MAX_OUTDATED),
    waiting: [],
    bodies: new Map(),
    ticket: undefined,
    signing: new Map(),
    origins: createBoundedMap(MAX_OUTDATED),
    bucket: createTokenBucket(BURST, PER_SECOND),
  }
}

interface Versions {
  readonly evaluators: ReadonlyMap<TaskId, string>
  readonly rescore: RescoreState
}

/** Whether a claim is of an earlier version of a task that can be run here. */
export function isFormer({ evaluators, rescore }: Versions, { id, task, evaluator }: Pick<Claim, 'id' | 'task' | 'evaluator'>): boolean {
  const current = evaluators.get(task)
  if (current === undefined || current === evaluator) return false
  return isFormerVersion({ rescore }, task, evaluator) || rescore.asked.has(headId(id))
}

export function isFormerVersion({ rescore }: Pick<Versions, 'rescore'>, task: TaskId, evaluator: string): boolean {
  return rescore.former.get(task)?.has(evaluator) === true
}

/** The claim as it stands under the present version: what it is about and by whom, with the fitness that was measured here. */
export function renewed(claim: Claim, evaluator: string, fitness: number): Pick<Entry, 'claim' | 'former'> {
  return { claim: { ...claim, evaluator, fitness }, former: { evaluator: claim.evaluator, fitness: claim.fitness } }
}

/** A stored entry of another version than the present one waits until it is measured. */
export function rememberOutdated({ evaluators, rescore }: Versions, entry: Entry): void {
  const { task } = entry.claim
  // The claim as its author signed it: it may have been measured anew before, under a version that is former by now.
  const signed = decodeClaim(entry.envelope)
  if (!signed.ok) return
  const { claim } = signed.value
  rescore.former.set(task, (rescore.former.get(task) ?? new Set()).add(claim.evaluator).add(entry.claim.evaluator))
  rescore.origins.set(claim.id, entry.envelope)
  if (entry.origin !== undefined && claim.supersedes !== undefined) rescore.origins.set(claim.supersedes, entry.origin)
  if (entry.body.length === 0) return
  if (rescore.bodies.size < MAX_OUTDATED) rescore.bodies.set(claim.genotype, entry.body)
  const row = claimRowKey(entry)
  rescore.waiting.push({ entry: firstOf(entry, evaluators.get(task)) ?? { ...entry, claim, former: undefined }, row, attempts: 0 })
  rescore.waiting.sort((a, b) => compareEntries(a.entry, b.entry)).splice(MAX_OUTDATED)
}

/** A release was taken back: the claim that was superseded is of the present version again. */
function firstOf(entry: Entry, present: string | undefined): Entry | undefined {
  const origin = entry.origin === undefined ? undefined : decodeClaim(entry.origin)
  if (origin?.ok !== true || origin.value.claim.evaluator !== present) return undefined
  return { ...entry, claim: origin.value.claim, envelope: entry.origin!, origin: undefined, former: undefined }
}
