// The 11-multiplexer: three address bits choose which of eight data bits is the answer, for all 2,048 inputs. No linear
// rule and no small set of inputs gives it away. Koza 1992, "Genetic Programming", section 7.4.

import { answersOf, createQuestions } from '@megabrain/evolve'
import type { Evaluation, Network, Task } from '@megabrain/evolve'
import { areFinite } from './world.ts'

const ADDRESS_BITS = 3
const DATA_BITS = 8
const BITS = ADDRESS_BITS + DATA_BITS
const PATTERNS = 2_048

/** Bit i of a pattern: 0 to 2 the address, most significant first, then the data. */
const bitOf = (pattern: number, i: number): number => (pattern >> (BITS - 1 - i)) & 1

/** What the chosen data bit is. */
function targetOf(pattern: number): number {
  return bitOf(pattern, ADDRESS_BITS + (pattern >> DATA_BITS))
}

const questions = createQuestions(Array.from({ length: PATTERNS }, (_, pattern) =>
  [1, ...Array.from({ length: BITS }, (__, i) => bitOf(pattern, i))]))
const targets = Uint8Array.from({ length: PATTERNS }, (_, pattern) => targetOf(pattern))

/** Score: the sum of 1 − error² over the patterns, where an error of more than 1 counts as 1. */
function evaluate(network: Network): Evaluation {
  const answers = answersOf(network, questions)
  if (!areFinite(answers)) return { fitness: 0, score: 0, steps: PATTERNS }
  let score = 0
  for (let pattern = 0; pattern < PATTERNS; pattern++) {
    const error = Math.min(1, Math.abs(answers[pattern]! - targets[pattern]!))
    score += 1 - error * error
  }
  return { fitness: Math.floor((score / PATTERNS) * 1_000_000), score, steps: PATTERNS }
}

function isSolved(network: Network): boolean {
  const answers = answersOf(network, questions)
  return areFinite(answers) && answers.every((answer, pattern) => (answer >= 0.5) === (targets[pattern] === 1))
}

export const multiplexer11: Task = {
  id: 'multiplexer-11',
  version: 1,
  inputs: BITS + 1,
  outputs: 1,
  inputLabels: ['bias', 'a2', 'a1', 'a0', 'd0', 'd1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7'],
  outputLabels: ['chosen bit'],
  goal: 'Answer with the one of eight data bits that three address bits choose, for all 2,048 inputs.',
  deterministic: true,
  updateRule: { kind: 'ordered' },
  maxActivations: PATTERNS,
  evaluate,
  solved: isSolved,
}
