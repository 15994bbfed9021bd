// The double pole as something to watch: the same physics as the evaluation, one step at a time on plain arrays.

import type { Environment } from '@megabrain/evolve'
import { advance, isOutside, START, STATE_VARIABLES, STEP_SECONDS } from './double-pole-physics.ts'
import type { Observe } from './double-pole-physics.ts'

/**
 * The action is the network's output itself, 0 to 1: a force of (action − 0.5) · 20 newtons.
 * @param inputs how many values `observe` writes
 */
export function doublePoleEnvironment(observe: Observe, inputs: number): Environment {
  return {
    variables: STATE_VARIABLES,
    stepSeconds: STEP_SECONDS,
    start: () => START,
    observe(state) {
      const read = new Float64Array(inputs)
      observe(state, read)
      return Array.from(read)
    },
    decide: (outputs) => outputs[0] ?? 0,
    step(state, action: number) {
      const next = Float64Array.from(state)
      advance(next, action)
      const terminated = isOutside(next)
      return { state: Array.from(next), reward: terminated ? 0 : 1, terminated }
    },
  }
}
