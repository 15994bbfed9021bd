// How many of the next generation each species gets. Sharing keeps one good idea from filling the population.

import { distance } from './distance.ts'
import type { Individual, Population } from './population.ts'
import type { Species } from './species.ts'

export const sharingNames = ['species', 'distance', 'none'] as const

/**
 * - `species`: a species counts by the mean of its members (explicit fitness sharing, Stanley and Miikkulainen 2002).
 * - `distance`: by the sum of its members, each divided by how many others of the population are near it (Goldberg and
 *   Richardson 1987, triangular kernel, radius = the present threshold).
 * - `none`: by the sum of its members.
 */
export type Sharing = (typeof sharingNames)[number]

/** Share of its offspring that a species keeps once it has not improved for `dropOff` generations (NEAT 1.2.1). */
const STAGNANT_SHARE = 0.01
/** Generations beyond `dropOff` without a better champion after which only the two best species breed (NEAT 1.2.1). */
const PATIENCE = 5

export interface Pool {
  readonly species: Species
  /** Ranked, at least one. */
  readonly members: readonly Individual[]
}

/** The claim of each pool to offspring, ≥ 0. */
export function sharesOf(pools: readonly Pool[], population: Population): readonly number[] {
  const { settings, generation } = population
  const patience = settings.dropOff * generationLength(population)
  return pools.map(({ species, members }) => {
    const share = claimOf(members, population)
    // Who looks for what is new does not mind that it is no better.
    return settings.novelty === 0 && generation - species.improvedAt >= patience ? share * STAGNANT_SHARE : share
  })
}

function claimOf(members: readonly Individual[], { settings, members: all, threshold }: Population): number {
  let sum = 0
  for (const member of members) {
    if (settings.sharing !== 'distance') {
      sum += member.merit
      continue
    }
    let near = 0
    for (const other of all) near += Math.max(0, 1 - distance(member.genotype, other.genotype, settings) / threshold)
    sum += member.merit / near
  }
  return settings.sharing === 'species' ? sum / members.length : sum
}

/** Whether the population stood still for so long that only its two best species breed. */
export function isStuck(population: Population): boolean {
  const { generation, improvedAt, settings } = population
  return settings.novelty === 0 && generation - improvedAt > (settings.dropOff + PATIENCE) * generationLength(population)
}

/** 1 for the two pools that reached the highest fitness, 0 for the others. */
export function leadersOnly(pools: readonly Pool[]): readonly number[] {
  const leaders = [...pools].sort((a, b) => b.species.best - a.species.best || a.species.id - b.species.id).slice(0, 2)
  return pools.map((pool) => (leaders.includes(pool) ? 1 : 0))
}

/** Tells that evaluate as many offspring as the population has members: 1 but for steady-state replacement. */
export function generationLength({ settings }: Population): number {
  return settings.replaced === 0 ? 1 : Math.ceil(settings.size / settings.replaced)
}

/** Whole numbers that sum to `total`, by largest remainder; ties go to the earlier. Equal shares when all are 0. */
export function apportion(shares: readonly number[], total: number): number[] {
  const sum = shares.reduce((a, b) => a + b, 0)
  const exact = shares.map((share) => (sum > 0 ? (share / sum) * total : total / shares.length))
  const counts = exact.map((x) => Math.floor(x))
  const byRemainder = exact.map((x, i) => ({ i, rest: x - counts[i]! })).sort((a, b) => b.rest - a.rest || a.i - b.i)
  let missing = total - counts.reduce((a, b) => a + b, 0)
  for (let i = 0; missing > 0; i++, missing--) counts[byRemainder[i % byRemainder.length]!.i]! += 1
  return counts
}
