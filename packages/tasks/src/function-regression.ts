// Drawing a curve: y = 0.5 + 0.4 · sin(2πx) on 0 ≤ x ≤ 1, one whole wave, from a few points. The measure is the share of
// variance left unexplained, as in regression everywhere (coefficient of determination, Wright 1921).

import { sin } from '@megabrain/evolve'
import type { Evaluation, Network, Task } from '@megabrain/evolve'
import { areFinite } from './world.ts'

const TWO_PI = 6.283185307179586
const POINTS = 33
/** The mean of the curve over a whole wave. */
const MEAN = 0.5
const SOLVED = 0.995

const curve = (x: number): number => MEAN + 0.4 * sin(TWO_PI * x)

/** R², 1 for the curve itself, 0 for its mean, unbounded below; NaN for an output that is not finite. */
function explained(network: Network, points: readonly number[]): number {
  const inputs = new Float64Array(2)
  inputs[0] = 1
  let missed = 0
  let all = 0
  for (const x of points) {
    inputs[1] = x
    network.reset()
    const outputs = network.activate(inputs)
    if (!areFinite(outputs)) return NaN
    const y = curve(x)
    missed += (outputs[0]! - y) * (outputs[0]! - y)
    all += (y - MEAN) * (y - MEAN)
  }
  return 1 - missed / all
}

const publicPoints = Array.from({ length: POINTS }, (_, i) => i / (POINTS - 1))
/** Between the public ones, so that a curve that only touches those is found out. */
const championPoints = Array.from({ length: POINTS - 1 }, (_, i) => (i + 0.5) / (POINTS - 1))

function evaluate(network: Network): Evaluation {
  const score = explained(network, publicPoints)
  // NaN, or a sum of squares that overflowed.
  if (!(score > -1e300)) return { fitness: 0, score: -1e300, steps: POINTS }
  return { fitness: Math.floor(1_000_000 / (2 - score)), score, steps: POINTS }
}

export const functionRegression: Task = {
  id: 'function-regression',
  version: 1,
  inputs: 2,
  outputs: 1,
  inputLabels: ['bias', 'x'],
  outputLabels: ['y'],
  goal: 'Draw one whole sine wave: 99.5 % of its variance, between the given points too.',
  deterministic: true,
  updateRule: { kind: 'ordered' },
  maxActivations: POINTS,
  evaluate,
  solved: (network, evaluation) => evaluation.score >= SOLVED && explained(network, championPoints) >= SOLVED,
}
