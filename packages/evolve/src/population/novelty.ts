// Novelty: how far what a network does is from what others do and did. Searching for it instead of fitness finds ways
// around dead ends (Lehman and Stanley 2011, Evol. Comp. 19(2)); blended with fitness as Cuccu and Gomez 2011 do.

import type { Random } from '../random.ts'
import type { Evaluation } from '../task.ts'
import type { Individual } from './population.ts'
import type { PopulationSettings } from './settings.ts'

export type Behaviour = readonly number[]
export const MAX_BEHAVIOUR = 1_024

/** Undefined for an evaluation that failed: it counts as nothing new. @throws RangeError for one that is no behaviour */
export function behaviourIn({ behaviour }: Evaluation): Behaviour | undefined {
  if (behaviour !== undefined && !isBehaviour(behaviour)) {
    throw new RangeError(`A behaviour is 1 to ${MAX_BEHAVIOUR} numbers from 0 to 1, got ${behaviour.join(', ')}`)
  }
  return behaviour
}

export function isBehaviour(behaviour: Behaviour): boolean {
  return behaviour.length >= 1 && behaviour.length <= MAX_BEHAVIOUR && behaviour.every((x) => x >= 0 && x <= 1)
}

/** Some of the new behaviours, at random, into the archive; when it is full, each takes the place of a random one. */
export function archived(
  archive: readonly Behaviour[], told: readonly Individual[], settings: PopulationSettings, random: Random,
): readonly Behaviour[] {
  const next = [...archive]
  for (const { behaviour } of told) {
    if (behaviour === undefined || random.uniform() >= settings.noveltyRate) continue
    if (next.length < settings.noveltyArchive) next.push(behaviour)
    else if (next.length > 0) next[random.integer(next.length)] = behaviour
  }
  return next
}

/** Members with merit from 0 to 1,000,000: fitness and novelty, each stretched over the range among the members, mixed by `novelty`. */
export function withNoveltyMerit(
  members: readonly Individual[], archive: readonly Behaviour[], settings: PopulationSettings,
): readonly Individual[] {
  const novelties = members.map((member, i) => noveltyOf(member, i, members, archive, settings.noveltyNeighbours))
  const stretchedNovelty = stretched(novelties)
  const stretchedFitness = stretched(members.map(({ fitness }) => fitness))
  return members.map((member, i) => {
    const merit = 1_000_000 * (settings.novelty * stretchedNovelty[i]! + (1 - settings.novelty) * stretchedFitness[i]!)
    return { ...member, merit }
  })
}

/** Mean distance to the nearest neighbours among the other members and the archive. */
function noveltyOf(
  { behaviour }: Individual, place: number, members: readonly Individual[], archive: readonly Behaviour[], neighbours: number,
): number {
  // An immigrant and a failed evaluation come without.
  if (behaviour === undefined) return 0
  const distances: number[] = []
  members.forEach((other, i) => {
    if (i !== place && other.behaviour !== undefined) distances.push(between(behaviour, other.behaviour))
  })
  for (const other of archive) distances.push(between(behaviour, other))
  const nearest = distances.sort((a, b) => a - b).slice(0, neighbours)
  return nearest.length === 0 ? 0 : nearest.reduce((sum, x) => sum + x, 0) / nearest.length
}

/** Euclidean. */
export function between(a: Behaviour, b: Behaviour): number {
  let sum = 0
  for (let i = 0; i < a.length && i < b.length; i++) sum += (a[i]! - b[i]!) * (a[i]! - b[i]!)
  return Math.sqrt(sum)
}

function stretched(values: readonly number[]): readonly number[] {
  let least = Infinity
  let most = -Infinity
  for (const value of values) {
    least = Math.min(least, value)
    most = Math.max(most, value)
  }
  return values.map((value) => (most > least ? (value - least) / (most - least) : 0))
}
