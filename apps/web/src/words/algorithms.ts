// Titles of the algorithms for people.

import type { AlgorithmName } from '@megabrain/evolve'

const titles: Readonly<Record<AlgorithmName, string>> = {
  neat: 'NEAT: species that cross',
  memetic: 'Memetic: grow, then tune',
  'map-elites': 'MAP-Elites: the best of every kind',
}

export function algorithmTitle(name: AlgorithmName): string {
  return titles[name]
}
