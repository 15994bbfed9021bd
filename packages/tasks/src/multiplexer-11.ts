// The 11-multiplexer: three address bits choose which of eight data bits is the answer, for all 2,048 inputs. No linear
// rule and no small set of inputs gives it away. Koza 1992, "Genetic Programming", section 7.4.

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

/** Calls `judge` with every output and its target; false when an output was not finite. */
function answerAll(network: Network, judge: (output: number, target: number) => void): boolean {
  const inputs = new Float64Array(BITS + 1)
  inputs[0] = 1
  for (let pattern = 0; pattern < PATTERNS; pattern++) {
    for (let i = 0; i < BITS; i++) inputs[i + 1] = bitOf(pattern, i)
    network.reset()
    const outputs = network.activate(inputs)
    if (!areFinite(outputs)) return false
    judge(outputs[0]!, targetOf(pattern))
  }
  return true
}

/** Score: the sum of 1 − error² over the patterns, where an error of more than 1 counts as 1. */
function evaluate(network: Network): Evaluation {
  let score = 0
  const finite = answerAll(network, (output, target) => {
    const error = Math.min(1, Math.abs(output - target))
    score += 1 - error * error
  })
  if (!finite) return { fitness: 0, score: 0, steps: PATTERNS }
  return { fitness: Math.floor((score / PATTERNS) * 1_000_000), score, steps: PATTERNS }
}

function isSolved(network: Network): boolean {
  let right = 0
  answerAll(network, (output, target) => { right += (output >= 0.5) === (target === 1) ? 1 : 0 })
  return right === PATTERNS
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
