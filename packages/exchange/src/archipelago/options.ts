// What a simulation is made of: everything that `createArchipelago` needs to play the same scene again.

import type { TaskInterface } from '@megabrain/evolve'
import type { ImmigrationPolicy } from '../member/immigration.ts'
import type { CreateChannelModel } from '../memory/channel-model.ts'
import type { MemoryNetworkOptions } from '../memory/memory-network.ts'
import type { Attacker } from './attacker.ts'
import type { IslandFaults } from './faults.ts'
import type { ChosenModel } from '../realm/model-policy.ts'
import type { CreateSearch, Measure } from './search.ts'

export interface ArchipelagoOptions {
  readonly islands: number
  readonly minutes: number
  readonly seed: number
  readonly task: { readonly id: string } & TaskInterface
  /** Evaluator version of the task, 64 hex characters. */
  readonly evaluator: string
  readonly evaluate: Measure
  /** Share of messages lost on each link. @default 0 */
  readonly loss?: number
  readonly duplication?: number
  readonly reordering?: number
  /** One-way delay of a link. @default uniform from 5 to 25 ms */
  readonly latencyMs?: NonNullable<MemoryNetworkOptions['latencyMs']>
  /** Cuts the mesh in halves from one virtual minute to another. */
  readonly partition?: readonly [number, number]
  /** Crashes, clocks and churn. @default none */
  readonly faults?: IslandFaults
  /** Faults of islands and links end this long before the end, ms. @default 60_000, at most a third of the whole */
  readonly calmMs?: number
  /** Whether lost messages end with the other faults too. @default false */
  readonly lossEnds?: boolean
  /** Share of islands that sign inflated fitness correctly. @default 0 */
  readonly liars?: number
  /** Sybil identities per honest island. @default 0 */
  readonly sybils?: number
  /** Links that each island starts, besides one to its successor in a ring. @default 3 */
  readonly degree?: number
  /** Virtual time at the end in which nothing new is found, ms. @default 30_000, at most half of the whole */
  readonly quietMs?: number
  /** Mutants that each island's hill climber tries in a second of virtual time. @default 0.05 */
  readonly mutantsPerSecond?: number
  /** Whom islands let into their populations. @default the rules of a member */
  readonly immigration?: ImmigrationPolicy
  /** The region that an island's people chose, by its number. @default none */
  readonly regionOf?: (index: number) => string | undefined
  /** What each island searches with, in place of the hill climber. */
  readonly search?: CreateSearch
  /** Hostile participants beside the islands: each gets a node of its own name and links itself. @default none */
  readonly attackers?: readonly Attacker[]
  /** How broadcasts spread. @default flooding */
  readonly channelModel?: CreateChannelModel
  /** The distribution model of the realm, with its parameters. @default Model 1 */
  readonly model?: ChosenModel
  /** The last events to keep as text, for a report of a failure. @default 0 */
  readonly traceLines?: number
}

/** @throws RangeError naming the option and its value */
export function checkOptions(options: ArchipelagoOptions): void {
  const { islands, minutes, partition, faults = {} } = options
  const demand = (holds: boolean, sentence: string): void => {
    if (!holds) throw new RangeError(sentence)
  }
  demand(Number.isInteger(islands) && islands >= 1 && islands <= 1_000_000, `An archipelago has 1 to 1000000 islands, got ${islands}`)
  demand(minutes > 0 && minutes <= 100_000, `An archipelago lives for more than 0 minutes, got ${minutes}`)
  const { loss, duplication, reordering, liars } = options
  const shares = { loss, duplication, reordering, liars, wipes: faults.wipes, churn: faults.churn }
  for (const [name, share] of Object.entries(shares)) {
    demand(share === undefined || (share >= 0 && share <= 1), `A share must be from 0 to 1, got ${name} ${share}`)
  }
  if (partition !== undefined) {
    const [from, to] = partition
    demand(from >= 0 && from < to && to <= minutes, `A partition must be within 0 to ${minutes} minutes, got ${from}-${to}`)
  }
}
