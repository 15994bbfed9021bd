// The retina that rewards modules: eight pixels, an object on the left or not, an object on the right or not. The two
// halves have nothing to do with each other, and an answer that listens to the wrong half loses points even where it is
// right. Objects as in Kashtan & Alon 2005, PNAS 102(39), and Clune, Mouret & Lipson 2013, Proc. R. Soc. B 280.

import { answersOf, createQuestions } from '@megabrain/evolve'
import type { Evaluation, Network, Task } from '@megabrain/evolve'
import { areFinite, within } from './world.ts'

const HALVES = 16
const PATTERNS = HALVES * HALVES
const INPUTS = 9
/** Share of the score that goes to answers which ignore the other half. */
const MODULE_SHARE = 0.25

/**
 * Whether four pixels are an object: three or more, or one or two that are all in the outer column.
 * @param half bits 0 and 1 are the outer column, bits 2 and 3 the inner one
 */
export function isObject(half: number): boolean {
  const outer = (half & 1) + ((half >> 1) & 1)
  const inner = ((half >> 2) & 1) + ((half >> 3) & 1)
  return outer + inner >= 3 || (inner === 0 && outer > 0)
}

const targets = Uint8Array.from({ length: HALVES }, (_, half) => (isObject(half) ? 1 : 0))

const questions = createQuestions(Array.from({ length: PATTERNS }, (_, picture) =>
  [1, ...Array.from({ length: 8 }, (__, pixel) => (((picture >> pixel) & 1) === 1 ? 1 : -1))]))

/** Outputs for all 256 pictures, from 0 to 1: left answers first, then right ones; undefined when one is not finite. */
function answerAll(network: Network): Float64Array | undefined {
  const answers = answersOf(network, questions)
  if (!areFinite(answers)) return undefined
  for (let i = 0; i < answers.length; i++) answers[i] = within(0, 1, answers[i]!)
  return answers
}

/** Low four bits are the left half, high four the right one. */
const pictureOf = (left: number, right: number): number => left + HALVES * right

/** How far the answers of one side move, 0 to 1, when only the other half changes; mean over its own half. */
function crosstalk(answers: Float64Array, side: 0 | 1): number {
  let sum = 0
  for (let own = 0; own < HALVES; own++) {
    let least = 1
    let most = 0
    for (let other = 0; other < HALVES; other++) {
      const answer = answers[side * PATTERNS + (side === 0 ? pictureOf(own, other) : pictureOf(other, own))]!
      if (answer < least) least = answer
      if (answer > most) most = answer
    }
    sum += (most - least) / HALVES
  }
  return sum
}

interface Judged {
  /** 1 − mean squared error over both sides. */
  readonly accuracy: number
  /** 1 when no answer depends on the other half. */
  readonly modularity: number
  /** Answers on the right side of 0.5, of 512. */
  readonly right: number
}

function judge(answers: Float64Array): Judged {
  let squares = 0
  let right = 0
  for (let picture = 0; picture < PATTERNS; picture++) {
    for (let side = 0; side < 2; side++) {
      const target = targets[side === 0 ? picture & 15 : picture >> 4]!
      const answer = answers[side * PATTERNS + picture]!
      squares += (answer - target) * (answer - target)
      right += (answer >= 0.5) === (target === 1) ? 1 : 0
    }
  }
  return {
    accuracy: 1 - squares / (2 * PATTERNS),
    modularity: 1 - (crosstalk(answers, 0) + crosstalk(answers, 1)) / 2,
    right,
  }
}

function evaluate(network: Network): Evaluation {
  const answers = answerAll(network)
  if (answers === undefined) return { fitness: 0, score: 0, steps: PATTERNS, behaviour: [0, 0] }
  const { accuracy, modularity } = judge(answers)
  // Modules that answer nothing are worth nothing: the bonus grows with what accuracy is above a coin's.
  const score = (1 - MODULE_SHARE) * accuracy + MODULE_SHARE * modularity * within(0, 1, (accuracy - 0.75) / 0.25)
  return { fitness: Math.floor(score * 1_000_000), score, steps: PATTERNS, behaviour: [accuracy, within(0, 1, modularity)] }
}

function isSolved(network: Network): boolean {
  const answers = answerAll(network)
  return answers !== undefined && judge(answers).right === 2 * PATTERNS
}

export const retina: Task = {
  id: 'retina',
  version: 1,
  inputs: INPUTS,
  outputs: 2,
  inputLabels: [
    'bias', 'left outer top', 'left outer bottom', 'left inner top', 'left inner bottom',
    'right outer top', 'right outer bottom', 'right inner top', 'right inner bottom',
  ],
  outputLabels: ['left object', 'right object'],
  goal: 'Say for all 256 pictures whether there is an object on the left and whether there is one on the right.',
  behaviours: ['accuracy', 'modularity'],
  deterministic: true,
  updateRule: { kind: 'ordered' },
  maxActivations: PATTERNS,
  evaluate,
  solved: isSolved,
}
