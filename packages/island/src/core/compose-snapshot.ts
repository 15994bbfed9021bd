// Turns what the host holds into the plain picture that a page draws.

import type { CreditView, ExperimentView, FeedEntry, GovernanceView, MachinesView, Phase, Reason, RealmView, Settings, Snapshot } from '../snapshot.ts'
import type { ModelView } from '@megabrain/exchange'
import { noWork } from '../donation/work-account.ts'
import { readMeter } from './duty-meter.ts'
import type { DutyMeter } from './duty-meter.ts'
import { createLedger, taskLedger } from './ledger.ts'
import type { Ledger } from './ledger.ts'
import { defaultSettings } from './settings.ts'

export interface HostState {
  readonly ledger: Ledger
  readonly settings: Settings
  readonly phase: Phase
  readonly reason: Reason | undefined
  readonly until: number | undefined
  readonly share: number
  readonly detail: string | undefined
  /** Result of the self-test; undefined until the worker has run it. */
  readonly conformant: boolean | undefined
  readonly meter: DutyMeter
  readonly experiment: ExperimentView | undefined
  readonly evaluationsSinceMesh: number
}

interface Surroundings {
  readonly now: number
  readonly author: Uint8Array
  readonly meshBest: number
  readonly archived: number
  readonly realm: Pick<RealmView, 'id' | 'name' | 'tasks'>
  readonly neighbours: number
  readonly feed: readonly FeedEntry[]
  readonly governance: GovernanceView | undefined
  readonly credit: CreditView | undefined
  readonly machines: MachinesView | undefined
  readonly model?: ModelView | undefined
}

export function composeSnapshot(state: HostState, surroundings: Surroundings): Snapshot {
  const { now, author, meshBest, archived, realm, neighbours, feed, governance, credit, machines, model } = surroundings
  const { ledger, settings } = state
  const task = taskLedger(ledger, settings.task)
  const bestHere = task.champion?.fitness ?? 0
  const bestInMesh = Math.max(meshBest, bestHere)
  return {
    realm: realm.id,
    realms: [{ ...realm, task: settings.task, bestInMesh, archived, neighbours }],
    phase: state.phase,
    reason: state.phase === 'running' && state.conformant === false ? 'not-conformant' : state.reason,
    until: state.until,
    share: state.share,
    detail: state.detail,
    watching: false,
    settings,
    generation: task.generation,
    evaluations: task.evaluations,
    evaluationsSinceMesh: state.evaluationsSinceMesh,
    ...readMeter(state.meter, now, settings.workers),
    work: ledger.work,
    species: task.species,
    champion: task.champion,
    bestHere,
    bestInMesh,
    history: task.history,
    feed,
    governance,
    credit,
    experiment: state.experiment,
    adoptions: ledger.adoptions,
    log: ledger.log,
    refusals: ledger.refusals,
    admitted: ledger.admitted,
    published: ledger.published,
    archived,
    author: hexOf(author),
    machines,
    ...(model === undefined ? {} : { model }),
  }
}

/** Before the first start: nothing was read, nothing runs. */
export function idleSnapshot(): Snapshot {
  return {
    realm: undefined, realms: [], phase: 'idle', reason: 'not-started', until: undefined, share: 0, detail: undefined, watching: false, settings: defaultSettings,
    generation: 0, evaluations: 0, evaluationsSinceMesh: 0,
    evaluationsPerSecond: 0, dutyPercent: 0, work: noWork, species: 0, champion: undefined, bestHere: 0, bestInMesh: 0, history: [], feed: [], governance: undefined, credit: undefined,
    experiment: undefined, adoptions: [],
    log: createLedger().log, refusals: {}, admitted: 0, published: 0, archived: 0, author: undefined,
    machines: undefined,
  }
}

/** Lower-case. */
export function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
