// Where an attacker sits: it links itself to so many honest islands, chosen by lot or named.

import type { PeerId } from '../src/ports.ts'
import type { Behaviour } from './being.ts'

/** @param links honest islands to dial; those named first, the rest by lot */
export function settle(links: number, victims: readonly PeerId[] = []): Behaviour {
  return ({ world }) => {
    const islands = [...world.islands()]
    const chosen = new Set(victims.filter((victim) => islands.includes(victim)))
    while (chosen.size < Math.min(links, islands.length)) chosen.add(islands[world.random.integer(islands.length)]!)
    for (const island of chosen) world.connect(island)
  }
}
