import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asciiBytes } from '../ascii.ts'
import { cidOf } from '../genotype/cid.ts'
import { encodeGenotype } from '../genotype/codec.ts'
import { createGenotype, linksOf, plainNeuron } from '../genotype/create.ts'
import { applyEdits, type Edit } from '../genotype/edits.ts'
import { assertGenotype, FIRST_ACTUATOR, FIRST_HIDDEN, isActuator, isHidden, isSensor, type Genotype } from '../genotype/genotype.ts'
import { sampleGenotype } from '../genotype/sample.ts'
import { hasCycle } from '../network/graph.ts'
import { createRandom } from '../random.ts'
import { createReader, createWriter } from './bytes.ts'
import { crossoverEdits } from './crossover.ts'
import { readEdits, writeEdits } from './edit-bytes.ts'
import { mutate } from './mutate.ts'
import { operators } from './operators.ts'
import { perturbationNames, perturbParameters } from './perturb.ts'
import { defaultSettings, type PopulationSettings } from './settings.ts'

const seeds = fc.nat(1_000_000)
const chances = Object.fromEntries(operators.map(({ setting }) => [setting, 0.05]))
const settings: PopulationSettings = { ...defaultSettings, ...chances, activations: ['tanh', 'relu', 'sine'], recurrent: 0.5, biasPower: 1 }
const cid = (genotype: Genotype): string => cidOf(encodeGenotype(genotype))

/** Half of them without biases. */
function sampled(seed: number): Genotype {
  const genotype = sampleGenotype(seed)
  return seed % 2 === 0 ? genotype : { ...genotype, neurons: genotype.neurons.map((neuron) => ({ ...neuron, bias: 0 })) }
}

/** What the operator made of sampled genotypes, where it applied. */
function mutantsOf(name: string, count = 200): { readonly parent: Genotype; readonly child: Genotype; readonly edits: readonly Edit[] }[] {
  const { propose } = operators.find((operator) => operator.name === name)!
  const mutants = []
  for (let seed = 0; seed < count; seed++) {
    const parent = sampled(seed)
    const edits = propose(parent, settings, createRandom(seed))
    if (edits !== undefined) mutants.push({ parent, child: applyEdits(parent, edits), edits })
  }
  expect(mutants.length, name).toBeGreaterThan(count / 10)
  return mutants
}

test.each(operators.map(({ name }) => name))('%s makes a valid mutant that differs, spares its parent and replays to the same CID', (name) => {
  const { propose } = operators.find((operator) => operator.name === name)!
  let applied = 0
  fc.assert(fc.property(seeds, (seed) => {
    let parent = sampled(seed)
    const random = createRandom(seed)
    for (let i = 0; i < 3; i++) {
      const before = cid(parent)
      const edits = propose(parent, settings, random)
      if (edits === undefined) continue
      applied++
      const child = applyEdits(parent, edits)
      assertGenotype(child)
      expect(cid(child)).not.toBe(before)
      expect(cid(parent)).toBe(before)
      const writer = createWriter()
      writeEdits(writer, edits)
      expect(cid(applyEdits(parent, readEdits(createReader(writer.done()))!))).toBe(cid(child))
      parent = child
    }
  }), { numRuns: 100 })
  expect(applied).toBeGreaterThan(20)
})

test('a mutation and a crossover are edits of the parent whose structure they keep', () => {
  const names = new Set<string>()
  fc.assert(fc.property(seeds, fc.constantFrom('choose' as const, 'average' as const), (seed, kind) => {
    const random = createRandom(seed)
    const mother = sampled(seed)
    const first = mutate(mother, settings, random)
    expect(cid(applyEdits(mother, first.edits))).toBe(cid(first.genotype))
    first.operators.forEach((name) => names.add(name))
    const edits = crossoverEdits(first.genotype, mother, kind, random)
    const child = applyEdits(first.genotype, edits)
    assertGenotype(child)
    const second = mutate(child, settings, random)
    expect(cid(applyEdits(first.genotype, [...edits, ...second.edits]))).toBe(cid(second.genotype))
  }), { numRuns: 500 })
  expect(names.size).toBeGreaterThan(12)
})

test.each(perturbationNames)('%s perturbation keeps the structure, stays within the limit and changes most weights', (perturbation) => {
  const random = createRandom(1)
  let [changed, all] = [0, 0]
  for (let seed = 0; seed < 100; seed++) {
    const parent = sampled(seed)
    const child = applyEdits(parent, perturbParameters(parent, { ...settings, perturbation, weightLimit: 3 }, random))
    assertGenotype(child)
    expect(child.links.sources).toEqual(parent.links.sources)
    child.links.weights.forEach((weight, i) => {
      all++
      if (weight === parent.links.weights[i]) return
      changed++
      expect(Math.abs(weight)).toBeLessThanOrEqual(3)
      expect(Math.fround(weight)).toBe(weight)
    })
  }
  expect(changed / all).toBeGreaterThan(0.7)
})

test('links come where none was, one at a time, and of the kind that the name says', () => {
  const added = (name: string) => mutantsOf(name).map(({ parent, edits }) => {
    expect(edits).toHaveLength(1)
    const edit = edits[0]!
    if (edit.kind !== 'add-link') throw new Error(edit.kind)
    return { parent, edit }
  })
  for (const { parent, edit } of added('add-sensor')) {
    expect(isSensor(edit.source) && !parent.links.sources.includes(edit.source)).toBe(true)
  }
  for (const { parent, edit } of added('add-actuator')) {
    expect(isActuator(edit.target) && !parent.links.targets.includes(edit.target)).toBe(true)
  }
  for (const { parent, edit } of added('add-sensorlink')) {
    expect(isSensor(edit.source) && parent.links.sources.includes(edit.source)).toBe(true)
  }
  for (const { edit } of added('add-actuatorlink')) expect(isHidden(edit.source) && isActuator(edit.target)).toBe(true)
  for (const { edit } of added('add-outlink')) expect(isSensor(edit.source)).toBe(false)
  for (const { parent, edit } of added('add-inlink')) expect(parent.neurons.some(({ id }) => id === edit.target)).toBe(true)
})

test('a splice replaces a link by a neuron and two links; a parallel neuron leaves the link', () => {
  for (const name of ['add-neuron', 'outsplice', 'insplice']) {
    for (const { parent, child } of mutantsOf(name)) {
      expect(child.neurons.length).toBe(parent.neurons.length + 1)
      expect(child.links.weights.length).toBe(parent.links.weights.length + 1)
    }
  }
  for (const { parent, child } of mutantsOf('add-parallel-neuron')) expect(child.links.weights.length).toBe(parent.links.weights.length + 2)
})

test('what is removed is gone with all its links, and no hidden neuron is left on no path', () => {
  for (const { parent, child } of mutantsOf('remove-neuron')) expect(child.neurons.length).toBeLessThan(parent.neurons.length)
  for (const { parent, child, edits } of mutantsOf('remove-sensor')) {
    const first = edits[0]!
    if (first.kind !== 'remove-link') throw new Error(first.kind)
    expect(child.links.sources.includes(first.source)).toBe(false)
    expect(child.links.weights.length).toBeLessThan(parent.links.weights.length)
  }
  for (const { child, edits } of mutantsOf('remove-actuator')) {
    const first = edits[0]!
    if (first.kind !== 'remove-link') throw new Error(first.kind)
    expect(child.links.targets.includes(first.target)).toBe(false)
  }
  for (const name of ['remove-link', 'remove-neuron', 'remove-sensor', 'remove-actuator']) {
    for (const { child } of mutantsOf(name)) {
      for (const { id } of child.neurons.filter((neuron) => isHidden(neuron.id))) {
        expect(linksOf(child).some(({ from, to }) => to === id && from !== id)).toBe(true)
        expect(linksOf(child).some(({ from, to }) => from === id && to !== id)).toBe(true)
      }
    }
  }
})

test('biases come and go', () => {
  for (const { parent, child } of mutantsOf('remove-bias')) {
    expect(child.neurons.filter(({ bias }) => bias !== 0).length).toBe(parent.neurons.filter(({ bias }) => bias !== 0).length - 1)
  }
  for (const { parent, child } of mutantsOf('add-bias')) {
    expect(child.neurons.filter(({ bias }) => bias !== 0).length).toBe(parent.neurons.filter(({ bias }) => bias !== 0).length + 1)
  }
})

test('no operator closes a cycle where none is allowed', () => {
  for (let seed = 0; seed < 300; seed++) {
    let genotype = createGenotype({ inputs: 3, outputs: 2, rule: { kind: 'ordered' }, links: [{ from: 0, to: FIRST_ACTUATOR, weight: 1 }] })
    const random = createRandom(seed)
    for (let i = 0; i < 12; i++) genotype = mutate(genotype, { ...settings, recurrent: 0 }, random).genotype
    expect(hasCycle(genotype)).toBe(false)
  }
})

test('an edit that does not fit is refused with what is wrong', () => {
  const genotype = createGenotype({ inputs: 2, outputs: 1, rule: { kind: 'ordered' }, links: [{ from: 0, to: FIRST_ACTUATOR, weight: 1 }] })
  const refused: readonly (readonly [Edit, string])[] = [
    [{ kind: 'add-link', source: 0, target: FIRST_ACTUATOR, weight: 1 }, 'already a link from 0 to 4096'],
    [{ kind: 'add-link', source: 2, target: FIRST_ACTUATOR, weight: 1 }, 'no sensor 2'],
    [{ kind: 'add-link', source: 1, target: 70_000, weight: 1 }, 'no neuron 70000'],
    [{ kind: 'add-link', source: 1, target: FIRST_ACTUATOR, weight: NaN }, 'got NaN'],
    [{ kind: 'remove-link', source: 1, target: FIRST_ACTUATOR }, 'no link from 1 to 4096'],
    [{ kind: 'add-neuron', neuron: plainNeuron(4_097) }, 'Only hidden neurons'],
    [{ kind: 'remove-neuron', id: FIRST_ACTUATOR }, 'Only hidden neurons'],
    [{ kind: 'remove-neuron', id: FIRST_HIDDEN }, 'no neuron 65536'],
    [{ kind: 'set-weights', weights: new Float64Array(2) }, 'needs 1 weights, got 2'],
    [{ kind: 'set-biases', biases: Float64Array.of(-0) }, 'got 0'],
    [{ kind: 'set-bias', id: 5_000, bias: 1 }, 'no neuron 5000'],
  ]
  for (const [edit, sentence] of refused) expect(() => applyEdits(genotype, [edit])).toThrow(sentence)
})

test('no byte string makes the reader of edits throw', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => { readEdits(createReader(bytes)) }), { numRuns: 2_000 })
  expect(readEdits(createReader(asciiBytes('edits')))).toBeUndefined()
})
