// The fitness chart as plain data: axes, thinned points and a sentence that says what the picture shows.

import type { HistoryPoint, Snapshot } from '@megabrain/island'
import { count } from '../words/format.ts'
import { createAxis, createLogarithmicAxis, type Axis } from './axis.ts'

const MAX_POINTS = 300
/** The best fitness is more than this many times the first one. */
const LEAP = 100

/** The present has no mean yet: that is known once per generation. */
export interface FitnessPoint extends Omit<HistoryPoint, 'mean'> {
  readonly mean: number | undefined
}

export interface FitnessSeries {
  readonly points: readonly FitnessPoint[]
  readonly evaluations: Axis
  readonly fitness: Axis
}

/** Undefined before there are two points: a line needs both ends. */
export function fitnessSeries(history: readonly FitnessPoint[]): FitnessSeries | undefined {
  const points = thin(history)
  const [first, second] = points
  const last = points.at(-1)
  if (first === undefined || second === undefined || last === undefined) return undefined
  return {
    points,
    // The line fills the width: the last point is the edge, not the next round number.
    evaluations: edgeToEdge(first.evaluations, last.evaluations),
    fitness: fitnessAxis(points),
  }
}

export function describeSeries({ points }: FitnessSeries): string {
  const first = points[0]
  const last = points.at(-1)
  if (first === undefined || last === undefined) return 'No points yet.'
  const evaluations = count(last.evaluations - first.evaluations)
  return (
    `Best fitness here rose from ${count(first.best)} to ${count(last.best)} in ${evaluations} evaluations; ` +
    `the mean is ${count(lastMean(points) ?? 0)} and the best verified in the mesh ${count(last.meshBest)}.`
  )
}

export function lastMean(points: readonly FitnessPoint[]): number | undefined {
  return points.findLast((point) => point.mean !== undefined)?.mean
}

/** The recorded history and the present, so that the line always reaches the numbers shown beside it. */
export function upToNow(
  snapshot: Pick<Snapshot, 'history' | 'evaluations' | 'generation' | 'bestHere' | 'bestInMesh'>,
): readonly FitnessPoint[] {
  const { history, evaluations, generation, bestHere, bestInMesh } = snapshot
  const last = history.at(-1)
  if (last === undefined || last.evaluations >= evaluations) return history
  return [...history, { evaluations, generation, best: bestHere, mean: undefined, meshBest: bestInMesh }]
}

/** Every n-th point and always the last one. */
function thin(history: readonly FitnessPoint[]): readonly FitnessPoint[] {
  const stride = Math.ceil(history.length / MAX_POINTS)
  return history.filter((_, index) => index % stride === 0 || index === history.length - 1)
}

function edgeToEdge(low: number, high: number): Axis {
  const to = Math.max(high, low + 1)
  const axis = createAxis(low, to, 5)
  return { ...axis, from: low, to, ticks: axis.ticks.filter((tick) => tick >= low && tick <= to) }
}

/** Logarithmic where a leap would press everything before it to the ground, as when poles suddenly stay up. */
function fitnessAxis(points: readonly FitnessPoint[]): Axis {
  const values = points.flatMap((point) => [point.best, point.mean ?? point.best, point.meshBest])
  const [low, high] = [values.reduce((least, value) => Math.min(least, value)), values.reduce((most, value) => Math.max(most, value))]
  return high > Math.max(points[0]?.best ?? high, 1) * LEAP ? createLogarithmicAxis(low, high) : createAxis(low, high, 5)
}
