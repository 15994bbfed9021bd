// Chooses which mutation an offspring gets, and keeps its name and its edits.

import { applyEdits, type Edit } from '../genotype/edits.ts'
import type { Genotype } from '../genotype/genotype.ts'
import type { Random } from '../random.ts'
import type { Operator } from './operator.ts'
import { operators } from './operators.ts'
import { perturbParameters } from './perturb.ts'
import type { PopulationSettings } from './settings.ts'

export interface Mutation {
  readonly genotype: Genotype
  /** Names of the operators applied, in order; never empty. */
  readonly operators: readonly string[]
  /** What they did: `applyEdits` of the parent and these is `genotype`. */
  readonly edits: readonly Edit[]
}

/** At most one structural operator, each with its chance; when none applies, parameters are perturbed (as in NEAT 1.2.1). */
export function mutate(genotype: Genotype, settings: PopulationSettings, random: Random): Mutation {
  for (const { chance, names, propose } of chancesOf(settings)) {
    if (random.uniform() >= chance) continue
    const edits = propose(genotype, settings, random)
    if (edits !== undefined) return { genotype: applyEdits(genotype, edits), operators: names, edits }
  }
  const edits = perturbParameters(genotype, settings, random)
  return { genotype: applyEdits(genotype, edits), operators: perturbed, edits }
}

interface Chance {
  readonly chance: number
  readonly names: readonly string[]
  readonly propose: Operator
}

const known = new WeakMap<PopulationSettings, readonly Chance[]>()

/** The operators that can apply: looking up all of them for each offspring would take longer than most of them do. */
function chancesOf(settings: PopulationSettings): readonly Chance[] {
  let chances = known.get(settings)
  if (chances === undefined) {
    chances = operators
      .map(({ name, setting, propose }): Chance => ({ chance: settings[setting], names: [name], propose }))
      .filter(({ chance }) => chance > 0)
    known.set(settings, chances)
  }
  return chances
}

const perturbed = ['perturb-weights'] as const
