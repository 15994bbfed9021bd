// Work orders of others: genotypes that somebody wants measured here. Nothing of them enters the archive or the population,
// and each neighbour has only so much of our time.

import { cidOf } from '@megabrain/evolve'
import type { PeerId } from '../ports.ts'
import type { WorkOrder } from '../wire/work-order.ts'
import type { Measurement, Ticket } from './events.ts'
import { recordOf } from './neighbour-record.ts'
import { respond } from './park.ts'
import { newTicket, type Turn } from './state.ts'

interface OpenOrder {
  /** Of the request. */
  readonly ticket: number
  readonly from: PeerId
  readonly fitness: (number | undefined)[]
  left: number
  readonly by: number
}

export interface WorkOrders {
  /** By request. */
  readonly open: Map<number, OpenOrder>
  /** By measurement under way. */
  readonly units: Map<Ticket, { readonly order: OpenOrder; readonly index: number; readonly cid: string }>
}

/** Orders at a time, of all neighbours: at most `MAX_UNITS` evaluations each wait for the worker. */
export const MAX_ORDERS = 16
/** Charged for an evaluation whose driver does not say what it took, ms. */
const USUAL_MS = 10
/** So that the answer arrives before the asker stops waiting, ms. */
const MARGIN_MS = 500

export function createWorkOrders(): WorkOrders {
  return { open: new Map(), units: new Map() }
}

export function takeWork(turn: Turn, ticket: number, from: PeerId, order: WorkOrder): void {
  const { state, now, effects } = turn
  const { orders, options, evaluators } = state
  const { maxBodyBytes, maxCost } = options.realm.limits
  const isOurs = options.role === 'island' && evaluators.get(order.task) === order.evaluator
  if (!isOurs || orders.open.size >= MAX_ORDERS || !recordOf(state, from).work.has(now)) return respond(turn, ticket, undefined)
  const { bodies, deadlineMs } = order
  const open: OpenOrder = { ticket, from, fitness: bodies.map(() => undefined), left: 0, by: now + deadlineMs - MARGIN_MS }
  for (const [index, body] of bodies.entries()) {
    const cid = cidOf(body)
    const known = state.known.get(cid)
    if (known?.ok === true) open.fitness[index] = known.fitness
    if (known !== undefined || body.length > maxBodyBytes) continue
    const unit = newTicket(state)
    orders.units.set(unit, { order: open, index, cid })
    open.left++
    effects.push({ kind: 'measure', ticket: unit, task: order.task, body, maxCost })
  }
  if (open.left === 0) return respond(turn, ticket, { kind: 'evaluate', fitness: open.fitness })
  orders.open.set(ticket, open)
}

/** @returns whether the ticket was ours */
export function workMeasured(turn: Turn, ticket: Ticket, measurement: Measurement): boolean {
  const { state, now } = turn
  const unit = state.orders.units.get(ticket)
  if (unit === undefined) return false
  state.orders.units.delete(ticket)
  const { order, index } = unit
  recordOf(state, order.from).work.spend(now, measurement.tookMs ?? USUAL_MS)
  if (measurement.ok) order.fitness[index] = measurement.fitness
  order.left--
  if (order.left === 0) finish(turn, order)
  return true
}

export function workOnHeartbeat(turn: Turn): void {
  for (const order of turn.state.orders.open.values()) if (turn.now >= order.by) finish(turn, order)
}

/** Once: what is measured later is measured for nobody. */
function finish(turn: Turn, { ticket, fitness }: OpenOrder): void {
  if (turn.state.orders.open.delete(ticket)) respond(turn, ticket, { kind: 'evaluate', fitness: [...fitness] })
}
