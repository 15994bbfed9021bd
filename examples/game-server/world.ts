// The game: the task's own arena, with the evolved hunter in the chaser's seat and a person, or nobody, in the runner's. Rules and senses
// are the task's, so that the hunter plays here what it was bred for.

import { findTask } from '@megabrain/tasks'
import type { Hunter } from './hunter.ts'

export interface World {
  step(): void
  /** Where the runner turns: −1 (right) to 1 (left). What is no number changes nothing. */
  steer(to: number): void
  seen(): Seen
}

export interface Seen {
  /** Metres from the middle, and the heading in radians. */
  readonly hunter: readonly [number, number, number]
  readonly runner: readonly [number, number, number]
  /** Games that the hunter won, and games until now. */
  readonly caught: number
  readonly games: number
}

export const STEP_MS = 100
/** After so many steps without a key the runner is steered by nobody and weaves. */
const IDLE_STEPS = 30

/** @param random 0 to below 1; draws where a game begins */
export function createWorld(hunter: Hunter, random: () => number): World {
  const { environment } = findTask('pursuit')!
  if (environment === undefined) throw new Error('The task pursuit has lost its world')
  // Even episodes are those in which the network chases.
  const begin = (): readonly number[] => environment.start(2 * Math.floor(500 * random()))
  let state = begin()
  let wanted = 0
  let idle = IDLE_STEPS
  let steps = 0
  let caught = 0
  let games = 0
  return {
    step() {
      steps++
      idle++
      const runner = idle > IDLE_STEPS ? Math.sin(steps / 15) : wanted
      const next = environment.step(state, hunter.steer(environment.observe(state)), runner)
      state = next.state
      if (!next.terminated) return
      games++
      // The chaser's share is above one half exactly when it has caught the runner.
      if (next.reward >= 0.5) caught++
      hunter.reset()
      state = begin()
    },
    steer(to) {
      if (!(to >= -1 && to <= 1)) return
      wanted = to
      idle = 0
    },
    seen: () => ({ hunter: [state[0]!, state[1]!, state[2]!], runner: [state[3]!, state[4]!, state[5]!], caught, games }),
  }
}
