// Whether the machine has too much to do, as a state machine: memory and lateness in, a level of refusal out. It rises at once and
// falls one step at a time, after the machine was well for a while, so that it neither dies nor flaps.

import type { LoadLevel } from '@megabrain/mesh/node'

export interface LoadState {
  readonly level: LoadLevel
  /** Since when what was observed would allow a lower level, ms; undefined while it does not. */
  readonly calmSince: number | undefined
}

export interface LoadObservation {
  /** Resident memory as a share of what is allowed. */
  readonly memory: number
  /** How late half of the timers were lately, s. */
  readonly lag: number
}

export const CALM: LoadState = { level: 0, calmSince: undefined }

/** From where on each level holds, and below which it is left. Lateness ends no connection: closing them would make us later. */
const bounds: Readonly<Record<1 | 2 | 3, { readonly memory: number; readonly lag: number }>> = {
  1: { memory: 0.85, lag: 1 },
  2: { memory: 0.93, lag: 3 },
  3: { memory: 1, lag: Infinity },
}
/** What is left of a bound before its level is left. */
const RELEASE = 0.94
/** How long it must be well before the level falls, ms. */
const CALM_MS = 5_000

/** @param now ms of a clock that does not go back */
export function stepLoad(state: LoadState, observation: LoadObservation, now: number): LoadState {
  const wanted = levelOf(observation, 1)
  if (wanted > state.level) return { level: wanted, calmSince: undefined }
  if (state.level === 0 || levelOf(observation, RELEASE) >= state.level) return { ...state, calmSince: undefined }
  const calmSince = state.calmSince ?? now
  if (now - calmSince < CALM_MS) return { ...state, calmSince }
  return { level: (state.level - 1) as LoadLevel, calmSince: now }
}

function levelOf({ memory, lag }: LoadObservation, share: number): LoadLevel {
  for (const level of [3, 2, 1] as const) if (memory >= bounds[level].memory * share || lag >= bounds[level].lag * share) return level
  return 0
}
