// Exclusive or, the smallest problem that a network without hidden neurons cannot solve, scored as in
// Stanley & Miikkulainen 2002, Evol. Comp. 10(2): (4 − Σ|error|)².

import { answersOf, createQuestions } from '@megabrain/evolve'
import type { Evaluation, Network, Task } from '@megabrain/evolve'

/** Bias, a, b and what they should give. */
const PATTERNS = [
  { inputs: [1, 0, 0], target: 0 },
  { inputs: [1, 0, 1], target: 1 },
  { inputs: [1, 1, 0], target: 1 },
  { inputs: [1, 1, 1], target: 0 },
] as const

const BEST_SCORE = 16

const questions = createQuestions(PATTERNS.map(({ inputs }) => inputs))

function evaluate(network: Network): Evaluation {
  const steps = PATTERNS.length
  const answers = answersOf(network, questions)
  let error = 0
  for (let i = 0; i < steps; i++) error += Math.abs(PATTERNS[i]!.target - answers[i]!)
  if (error - error !== 0) return { fitness: 0, score: 0, steps }
  // Outputs outside 0..1 can be wrong by more than 4 in all; their square must not look good.
  const closeness = Math.max(0, PATTERNS.length - error)
  const score = closeness * closeness
  return { fitness: Math.floor((score / BEST_SCORE) * 1_000_000), score, steps }
}

export const xor: Task = {
  id: 'xor',
  version: 1,
  inputs: 3,
  outputs: 1,
  inputLabels: ['bias', 'a', 'b'],
  outputLabels: ['a xor b'],
  goal: 'Answer on the right side of 0.5 for all four pairs of bits.',
  deterministic: true,
  updateRule: { kind: 'ordered' },
  maxActivations: PATTERNS.length,
  evaluate,
  solved: (network) => answersOf(network, questions).every((answer, i) => (answer >= 0.5) === (PATTERNS[i]!.target === 1)),
}
