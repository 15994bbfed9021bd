// The next offspring: whole generations, of which each species keeps its champion, or a few at a time into a population
// that goes on (steady state, as rtNEAT: Stanley, Bryant and Miikkulainen 2005).

import { cidOf } from '../genotype/cid.ts'
import { encodeGenotype } from '../genotype/codec.ts'
import { applyEdits, type Edit } from '../genotype/edits.ts'
import type { Genotype } from '../genotype/genotype.ts'
import type { Random } from '../random.ts'
import { crossoverEdits } from './crossover.ts'
import { mutate } from './mutate.ts'
import { chooseParent } from './parents.ts'
import { settingsIn } from './phase.ts'
import type { Candidate, Individual, Population } from './population.ts'
import type { PopulationSettings } from './settings.ts'
import { apportion, isStuck, leadersOnly, sharesOf, type Pool } from './sharing.ts'
import { isFitter, rankedBySpecies } from './species.ts'

export interface Brood {
  /** Kept unchanged, with the fitness they have. */
  readonly survivors: readonly Individual[]
  /** To be evaluated. */
  readonly offspring: readonly Candidate[]
  /** Whether breeding was narrowed to the two best species. */
  readonly refocused: boolean
}

/** Everything that making one child needs. */
interface Nursery {
  readonly pools: readonly Pool[]
  readonly hall: readonly Individual[]
  readonly settings: PopulationSettings
  readonly random: Random
  readonly cid: (parent: Genotype) => string
}

export function breed(population: Population, random: Random): Brood {
  const lists = rankedBySpecies(population)
  const pools = population.species.map((species, i): Pool => ({ species, members: lists[i]! }))
  const nursery: Nursery = { pools, hall: population.hall, settings: settingsIn(population), random, cid: createNaming() }
  const refocused = isStuck(population)
  const shares = refocused ? leadersOnly(pools) : sharesOf(pools, population)
  if (population.settings.replaced > 0) {
    const offspring = Array.from({ length: population.settings.replaced }, () => child(pools[spin(shares, random)]!, nursery))
    return { survivors: population.members, offspring, refocused }
  }
  return { ...nextGeneration(nursery, shares), refocused }
}

function nextGeneration(nursery: Nursery, shares: readonly number[]): Pick<Brood, 'survivors' | 'offspring'> {
  const { pools, settings } = nursery
  const counts = apportion(shares, settings.size)
  const best = pools.reduce((a, b) => (isFitter(b.members[0]!, a.members[0]!) ? b : a))
  const place = pools.indexOf(best)
  if (counts[place] === 0) {
    counts[counts.indexOf(Math.max(...counts))]! -= 1
    counts[place] = 1
  }
  const survivors: Individual[] = []
  const offspring: Candidate[] = []
  pools.forEach((pool, i) => {
    let count = counts[i]!
    // The last place is never a survivor's, so that every ask has something to evaluate.
    if ((count > settings.elitismAbove || (pool === best && count > 0)) && survivors.length < settings.size - 1) {
      survivors.push(pool.members[0]!)
      count--
    }
    for (; count > 0; count--) offspring.push(child(pool, nursery))
  })
  return { survivors, offspring }
}

function child({ members }: Pool, { pools, hall, settings, random, cid }: Nursery): Candidate {
  const first = hall.length > 0 && random.uniform() < settings.hallOfFame
    ? hall[random.integer(hall.length)]! : chooseParent(members, settings, random)
  if (random.uniform() < settings.mutateOnly) return mutant(first.genotype, settings, random, cid)
  const abroad = random.uniform() < settings.interspecies
  const second = abroad ? pools[random.integer(pools.length)]!.members[0]! : chooseParent(members, settings, random)
  if (first === second) return mutant(first.genotype, settings, random, cid)
  const [fitter, other] = isFitter(second, first) ? [second, first] : [first, second]
  const kind = random.uniform() < settings.crossAverage ? 'average' : 'choose'
  const edits = crossoverEdits(fitter.genotype, other.genotype, kind, random)
  const crossed = applyEdits(fitter.genotype, edits)
  const operators = crossings[kind]
  if (random.uniform() < settings.crossOnly) return new Offspring(crossed, operators, edits, [fitter.genotype, other.genotype], cid)
  const mutation = mutate(crossed, settings, random)
  return new Offspring(
    mutation.genotype, [...operators, ...mutation.operators], [...edits, ...mutation.edits], [fitter.genotype, other.genotype], cid,
  )
}

const crossings = { choose: ['crossover-choose'], average: ['crossover-average'] } as const

function mutant(parent: Genotype, settings: PopulationSettings, random: Random, cid: Nursery['cid']): Candidate {
  const { genotype, operators, edits } = mutate(parent, settings, random)
  return new Offspring(genotype, operators, edits, [parent], cid)
}

/**
 * Names its parents only when somebody asks: hashing them all would take as long as breeding. A class only because an
 * accessor of its own in each child would cost a tenth of that again.
 */
export class Offspring implements Candidate {
  readonly genotype: Genotype
  readonly operators: readonly string[]
  readonly edits: readonly Edit[]
  readonly #parents: readonly Genotype[]
  readonly #cid: (parent: Genotype) => string

  constructor(
    genotype: Genotype, operators: readonly string[], edits: readonly Edit[],
    parents: readonly Genotype[], cid: (parent: Genotype) => string,
  ) {
    this.genotype = genotype
    this.operators = operators
    this.edits = edits
    this.#parents = parents
    this.#cid = cid
  }

  get parents(): readonly string[] {
    return this.#parents.map(this.#cid)
  }
}

/** CIDs, each computed once. */
export function createNaming(): (genotype: Genotype) => string {
  const known = new Map<Genotype, string>()
  return (genotype) => {
    const name = known.get(genotype) ?? cidOf(encodeGenotype(genotype))
    known.set(genotype, name)
    return name
  }
}

/** One place with the chance of its share; any place when all are 0. */
function spin(shares: readonly number[], random: Random): number {
  const sum = shares.reduce((a, b) => a + b, 0)
  if (sum === 0) return random.integer(shares.length)
  let at = random.uniform() * sum
  for (let i = 0; i < shares.length - 1; i++) {
    at -= shares[i]!
    if (at < 0) return i
  }
  return shares.length - 1
}
