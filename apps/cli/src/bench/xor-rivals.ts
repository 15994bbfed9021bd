// How neataptic evolves XOR: three ways to set it up, because its speed is mostly a matter of how small it lets its
// networks become. In all of them everything its `Neat` does is counted: evaluating, sorting, breeding, mutating.

import type { Neataptic, PeerNetwork } from './peers.ts'
import { processorSeconds } from './spread.ts'
import { isSpent } from './xor-run.ts'
import type { XorRun } from './xor-run.ts'

const ROWS = [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]] as const

export interface XorRival {
  readonly name: string
  /** In words, for the report. */
  readonly options: Readonly<Record<string, unknown>>
  readonly setting: object
}

/** A population of `size` each; other options are neataptic's own defaults. */
export function xorRivals({ methods }: Neataptic, size: number): readonly XorRival[] {
  const { FFW, MOD_ACTIVATION, ADD_NODE, ADD_CONN, MOD_WEIGHT, MOD_BIAS } = methods.mutation
  const shrinking = { popsize: size, elitism: 5, mutationRate: 0.9, mutationAmount: 3 }
  const selection = { selection: methods.selection.FITNESS_PROPORTIONATE }
  return [
    {
      // `equal` is all that the README sets beside the error. An activation that is a bell answers XOR with two links.
      name: 'as in its README, activations mutate',
      options: { popsize: size, equal: true },
      setting: { popsize: size, equal: true },
    },
    {
      // Its ADD_NODE draws an activation at random all the same, which stays as it is.
      name: 'the best of 24 settings without MOD_ACTIVATION, networks may shrink',
      options: { ...shrinking, selection: 'FITNESS_PROPORTIONATE', mutation: 'FFW without MOD_ACTIVATION' },
      setting: { ...shrinking, ...selection, mutation: FFW.filter((each) => each !== MOD_ACTIVATION) },
    },
    {
      name: 'the same with the operators of published NEAT, networks only grow',
      options: { ...shrinking, selection: 'FITNESS_PROPORTIONATE', mutation: 'ADD_NODE, ADD_CONN, MOD_WEIGHT, MOD_BIAS' },
      setting: { ...shrinking, ...selection, mutation: [ADD_NODE, ADD_CONN, MOD_WEIGHT, MOD_BIAS] },
    },
  ]
}

export async function runNeataptic({ Neat }: Neataptic, { setting }: XorRival): Promise<XorRun> {
  let evaluations = 0
  let links = 0
  const answer = (network: PeerNetwork, a: number, b: number): number => network.noTraceActivate([a, b])[0]!
  const fitness = (network: PeerNetwork): number => {
    evaluations++
    const error = ROWS.reduce((sum, [a, b, wanted]) => sum + Math.abs(wanted - answer(network, a, b)), 0)
    // Its outputs know no limits, and the square of a large error must not look good.
    const closeness = Math.max(0, 4 - error)
    return closeness * closeness
  }
  const neat = new Neat(2, 1, fitness, setting)
  const begun = processorSeconds()
  while (!isSpent(evaluations, begun)) {
    for (const { connections } of neat.population) links += connections.length
    const fittest = await neat.evolve()
    if (ROWS.every(([a, b, wanted]) => (answer(fittest, a, b) >= 0.5) === (wanted === 1))) {
      return { evaluations, solved: true, links: links / evaluations }
    }
  }
  return { evaluations, solved: false, links: links / evaluations }
}
