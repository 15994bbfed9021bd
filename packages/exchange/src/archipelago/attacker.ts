// The seam for attackers: what a hostile participant of an archipelago may do. Attackers live elsewhere, so that none of
// their behaviour can slip into what honest islands run; the archipelago only starts them.

import { createRandom, type Random, type TaskInterface } from '@megabrain/evolve'
import type { MemberState } from '../member/state.ts'
import type { MemoryMember, MemoryNetwork } from '../memory/memory-network.ts'
import type { PeerId } from '../ports.ts'
import type { Realm } from '../realm/realm.ts'
import type { Measure } from './search.ts'
import type { SimulatedIsland } from './simulated-island.ts'

export interface Attacker {
  /** Its peer name; must be free. */
  readonly name: string
  /** Called once at the start. Without links yet: it connects itself with `world.connect`. */
  start(node: MemoryMember, world: AttackerWorld): void
}

/** Stronger than any real attacker: knows everybody's links and reads honest states. Must not change them. */
export interface AttackerWorld {
  readonly realm: Realm
  readonly task: { readonly id: string } & TaskInterface
  readonly evaluator: string
  readonly measure: Measure
  /** A stream of this attacker's own. */
  readonly random: Random
  now(): number
  after(ms: number, action: () => void): void
  /** Names of the honest islands. */
  islands(): readonly PeerId[]
  stateOf(island: PeerId): MemberState | undefined
  connect(peer: PeerId): void
  disconnect(peer: PeerId): void
  neighboursOf(peer: PeerId): readonly PeerId[]
}

export interface AttackScene extends Pick<AttackerWorld, 'realm' | 'task' | 'evaluator' | 'measure' | 'random'> {
  readonly network: MemoryNetwork
  /** The honest ones. */
  readonly islands: readonly SimulatedIsland[]
}

/** Gives each attacker a node and a world of its own. */
export function startAttackers(attackers: readonly Attacker[], { network, islands, random, ...scene }: AttackScene): void {
  const byName = new Map(islands.map((island) => [island.name, island]))
  const names = [...byName.keys()]
  for (const attacker of attackers) {
    const { name } = attacker
    attacker.start(network.join(name), {
      ...scene,
      random: createRandom(random.integer(4_294_967_296)),
      now: network.now,
      after: network.after,
      islands: () => names,
      stateOf: (island) => byName.get(island)?.state,
      connect: (peer) => network.connect(name, peer),
      disconnect: (peer) => network.disconnect(name, peer),
      neighboursOf: (peer) => network.neighboursOf(peer).map((neighbour) => neighbour.peer),
    })
  }
}
