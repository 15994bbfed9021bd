// A champion doing its task, one control step at a time, for the eye only: nothing of this is a fitness.

import type { Action, Environment, Network } from '@megabrain/evolve'

/** Replays end here even if the champion would go on: a minute is enough to believe it. */
export const MAX_EPISODE_SECONDS = 60

export interface Episode {
  readonly state: readonly number[]
  /** Undefined before the first step. */
  readonly action: Action | undefined
  readonly step: number
  readonly ended: 'terminated' | 'long-enough' | undefined
}

/** Resets `network` and stands at the start of public episode 0. */
export function startEpisode(environment: Environment, network: Network): Episode {
  network.reset()
  return { state: environment.start(0), action: undefined, step: 0, ended: undefined }
}

/** One step on; an ended episode stays as it is. Changes the network's own state. */
export function advanceEpisode(environment: Environment, network: Network, episode: Episode): Episode {
  if (episode.ended !== undefined) return episode
  const action = environment.decide(network.activate(environment.observe(episode.state)))
  const { state, terminated } = environment.step(episode.state, action)
  const step = episode.step + 1
  const long = step * environment.stepSeconds >= MAX_EPISODE_SECONDS
  return { state, action, step, ended: terminated ? 'terminated' : long ? 'long-enough' : undefined }
}
