// What every task in a simulated world shares: playing an episode, drawing starts, and showing the same steps as an
// `Environment`. The equations, the reward and the score stay in the task's own file.

import { episodeRandom } from '@megabrain/evolve'
import type { Environment, Network } from '@megabrain/evolve'

/** A simulated world under control of one number per step. */
export interface World {
  readonly variables: readonly string[]
  readonly stepSeconds: number
  /** How many values `observe` writes. */
  readonly inputs: number
  observe(state: Float64Array | readonly number[], inputs: Float64Array): void
  decide(outputs: ArrayLike<number>): number
  /** One control step, in place. Writes what came of it into `outcome`. */
  advance(state: Float64Array, action: number, outcome: Outcome): void
}

export interface Outcome {
  reward: number
  terminated: boolean
}

/** How one episode went. */
export interface Played {
  readonly steps: number
  /** Sum of the rewards; NaN when the network put out NaN or infinity, which ends an episode at once. */
  readonly total: number
  readonly terminated: boolean
}

/** @param watch called after every step with the new state and the action that led there */
export function play(
  network: Network, world: World, start: readonly number[], maxSteps: number, watch?: (state: Float64Array, action: number) => void,
): Played {
  const state = Float64Array.from(start)
  const inputs = new Float64Array(world.inputs)
  const outcome: Outcome = { reward: 0, terminated: false }
  let total = 0
  network.reset()
  for (let step = 1; step <= maxSteps; step++) {
    world.observe(state, inputs)
    const outputs = network.activate(inputs)
    if (!areFinite(outputs)) return { steps: step, total: NaN, terminated: false }
    const action = world.decide(outputs)
    world.advance(state, action, outcome)
    total += outcome.reward
    if (watch !== undefined) watch(state, action)
    if (outcome.terminated) return { steps: step, total, terminated: true }
  }
  return { steps: maxSteps, total, terminated: false }
}

/** Mean sum of rewards over the starts number 0 to `episodes` − 1; NaN when the network put out NaN or infinity in one. */
export function meanReturn(
  network: Network, world: World, startOf: (episode: number) => readonly number[], episodes: number, maxSteps: number,
): number {
  let total = 0
  for (let episode = 0; episode < episodes; episode++) total += play(network, world, startOf(episode), maxSteps).total
  return total / episodes
}

/** The world as something to watch. @param start of public episode `episode` */
export function environmentOf(world: World, start: (episode: number) => readonly number[]): Environment {
  return {
    variables: world.variables,
    stepSeconds: world.stepSeconds,
    start,
    observe(state) {
      const inputs = new Float64Array(world.inputs)
      world.observe(state, inputs)
      return Array.from(inputs)
    },
    decide: world.decide,
    step(state, action: number) {
      const next = Float64Array.from(state)
      const outcome: Outcome = { reward: 0, terminated: false }
      world.advance(next, action, outcome)
      return { state: Array.from(next), reward: outcome.reward, terminated: outcome.terminated }
    },
  }
}

/** Which list of starts: the one that steers evolution, the one that decides whether a champion solved the task, or one of an audit. */
export type Starts = 'public' | 'champion' | AuditStarts

/** Named by the key of the audit (`Task.audit`). */
export type AuditStarts = `audit/${string}`

const drawn = new Map<string, readonly number[]>()
/** Starts that are kept once drawn: the first of each list, which every evaluation needs again. */
const KEPT_STARTS = 128

/** Start number `episode` of a list, uniform within `ranges`. @param name the task's id and version, such as `xor/1` */
export function drawStart(
  name: string, starts: Starts, episode: number, ranges: readonly (readonly [number, number])[],
): readonly number[] {
  const list = `${name}/${starts}`
  const key = `${list}/${episode}`
  const known = drawn.get(key)
  if (known !== undefined) return known
  const random = episodeRandom(list, episode)
  const start = ranges.map(([low, high]) => low + (high - low) * random.uniform())
  // Those of an audit are needed once.
  if (episode < KEPT_STARTS && !starts.startsWith('audit/')) drawn.set(key, start)
  return start
}

/** Whether no output is NaN or infinite: the only values that differ from themselves by something other than 0. */
export function areFinite(outputs: ArrayLike<number>): boolean {
  let sum = 0
  for (let i = 0; i < outputs.length; i++) sum += outputs[i]! - outputs[i]!
  return sum === 0
}

/** Index of the largest output, the first of equals. */
export function largestOf(outputs: ArrayLike<number>): number {
  let best = 0
  for (let i = 1; i < outputs.length; i++) if (outputs[i]! > outputs[best]!) best = i
  return best
}

export function within(least: number, most: number, x: number): number {
  return x < least ? least : x > most ? most : x
}

/** An output of 0 to 1, clamped, as −1 to 1. */
export function signedUnit(output: number): number {
  return 2 * within(0, 1, output) - 1
}
