// Episodes of the double pole, run where the network runs: in WebAssembly beside the kernel, many starts of one network in
// lanes, or step by step in TypeScript for a network from elsewhere. All roads give the same bits.

import { besideKernel, compileLanes, kernelNetworkOf, spareRoom } from '@megabrain/evolve'
import type { KernelNetwork, Network } from '@megabrain/evolve'
import { base64 } from './double-pole-bytes.ts'
import { balance } from './double-pole-physics.ts'
import type { Balance } from './double-pole-physics.ts'

export const ALL_INPUTS = 7
export const INPUTS_WITHOUT_VELOCITIES = 4

export interface Episode {
  readonly start: readonly number[]
  readonly maxSteps: number
  /** Whether the network reads velocities too. */
  readonly velocities: boolean
  /** As in `balance`. */
  readonly jiggle?: Float64Array
}

/** Every variable over its range, then the bias. */
export function observeAll(state: Float64Array | readonly number[], inputs: Float64Array): void {
  inputs[0] = state[0]! / 4.8
  inputs[1] = state[1]! / 2
  inputs[2] = state[2]! / 0.52
  inputs[3] = state[3]! / 2
  inputs[4] = state[4]! / 0.52
  inputs[5] = state[5]! / 2
  inputs[6] = 0.5
}

/** Positions only, then the bias. */
export function observePositions(state: Float64Array | readonly number[], inputs: Float64Array): void {
  inputs[0] = state[0]! / 4.8
  inputs[1] = state[2]! / 0.52
  inputs[2] = state[4]! / 0.52
  inputs[3] = 0.5
}

interface DoublePoleModule {
  balance(base: number, velocities: boolean, state: number, maxSteps: number, jiggle: number): number
  balanceStarts(base: number, starts: number, count: number, maxSteps: number, least: number, enough: number, room: number): number
}

const FELL = 1
const NOT_FINITE = 2
const START_BYTES = 48
/** Six values and how the episode ended. */
const STATE_BYTES = 56

let module: DoublePoleModule | undefined

/** Runs one episode, resetting the network first. */
export function runEpisode(network: Network, episode: Episode): Balance {
  const resident = kernelNetworkOf(network)
  const inputs = episode.velocities ? ALL_INPUTS : INPUTS_WITHOUT_VELOCITIES
  if (resident !== undefined && network.inputs === inputs) return runBesideKernel(resident, episode)
  const { start, maxSteps, jiggle } = episode
  const observe = episode.velocities ? observeAll : observePositions
  return balance(network, { start, maxSteps, observe, inputs, ...(jiggle === undefined ? {} : { jiggle }) })
}

function runBesideKernel(network: KernelNetwork, { start, maxSteps, velocities, jiggle }: Episode): Balance {
  module ??= besideKernel(base64) as DoublePoleModule
  const base = network.place()
  network.reset()
  const { address, numbers, words } = spareRoom(STATE_BYTES + (jiggle === undefined ? 0 : 8 * maxSteps))
  const first = address >> 3
  for (let i = 0; i < 6; i++) numbers[first + i] = start[i]!
  const room = address + STATE_BYTES
  const balanced = module.balance(base, velocities, address, maxSteps, jiggle === undefined ? 0 : room)
  const end = words[(address >> 2) + 12]
  const fell = end === FELL
  if (jiggle !== undefined) jiggle.set(numbers.subarray(room >> 3, (room >> 3) + balanced + (fell ? 1 : 0)))
  network.count(balanced + (balanced === maxSteps ? 0 : 1), end === NOT_FINITE)
  return { balanced, fell, finite: end !== NOT_FINITE }
}

export interface Starts {
  /** Six values each. */
  readonly starts: readonly (readonly number[])[]
  readonly maxSteps: number
  /** Balanced steps for a start to count. */
  readonly least: number
  /** Where counting stops. */
  readonly enough: number
}

/** Even; more are no faster, and those that wait for the last episodes cost more. */
const LANES = 8
/** Six numbers and a count. */
const LANE_BYTES = 52

/** From how many starts a network without velocities balances long enough. It is reset before each and at the end. */
export function countStarts(network: Network, { starts, maxSteps, least, enough }: Starts): number {
  const resident = kernelNetworkOf(network)
  if (resident !== undefined && network.inputs === INPUTS_WITHOUT_VELOCITIES) {
    module ??= besideKernel(base64) as DoublePoleModule
    const base = compileLanes(resident.genotype, LANES).place()
    const { address, numbers, words } = spareRoom(START_BYTES * starts.length + LANE_BYTES * LANES)
    starts.forEach((start, i) => numbers.set(start, (address + START_BYTES * i) >> 3))
    const room = address + START_BYTES * starts.length
    const count = module.balanceStarts(base, address, starts.length, maxSteps, least, enough, room)
    resident.count(words[room >> 2]!, false)
    network.reset()
    return count
  }
  let count = 0
  for (const start of starts) {
    if (count >= enough) break
    const { finite, balanced } = runEpisode(network, { start, maxSteps, velocities: false })
    if (finite && balanced >= least) count++
  }
  network.reset()
  return count
}
