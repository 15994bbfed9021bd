import { describe, expect, test } from 'vitest'
import type { Network } from '@megabrain/evolve'
import { tMaze } from './t-maze.ts'

/** Remembers the last signal for `memory` steps. */
function walking(memory: number): Network {
  let signal = 0
  let age = 0
  return {
    inputs: 4,
    outputs: 3,
    activate(inputs) {
      if (inputs[1]! + inputs[2]! > 0) {
        signal = inputs[2]! - inputs[1]!
        age = 0
      } else if (++age > memory) signal = -1
      return inputs[3] === 1 ? Float64Array.of(-signal, 0, signal) : Float64Array.of(0, 1, 0)
    },
    reset() {
      signal = 0
      age = 0
    },
  }
}

describe('t-maze', () => {
  test('is solved by memory, and only by memory that lasts', () => {
    const evaluations = [0, 2, 8, 100].map((memory) => tMaze.evaluate(walking(memory)))
    expect(evaluations.map(({ score }) => score)).toEqual([...evaluations.map(({ score }) => score)].sort((a, b) => a - b))
    expect(evaluations[0]!.score).toBeCloseTo(0.6, 12)
    expect(evaluations[3]).toMatchObject({ fitness: 1_000_000, behaviour: [0.5, 0.5, 1] })
    expect(tMaze.solved(walking(100), evaluations[3]!)).toBe(true)
    expect(tMaze.solved(walking(20), tMaze.evaluate(walking(20)))).toBe(false)
  })

  test('takes points for a crash, fewer the further it was', () => {
    const crashing: Network = { inputs: 4, outputs: 3, activate: () => Float64Array.of(1, 0, 0), reset: () => {} }
    const straight: Network = { inputs: 4, outputs: 3, activate: () => Float64Array.of(0, 1, 0), reset: () => {} }
    expect(tMaze.evaluate(crashing).fitness).toBe(0)
    expect(tMaze.evaluate(crashing).score).toBeCloseTo(-0.4, 12)
    expect(tMaze.evaluate(straight).score).toBeCloseTo(-0.2, 12)
  })
})
