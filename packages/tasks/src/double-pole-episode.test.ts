import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { activationNames, actuatorId, compile, createGenotype, createRandom, evaluate, interpret, plainNeuron } from '@megabrain/evolve'
import type { Genotype, KernelNetwork, Link, Network } from '@megabrain/evolve'
import { bytesModule, compileAssembly } from '../../evolve/kernel/build.ts'
import { doublePoleBytesFile, doublePoleCommand, doublePoleEntry, doublePoleFlags } from '../kernel/build.ts'
import { doublePole } from './double-pole.ts'
import { doublePoleNoVelocity } from './double-pole-no-velocity.ts'
import { countStarts, runEpisode } from './double-pole-episode.ts'
import { goldenGenotype } from './evaluator-version.ts'
import { goldenResults } from './golden-results.ts'
import { balance, START } from './double-pole-physics.ts'

/** A controller with a few hidden neurons, loops included, of any rule. */
function controller(inputs: number, seed: number): Genotype {
  const random = createRandom(seed)
  const ids = [actuatorId(0), ...Array.from({ length: random.integer(4) }, (_, i) => 65_536 + i)]
  const links: Link[] = []
  for (const to of ids) {
    for (const from of [...Array(inputs).keys(), ...ids]) if (random.uniform() < 0.6) links.push({ from, to, weight: 3 * random.normal() })
  }
  const rule = ([{ kind: 'ordered' }, { kind: 'synchronous', steps: 1 }, { kind: 'synchronous', steps: 2 }, { kind: 'stanley' }] as const)[seed % 4]!
  const activation = () => (random.uniform() < 0.5 ? 'steep-sigmoid' : activationNames[random.integer(activationNames.length)]!)
  const neurons = ids.map((id) => ({ ...plainNeuron(id), activation: activation() }))
  return createGenotype({ inputs, outputs: 1, rule, neurons, links })
}

/** A loop that squares itself until it is infinite; how soon depends on what it reads. */
function exploding(inputs: number, seed: number): Genotype {
  return createGenotype({
    inputs, outputs: 1, rule: { kind: 'ordered' },
    neurons: [{ ...plainNeuron(65_536), activation: 'square' }],
    links: [
      { from: 0, to: 65_536, weight: seed }, { from: 65_536, to: 65_536, weight: 1 + seed / 50 },
      { from: inputs - 1, to: 65_536, weight: 3 }, { from: 2, to: 4_096, weight: 5 },
    ],
  })
}

/** A network that balances, its weights a little off. */
function nearWinner(seed: number): Genotype {
  const random = createRandom(seed)
  const winner = goldenGenotype(goldenResults(doublePoleNoVelocity).cases.at(-1)!)
  return { ...winner, links: { ...winner.links, weights: winner.links.weights.map((weight) => weight * (1 + 0.01 * random.normal())) } }
}

/** The network behind another object, so that the task must step it in TypeScript. */
const wrapped = (network: Network): Network => ({
  inputs: network.inputs, outputs: network.outputs, activate: (inputs) => network.activate(inputs), reset: () => network.reset(),
})

test('the module in the sources is the one that the assembly compiles to', async () => {
  const text = bytesModule(await compileAssembly(doublePoleEntry, doublePoleFlags), doublePoleCommand)
  expect(readFileSync(doublePoleBytesFile, 'utf8')).toBe(text)
}, 60_000)

test.each([[true, 7], [false, 4]] as const)('an episode beside the kernel is the episode in TypeScript, to the bit (velocities %s)', (velocities, inputs) => {
  const random = createRandom(3)
  let steps = 0
  for (let seed = 1; seed <= 600; seed++) {
    const genotype = controller(inputs, seed)
    const start = seed % 3 === 0 ? START : Array.from({ length: 6 }, (_, i) => random.normal() * [1, 0.5, 0.1, 0.2, 0.1, 0.2][i]!)
    const [actual, expected] = [compile(genotype), interpret(genotype)].map((network) => {
      const jiggle = new Float64Array(400)
      return { jiggle, ...runEpisode(network, { start, maxSteps: 400, velocities, jiggle }) }
    })
    expect(actual).toEqual(expected)
    steps += actual!.balanced
  }
  expect(steps).toBeGreaterThan(3_000)
})

test('starts in lanes last as long as one after the other, those of networks that overflow included', () => {
  const random = createRandom(11)
  const lengths = new Set<number>()
  for (let seed = 1; seed <= 200; seed++) {
    const genotype = seed % 10 === 0 ? exploding(4, seed) : seed % 5 === 0 ? nearWinner(seed) : controller(4, seed)
    const starts = Array.from({ length: 1 + random.integer(30) }, () => (
      Array.from({ length: 6 }, (_, i) => random.normal() * [1, 0.5, 0.1, 0.2, 0.1, 0.2][i]!)))
    const reference = interpret(genotype)
    const episodes = starts.map((start) => runEpisode(reference, { start, maxSteps: 300, velocities: false }))
    for (const { balanced } of episodes) lengths.add(balanced)
    // Every length is a threshold once, so that a single step more or less of a single start shows.
    for (const least of new Set([0, ...episodes.flatMap(({ balanced }) => [balanced, balanced + 1])])) {
      const count = episodes.filter(({ finite, balanced }) => finite && balanced >= least).length
      expect(countStarts(compile(genotype), { starts, maxSteps: 300, least, enough: 625 })).toBe(count)
      expect(countStarts(compile(genotype), { starts, maxSteps: 300, least, enough: 3 })).toBe(Math.min(3, count))
    }
  }
  expect(lengths.size).toBeGreaterThan(60)
  expect(Math.max(...lengths)).toBe(300)
})

test('a network counts what it does in lanes and is at rest afterwards', () => {
  const starts = [START, [0.1, 0, 0.02, 0, 0.02, 0], [0.2, 0, 0.02, 0, 0.02, 0]]
  const genotype = controller(4, 5)
  const [network, single] = [compile(genotype), compile(genotype)] as [KernelNetwork, KernelNetwork]
  for (const start of starts) runEpisode(single, { start, maxSteps: 500, velocities: false })
  network.activate([1, 1, 1, 1])
  countStarts(network, { starts, maxSteps: 500, least: 500, enough: 3 })
  expect(network.activations).toBe(1 + single.activations)
  expect(network.activate([1, 2, 3, 4])).toEqual(compile(genotype).activate([1, 2, 3, 4]))
})

test('states of every size give the same end on both roads', () => {
  const random = createRandom(5)
  const genotype = controller(7, 4)
  for (let i = 0; i < 300; i++) {
    const start = Array.from({ length: 6 }, () => random.normal() * [1e-9, 1, 100, 1e7, 1e300][random.integer(5)]!)
    const run = (network: Network) => runEpisode(network, { start, maxSteps: 5, velocities: true, jiggle: new Float64Array(5) })
    expect(run(compile(genotype))).toEqual(run(wrapped(compile(genotype))))
  }
})

test('a network that overflows gets the floor value and the same number of steps on both roads', () => {
  let failures = 0
  for (const [task, inputs] of [[doublePole, 7], [doublePoleNoVelocity, 4]] as const) {
    for (let seed = 1; seed <= 200; seed++) {
      const genotype = exploding(inputs, seed)
      const network = interpret(genotype)
      let activations = 0
      const inTypeScript = balance({
        ...network,
        activate(values) {
          activations++
          return network.activate(values)
        },
      }, { start: START, maxSteps: 1_000, observe: task === doublePole ? observeSeven : observeFour, inputs })
      if (inTypeScript.finite) continue
      failures++
      expect(evaluate(task, genotype)).toEqual({ fitness: 0, score: 0, steps: activations })
    }
  }
  expect(failures).toBeGreaterThan(50)
})

const observeSeven = (state: Float64Array | readonly number[], inputs: Float64Array): void => {
  for (const [i, range] of [4.8, 2, 0.52, 2, 0.52, 2].entries()) inputs[i] = state[i]! / range
  inputs[6] = 0.5
}

const observeFour = (state: Float64Array | readonly number[], inputs: Float64Array): void => {
  for (const [i, from] of [0, 2, 4].entries()) inputs[i] = state[from]! / [4.8, 0.52, 0.52][i]!
  inputs[3] = 0.5
}
