// Notices what does not look like evolution: leaps of fitness, explosions of size, bursts of claims, waves of refusals. A state machine
// over what a member has verified, for people's eyes; it decides nothing, since each of these also has innocent causes.

import type { TaskId } from '@megabrain/evolve'
import type { Refusal } from '../admission/refusal.ts'

export const anomalyKinds = ['fitness-jump', 'size-explosion', 'burst', 'refusals'] as const
export type AnomalyKind = (typeof anomalyKinds)[number]

export type Observation =
  /** A claim held. @property links of its network */
  | { readonly kind: 'admitted'; readonly task: TaskId; readonly fitness: number; readonly links: number }
  | { readonly kind: 'refused'; readonly reason: Refusal }

export interface Anomaly {
  readonly kind: AnomalyKind
  /** For what concerns one task. */
  readonly task: TaskId | undefined
  /** What was seen, and what is usual: fitness gained, links, claims a minute, or grave refusals a minute. */
  readonly seen: number
  readonly usual: number
}

/** Of one realm. Plain data. */
export interface AnomalyState {
  readonly tasks: Readonly<Record<TaskId, TaskRecord>>
  readonly window: Window
  /** Claims in a usual minute; undefined before the first whole one. */
  readonly usualClaims: number | undefined
  /** When each was told last, ms, by kind and task. */
  readonly told: Readonly<Record<string, number>>
}

interface TaskRecord {
  readonly claims: number
  readonly best: number
  readonly gains: number
  readonly meanGain: number
  readonly meanLinks: number
}

interface Window {
  readonly since: number
  readonly admitted: number
  readonly grave: number
}

/** Lies or broken programs: what never happens by itself. */
const grave: ReadonlySet<Refusal> = new Set<Refusal>([
  'malformed', 'bad-signature', 'wrong-content', 'wrong-realm', 'over-limits', 'too-expensive', 'not-reproduced', 'too-large', 'banned',
])
const MINUTE_MS = 60_000
/** The same thing is told once in this while, ms. */
const QUIET_MS = 300_000
/** As many as a realm has at most; more are not watched. */
const MAX_TASKS = 16
/** What the newest weighs in a mean. */
const WEIGHT = 1 / 8
/** What is strange becomes usual only if it goes on. */
const STRANGE_WEIGHT = 1 / 64
/** Improvements and claims of a task before its means mean anything. */
const KNOWN_GAINS = 8
const KNOWN_CLAIMS = 16
const JUMP = { times: 10, least: 50_000 }
const EXPLOSION = { times: 4, least: 64 }
const BURST = { times: 5, least: 60 }
const REFUSALS = { least: 20 }

export const nothingSeen: AnomalyState = { tasks: {}, window: { since: 0, admitted: 0, grave: 0 }, usualClaims: undefined, told: {} }

/** @param now ms of a clock that does not go back; if it does, nothing is told for a while */
export function stepAnomaly(state: AnomalyState, observation: Observation, now: number): { readonly state: AnomalyState; readonly alarms: readonly Anomaly[] } {
  const rolled = roll(state, now)
  const { state: next, found } = observation.kind === 'admitted' ? admitted(rolled, observation) : refused(rolled, observation.reason)
  const alarms = found.filter(({ kind, task }) => now - (state.told[`${kind} ${task}`] ?? -Infinity) >= QUIET_MS)
  if (alarms.length === 0) return { state: next, alarms }
  return { state: { ...next, told: { ...next.told, ...Object.fromEntries(alarms.map(({ kind, task }) => [`${kind} ${task}`, now])) } }, alarms }
}

type Step = { readonly state: AnomalyState; readonly found: readonly Anomaly[] }

function admitted(state: AnomalyState, { task, fitness, links }: Observation & { readonly kind: 'admitted' }): Step {
  const window = { ...state.window, admitted: state.window.admitted + 1 }
  const found: Anomaly[] = []
  const usual = state.usualClaims
  if (usual !== undefined && window.admitted >= Math.max(BURST.least, usual * BURST.times)) found.push({ kind: 'burst', task: undefined, seen: window.admitted, usual })
  const before = Object.hasOwn(state.tasks, task) ? state.tasks[task] : undefined
  if (before === undefined && Object.keys(state.tasks).length >= MAX_TASKS) return { state: { ...state, window }, found }
  const { claims, best, gains, meanGain, meanLinks } = before ?? { claims: 0, best: fitness, gains: 0, meanGain: 0, meanLinks: links }
  const gain = Math.max(0, fitness - best)
  if (gains >= KNOWN_GAINS && gain >= Math.max(JUMP.least, meanGain * JUMP.times)) found.push({ kind: 'fitness-jump', task, seen: gain, usual: meanGain })
  const isHuge = claims >= KNOWN_CLAIMS && links >= meanLinks * EXPLOSION.times && links - meanLinks >= EXPLOSION.least
  if (isHuge) found.push({ kind: 'size-explosion', task, seen: links, usual: meanLinks })
  const record: TaskRecord = {
    claims: claims + 1,
    best: Math.max(best, fitness),
    gains: gains + (gain > 0 ? 1 : 0),
    meanGain: gain === 0 ? meanGain : gains === 0 ? gain : mean(meanGain, gain),
    meanLinks: isHuge ? mean(meanLinks, meanLinks * EXPLOSION.times, STRANGE_WEIGHT) : mean(meanLinks, links),
  }
  return { state: { ...state, window, tasks: { ...state.tasks, [task]: record } }, found }
}

function refused(state: AnomalyState, reason: Refusal): Step {
  if (!grave.has(reason)) return { state, found: [] }
  const window = { ...state.window, grave: state.window.grave + 1 }
  const isWave = window.grave >= REFUSALS.least && window.grave > window.admitted
  return { state: { ...state, window }, found: isWave ? [{ kind: 'refusals', task: undefined, seen: window.grave, usual: window.admitted }] : [] }
}

/** Begins a new minute when the last one is over. What passed without an observation was quiet. */
function roll(state: AnomalyState, now: number): AnomalyState {
  const { window, usualClaims } = state
  const elapsed = now - window.since
  if (elapsed >= 0 && elapsed < MINUTE_MS) return state
  const isFirst = window.since === 0 && window.admitted === 0 && window.grave === 0
  const fresh = { since: now, admitted: 0, grave: 0 }
  if (isFirst || elapsed < 0) return { ...state, window: fresh }
  const perMinute = (window.admitted * MINUTE_MS) / elapsed
  return { ...state, window: fresh, usualClaims: usualClaims === undefined ? perMinute : mean(usualClaims, perMinute) }
}

function mean(before: number, value: number, weight: number = WEIGHT): number {
  return before + (value - before) * weight
}
