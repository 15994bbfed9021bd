// The next generation: how many offspring each species gets (explicit fitness sharing), who stays, who mates.

import { cidOf } from '../genotype/cid.ts'
import { encodeGenotype } from '../genotype/codec.ts'
import { applyEdits } from '../genotype/edits.ts'
import type { Random } from '../random.ts'
import { crossoverEdits } from './crossover.ts'
import { mutate } from './mutate.ts'
import type { Candidate, Member, Population } from './population.ts'
import { ranked, type Species } from './species.ts'

/** Share of its offspring that a species keeps once it has not improved for `dropOff` generations (NEAT 1.2.1). */
const STAGNANT_SHARE = 0.01
/** Generations beyond `dropOff` without a better champion after which only the two best species breed (NEAT 1.2.1). */
const PATIENCE = 5

export interface Brood {
  /** Kept unchanged, with the fitness they have. */
  readonly survivors: readonly Member[]
  /** To be evaluated; with the survivors they are `size` many. */
  readonly offspring: readonly Candidate[]
  /** Whether breeding was narrowed to the two best species. */
  readonly refocused: boolean
}

interface Pool {
  readonly species: Species
  /** Ranked. */
  readonly members: readonly Member[]
  readonly parents: readonly Member[]
}

export function breed(population: Population, random: Random): Brood {
  const { settings, generation } = population
  const pools = population.species.map((species): Pool => {
    const members = ranked(population.members.filter((member) => member.species === species.id))
    return { species, members, parents: members.slice(0, Math.floor(settings.survival * members.length) + 1) }
  })
  const best = pools.reduce((a, b) => (ranked([a.members[0]!, b.members[0]!])[0] === a.members[0] ? a : b))
  const refocused = generation - population.improvedAt > settings.dropOff + PATIENCE
  const counts = refocused ? refocusedCounts(pools, settings.size) : sharedCounts(pools, population)
  const place = pools.indexOf(best)
  if (counts[place] === 0) {
    counts[counts.indexOf(Math.max(...counts))]! -= 1
    counts[place] = 1
  }
  const cids = new Map<Member, string>()
  const cid = (member: Member): string => {
    const known = cids.get(member) ?? cidOf(encodeGenotype(member.genotype))
    cids.set(member, known)
    return known
  }
  const survivors: Member[] = []
  const offspring: Candidate[] = []
  pools.forEach((pool, i) => {
    let count = counts[i]!
    // The last place is never a survivor's, so that every ask has something to evaluate.
    if ((count > settings.elitismAbove || (pool === best && count > 0)) && survivors.length < settings.size - 1) {
      survivors.push(pool.members[0]!)
      count--
    }
    for (; count > 0; count--) offspring.push(child(pool, pools, population, random, cid))
  })
  return { survivors, offspring, refocused }
}

function child(pool: Pool, pools: readonly Pool[], population: Population, random: Random, cid: (member: Member) => string): Candidate {
  const { settings } = population
  const first = pool.parents[random.integer(pool.parents.length)]!
  const alone = random.uniform() < settings.mutateOnly
  const abroad = random.uniform() < settings.interspecies
  const second = abroad ? pools[random.integer(pools.length)]!.members[0]! : pool.parents[random.integer(pool.parents.length)]!
  if (alone || first === second) {
    return { ...mutate(first.genotype, settings, random), parents: [cid(first)] }
  }
  const [fitter, other] = ranked([first, second]) as [Member, Member]
  const kind = random.uniform() < settings.crossAverage ? 'average' : 'choose'
  const edits = crossoverEdits(fitter.genotype, other.genotype, kind, random)
  const crossed = applyEdits(fitter.genotype, edits)
  const operators = [`crossover-${kind}`]
  const parents = [cid(fitter), cid(other)]
  if (random.uniform() < settings.crossOnly) return { genotype: crossed, parents, operators, edits }
  const mutation = mutate(crossed, settings, random)
  return { genotype: mutation.genotype, parents, operators: [...operators, ...mutation.operators], edits: [...edits, ...mutation.edits] }
}

/** Offspring in proportion to the mean fitness of each species: a large species does not win by its size. */
function sharedCounts(pools: readonly Pool[], population: Population): number[] {
  const { settings, generation } = population
  const shares = pools.map(({ species, members }) => {
    const mean = members.reduce((sum, member) => sum + member.fitness, 0) / members.length
    return generation - species.improvedAt >= settings.dropOff ? mean * STAGNANT_SHARE : mean
  })
  return apportion(shares, settings.size)
}

function refocusedCounts(pools: readonly Pool[], size: number): number[] {
  const leaders = [...pools].sort((a, b) => b.species.best - a.species.best || a.species.id - b.species.id).slice(0, 2)
  return apportion(pools.map((pool) => (leaders.includes(pool) ? 1 : 0)), size)
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
