// Titles of the algorithms for people.

import type { AlgorithmName } from '@megabrain/evolve'

const titles: Readonly<Record<AlgorithmName, string>> = {
  neat: 'NEAT: species that cross',
  memetic: 'Memetic: grow, then tune',
}

export function algorithmTitle(name: AlgorithmName): string {
  return titles[name]
}
