// Drawing a curve: y = 0.5 + 0.4 · sin(2πx) on 0 ≤ x ≤ 1, one whole wave, from a few points. The measure is the share of
// variance left unexplained, as in regression everywhere (coefficient of determination, Wright 1921).

import { answersOf, createQuestions, sin } from '@megabrain/evolve'
import type { Evaluation, Network, Questions, Task } from '@megabrain/evolve'
import { areFinite } from './world.ts'

const TWO_PI = 6.283185307179586
const POINTS = 33
/** The mean of the curve over a whole wave. */
const MEAN = 0.5
const SOLVED = 0.995

const curve = (x: number): number => MEAN + 0.4 * sin(TWO_PI * x)

interface Sheet {
  readonly questions: Questions
  readonly values: readonly number[]
}

function sheetOf(points: readonly number[]): Sheet {
  return { questions: createQuestions(points.map((x) => [1, x])), values: points.map(curve) }
}

const publicSheet = sheetOf(Array.from({ length: POINTS }, (_, i) => i / (POINTS - 1)))
/** Between the public points, so that a curve that only touches those is found out. */
const championSheet = sheetOf(Array.from({ length: POINTS - 1 }, (_, i) => (i + 0.5) / (POINTS - 1)))

/** R², 1 for the curve itself, 0 for its mean, unbounded below; NaN for an output that is not finite. */
function explained(network: Network, { questions, values }: Sheet): number {
  const answers = answersOf(network, questions)
  let missed = 0
  let all = 0
  values.forEach((y, i) => {
    missed += (answers[i]! - y) * (answers[i]! - y)
    all += (y - MEAN) * (y - MEAN)
  })
  return areFinite(answers) ? 1 - missed / all : NaN
}

function evaluate(network: Network): Evaluation {
  const score = explained(network, publicSheet)
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
  solved: (network, evaluation) => evaluation.score >= SOLVED && explained(network, championSheet) >= SOLVED,
}
