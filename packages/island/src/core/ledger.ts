// What an island remembers and shows of its life: log, history, adoptions, counters. Pure records and verbs; the host
// decides when something happened, `island-rows.ts` how it is stored.

import type { Claim, Refusal } from '@megabrain/exchange'
import { noWork } from '../donation/work-account.ts'
import type { WorkAccount } from '../donation/work-account.ts'
import type { Adoption, ChampionView, HistoryPoint, LogEntry } from '../snapshot.ts'

const MAX_LOG = 200
const MAX_ADOPTIONS = 200
/** When the history is full, every other point of it goes: a life of any length keeps its whole shape. */
const MAX_HISTORY = 400

/** Of one task. */
export interface TaskLedger {
  readonly champion: ChampionView | undefined
  readonly history: readonly HistoryPoint[]
  readonly evaluations: number
  readonly generation: number
  readonly species: number
  readonly solved: boolean
}

export interface Ledger {
  readonly log: readonly LogEntry[]
  readonly lastLogId: number
  readonly adoptions: readonly Adoption[]
  readonly lastAdoptionId: number
  readonly refusals: Readonly<Partial<Record<Refusal, number>>>
  readonly admitted: number
  readonly published: number
  readonly work: WorkAccount
  readonly tasks: ReadonlyMap<string, TaskLedger>
}

/** What happened, before it has a number and a time. */
export type Happening = LogEntry extends infer E ? (E extends LogEntry ? Omit<E, 'id' | 'time'> : never) : never

const emptyTask: TaskLedger = { champion: undefined, history: [], evaluations: 0, generation: 0, species: 0, solved: false }

export function createLedger(): Ledger {
  return { log: [], lastLogId: 0, adoptions: [], lastAdoptionId: 0, refusals: {}, admitted: 0, published: 0, work: noWork, tasks: new Map() }
}

export function taskLedger(ledger: Ledger, task: string): TaskLedger {
  return ledger.tasks.get(task) ?? emptyTask
}

export function changeTask(ledger: Ledger, task: string, changes: Partial<TaskLedger>): Ledger {
  return { ...ledger, tasks: new Map(ledger.tasks).set(task, { ...taskLedger(ledger, task), ...changes }) }
}

/** Logs `happening`. @param time milliseconds since 1970 */
export function logged(ledger: Ledger, happening: Happening, time: number): Ledger {
  const id = ledger.lastLogId + 1
  const entry = { ...happening, id, time } as LogEntry
  return { ...ledger, lastLogId: id, log: [...ledger.log, entry].slice(-MAX_LOG) }
}

/** Who came and who went. @param before, after transport by peer */
export function meetingsLogged(
  ledger: Ledger, before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>, time: number,
): Ledger {
  let next = ledger
  for (const [peer, transport] of after) if (!before.has(peer)) next = logged(next, { kind: 'neighbour-joined', peer, transport }, time)
  for (const [peer, transport] of before) if (!after.has(peer)) next = logged(next, { kind: 'neighbour-left', peer, transport }, time)
  return next
}

/** A stranger's champion came into the population: a new local entry whose parent is the stranger's. */
export function adopted(ledger: Ledger, claim: Claim, via: string, time: number): Ledger {
  const id = ledger.lastAdoptionId + 1
  const adoption: Adoption = { id, parent: claim.genotype, author: claim.author, fitness: claim.fitness, via, task: claim.task, time }
  const grown = { ...ledger, lastAdoptionId: id, adoptions: [...ledger.adoptions, adoption].slice(-MAX_ADOPTIONS) }
  return logged(grown, { kind: 'adopted', adoption }, time)
}

export function refused(ledger: Ledger, reason: Refusal): Ledger {
  return { ...ledger, refusals: { ...ledger.refusals, [reason]: (ledger.refusals[reason] ?? 0) + 1 } }
}

export function withHistoryPoint(ledger: Ledger, task: string, point: HistoryPoint): Ledger {
  const { history } = taskLedger(ledger, task)
  const kept = history.length < MAX_HISTORY ? history : history.filter((_, index) => index % 2 === 0)
  return changeTask(ledger, task, { history: [...kept, point] })
}

type Ranked = Pick<ChampionView, 'fitness' | 'links'>

/** Whether `a` takes the place of `b`: of equal ones the first that was seen stays, unless it is larger. */
export function isBetter(a: Ranked, b: Ranked): boolean {
  return a.fitness > b.fitness || (a.fitness === b.fitness && a.links < b.links)
}
