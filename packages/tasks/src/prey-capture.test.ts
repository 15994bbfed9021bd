import { describe, expect, test } from 'vitest'
import type { Network } from '@megabrain/evolve'
import { preyCapture } from './prey-capture.ts'

const environment = preyCapture.environment!

/** Runs after what it sees, and on in the last direction when it sees nothing. */
function following(): Network {
  let last = 0
  return {
    inputs: 14,
    outputs: 4,
    activate(inputs) {
      const eye = Array.from(inputs).slice(1, 9).indexOf(1)
      if (eye >= 0) last = [0, 1, 1, 1, 2, 3, 3, 3][eye]!
      const outputs = new Float64Array(4)
      // At a wall there is nowhere to go on to.
      outputs[eye < 0 && inputs[10 + last] === 1 ? (last + 1) % 4 : last] = 1
      return outputs
    },
    reset() { last = 0 },
  }
}

describe('prey-capture', () => {
  test('rewards running after the prey over standing still', () => {
    const standing: Network = { inputs: 14, outputs: 4, activate: () => Float64Array.of(1, 0, 0, 0), reset: () => {} }
    expect(preyCapture.evaluate(following()).fitness).toBeGreaterThan(2 * preyCapture.evaluate(standing).fitness)
  })

  test('moves the prey the same way every time, away from the agent more often than not', () => {
    let away = 0
    let back = 0
    for (let episode = 0; episode < 50; episode++) {
      const start = environment.start(episode)
      const step = environment.step(start, 0)
      expect(environment.step(start, 0)).toEqual(step)
      const distance = (state: readonly number[]): number => Math.abs(state[2]! - step.state[0]!) + Math.abs(state[3]! - step.state[1]!)
      away += distance(step.state) > distance(start) ? 1 : 0
      back += distance(step.state) < distance(start) ? 1 : 0
    }
    expect(away).toBeGreaterThan(2 * back)
  })

  test('hides the prey beyond its sight', () => {
    expect(environment.observe([2, 2, 5, 5, 1, 9]).slice(1, 10)).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 0])
    expect(environment.observe([2, 2, 6, 6, 1, 9]).slice(1, 10)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0])
    expect(environment.observe([2, 2, 2, 1, 1, 9]).slice(1, 10)).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 1])
  })
})
