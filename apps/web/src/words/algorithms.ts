// Titles of the algorithms for people.

import type { AlgorithmName } from '@megabrain/evolve'
import { t } from './translate.ts'

export function algorithmTitle(name: AlgorithmName): string {
  return t(`state.algorithm.${name}`)
}
