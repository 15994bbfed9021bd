// A member as donor: evaluates genotypes for neighbours who ask, within what its own evaluator has to spare. Nothing here
// enters an archive: the asker gets figures, and what they are worth is the asker's to sample.

import type { PeerId } from '../ports.ts'
import type { Measurement, Ticket } from '../member/events.ts'
import { respond } from '../member/park.ts'
import { countRefusal, newTicket, type MemberState, type Turn } from '../member/state.ts'
import type { UnitResult, WorkUnit } from './work-unit.ts'

interface OpenUnit {
  readonly from: PeerId
  readonly unit: WorkUnit
  /** By the place of the genotype; undefined while it is not measured. */
  readonly results: (UnitResult | undefined)[]
  /** Genotypes that were handed to the evaluator. */
  begun: number
  done: number
  readonly until: number
}

export interface UnitTraffic {
  /** By the ticket of the request; at most `MAX_OPEN_UNITS`. */
  readonly open: Map<number, OpenUnit>
  /** Measurements on their way; at most `MAX_MEASURING`. */
  readonly measuring: Map<Ticket, { readonly unit: number; readonly place: number }>
  /** What one of them takes, ms: the mean, weighted to the last. */
  paceMs: number
}

/** Units that wait or are being evaluated, of everybody and of one neighbour: two keep a donor busy while answers travel. */
export const MAX_OPEN_UNITS = 8
const MAX_UNITS_PER_NEIGHBOUR = 2
export const MAX_MEASURING = 64
/** Claims of strangers wait in the evaluator's queue behind about so much of this, ms. */
const QUEUE_MS = 200
const LEAST_MEASURING = 2
const FIRST_PACE_MS = 10

export function createUnitTraffic(): UnitTraffic {
  return { open: new Map(), measuring: new Map(), paceMs: FIRST_PACE_MS }
}

export function serveUnit(turn: Turn, ticket: number, from: PeerId, unit: WorkUnit): void {
  const { state, now } = turn
  const { open } = state.units
  const refuse = (reason: 'unknown-task' | 'too-many'): void => {
    countRefusal(turn, reason, { via: from })
    respond(turn, ticket, undefined)
  }
  if (state.evaluators.get(unit.task) !== unit.evaluator) return refuse('unknown-task')
  // A relay's evaluator is for what its members announce.
  const isWilling = state.options.role === 'island' && state.options.evaluatesForOthers === true && !state.isThrifty
  const ofNeighbour = [...open.values()].filter((other) => other.from === from).length
  if (!isWilling || open.size >= MAX_OPEN_UNITS || ofNeighbour >= MAX_UNITS_PER_NEIGHBOUR) return refuse('too-many')
  const results = unit.bodies.map(() => undefined)
  open.set(ticket, { from, unit, results, begun: 0, done: 0, until: now + unit.deadlineMs })
  measureNext(turn)
}

function measureNext({ state, effects }: Turn): void {
  const { open, measuring, paceMs } = state.units
  const most = Math.min(MAX_MEASURING, Math.max(LEAST_MEASURING, Math.floor(QUEUE_MS / paceMs)))
  for (const [ticket, unit] of open) {
    for (; unit.begun < unit.unit.bodies.length; unit.begun++) {
      if (measuring.size >= most) return
      const own = newTicket(state)
      measuring.set(own, { unit: ticket, place: unit.begun })
      const { task, bodies } = unit.unit
      effects.push({ kind: 'measure', ticket: own, task, body: bodies[unit.begun]!, maxCost: state.options.realm.limits.maxCost })
    }
  }
}

/** @returns whether the ticket was ours */
export function unitMeasured(turn: Turn, ticket: Ticket, measurement: Measurement): boolean {
  const { units, counters } = turn.state
  const pending = units.measuring.get(ticket)
  if (pending === undefined) return false
  units.measuring.delete(ticket)
  if (measurement.tookMs !== undefined) units.paceMs = 0.9 * units.paceMs + 0.1 * measurement.tookMs
  const unit = units.open.get(pending.unit)
  if (unit !== undefined) {
    const { ok } = measurement
    unit.results[pending.place] = ok ? { ok, fitness: measurement.fitness, fingerprint: measurement.fingerprint } : { ok, reason: measurement.reason }
    counters.evaluatedForOthers++
    if (++unit.done === unit.results.length) {
      units.open.delete(pending.unit)
      respond(turn, pending.unit, { kind: 'evaluate', results: unit.results as UnitResult[] })
    }
  }
  measureNext(turn)
  return true
}

/** Whose asker waits no longer. */
export function expireUnits(turn: Turn): void {
  const { open } = turn.state.units
  for (const [ticket, { until }] of open) {
    if (turn.now < until) continue
    open.delete(ticket)
    respond(turn, ticket, undefined)
  }
  measureNext(turn)
}

/** What may not grow without bound. */
export function unitSizes({ units }: Pick<MemberState, 'units'>): readonly (readonly [name: string, size: number, most: number])[] {
  return [['work units', units.open.size, MAX_OPEN_UNITS], ['evaluations for others', units.measuring.size, MAX_MEASURING]]
}
