// One child of one agent: a few topological mutations, drawn by weight, another one drawn when one does not apply. There
// is no crossover, by design (Sher 2013).

import { cidOf } from '../genotype/cid.ts'
import { encodeGenotype } from '../genotype/codec.ts'
import { applyEdits, type Edit } from '../genotype/edits.ts'
import type { Genotype, NeuronId } from '../genotype/genotype.ts'
import { operators as table } from '../population/operators.ts'
import type { Random } from '../random.ts'
import { power } from '../tuner/tuning-selection.ts'
import type { Agent, Origin } from './agent.ts'
import type { MemeticSettings } from './settings.ts'

/** A lineage has room for this many names and that of the tuner. */
export const MAX_MUTATIONS = 15

/** The order decides which one a random number draws: append only. */
const operators = [table[1], table[0], ...table.slice(2)]

/** The child inherits the tuned weights. */
export function offspringOf(parent: Agent, settings: MemeticSettings, random: Random): Origin {
  const { genotype, names, edits } = mutatedTopology(parent.genotype, settings, random)
  const start = { genotype, ages: agesAfter(parent, genotype) }
  return { start, parents: [cidOf(encodeGenotype(parent.genotype))], operators: names, edits }
}

/** 1 to 15; the larger the network, the more. */
export function mutationsOf(genotype: Genotype, settings: MemeticSettings, random: Random): number {
  const neurons = genotype.neurons.length
  const { mutationParameter } = settings
  const count = settings.mutationCount === 'ncount-linear'
    ? Math.floor(neurons * mutationParameter + 0.5)
    : 1 + random.integer(Math.max(1, Math.min(MAX_MUTATIONS, Math.floor(power(neurons, mutationParameter) + 0.5))))
  return Math.max(1, Math.min(MAX_MUTATIONS, count))
}

function mutatedTopology(
  parent: Genotype, settings: MemeticSettings, random: Random,
): { readonly genotype: Genotype; readonly names: readonly string[]; readonly edits: readonly Edit[] } {
  let genotype = parent
  const names: string[] = []
  const all: Edit[] = []
  for (let left = mutationsOf(parent, settings, random); left > 0; left--) {
    let open = operators.filter(({ setting }) => settings[setting] > 0)
    while (open.length > 0) {
      const drawn = drawByWeight(open.map(({ setting }) => settings[setting]), random)
      const { name, propose } = open[drawn]!
      const edits = propose(genotype, settings, random)
      if (edits !== undefined) {
        genotype = applyEdits(genotype, edits)
        names.push(name)
        all.push(...edits)
        break
      }
      open = open.toSpliced(drawn, 1)
    }
  }
  return { genotype, names, edits: all }
}

/** Position of one of `weights`, at least one, none negative, with the chance of its share. */
export function drawByWeight(weights: readonly number[], random: Random): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let at = random.uniform() * total
  for (let i = 0; i < weights.length - 1; i++) {
    if (at < weights[i]!) return i
    at -= weights[i]!
  }
  return weights.length - 1
}

/** 0 for a neuron that is new, that differs, or that gained or lost a link; one more than before for the others. */
export function agesAfter(parent: Agent, child: Genotype): readonly number[] {
  const ages = new Map(parent.genotype.neurons.map(({ id }, i) => [id, parent.ages[i]!]))
  const before = new Map(parent.genotype.neurons.map((neuron) => [neuron.id, neuron]))
  const touched = new Set<NeuronId>()
  const pairs = ({ links }: Genotype): Map<string, readonly [NeuronId, NeuronId]> =>
    new Map(Array.from(links.sources, (source, i) => [`${source} ${links.targets[i]}`, [source, links.targets[i]!]]))
  const [old, now] = [pairs(parent.genotype), pairs(child)]
  for (const [pair, ends] of [...old, ...now]) if (!(old.has(pair) && now.has(pair))) for (const end of ends) touched.add(end)
  return child.neurons.map((neuron) => {
    const age = ages.get(neuron.id)
    const same = before.get(neuron.id)
    if (age === undefined || touched.has(neuron.id)) return 0
    const isAsBefore = same!.activation === neuron.activation && same!.aggregation === neuron.aggregation && same!.bias === neuron.bias
    return isAsBefore ? age + 1 : 0
  })
}
