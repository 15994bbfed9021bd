// Random valid genotypes of every kind, for property tests: all rules, activations, aggregations, cycles, both widths.

import { activationNames } from '../network/activation.ts'
import { aggregationNames } from '../network/aggregation.ts'
import { createRandom, type Random } from '../random.ts'
import { createGenotype, type Link } from './create.ts'
import { actuatorId, FIRST_HIDDEN, type Genotype, type Neuron, type NeuronId, type UpdateRule } from './genotype.ts'
import { splitId } from './identity.ts'

/** The same for the same seed. At most 5 sensors, 4 actuators, 8 hidden neurons. */
export function sampleGenotype(seed: number): Genotype {
  const random = createRandom(seed)
  const inputs = 1 + random.integer(5)
  const outputs = 1 + random.integer(4)
  const wide = random.uniform() < 0.3
  const responses = random.uniform() < 0.3
  const draw = (): number => (wide ? 2 * random.normal() : Math.fround(2 * random.normal()))
  const ids: NeuronId[] = Array.from({ length: outputs }, (_, i) => actuatorId(i))
  for (let hidden = random.integer(9), i = 0; i < hidden; i++) {
    const id = splitId(random.integer(inputs), actuatorId(random.integer(outputs)), i)
    if (id >= FIRST_HIDDEN && !ids.includes(id)) ids.push(id)
  }
  const neurons = ids.map((id): Neuron => ({
    id,
    activation: activationNames[random.integer(activationNames.length)]!,
    aggregation: random.uniform() < 0.7 ? 'sum' : aggregationNames[random.integer(aggregationNames.length)]!,
    bias: draw(),
    response: responses ? draw() : 1,
  }))
  const density = random.uniform()
  const links: Link[] = []
  for (const to of ids) {
    for (let from = 0; from < inputs; from++) if (random.uniform() < density) links.push({ from, to, weight: draw() })
    for (const from of ids) if (random.uniform() < density / 2) links.push({ from, to, weight: draw() })
  }
  return createGenotype({ inputs, outputs, rule: sampleRule(random), neurons, links })
}

function sampleRule(random: Random): UpdateRule {
  const kind = (['ordered', 'synchronous', 'stanley'] as const)[random.integer(3)]!
  return kind === 'synchronous' ? { kind, steps: 1 + random.integer(4) } : { kind }
}
