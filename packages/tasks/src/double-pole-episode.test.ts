import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { activationNames, actuatorId, compile, createGenotype, createRandom, evaluate, interpret, plainNeuron } from '@megabrain/evolve'
import type { Genotype, Link, Network } from '@megabrain/evolve'
import { bytesModule, compileAssembly } from '../../evolve/kernel/build.ts'
import { doublePoleBytesFile, doublePoleCommand, doublePoleEntry, doublePoleFlags } from '../kernel/build.ts'
import { doublePole } from './double-pole.ts'
import { doublePoleNoVelocity } from './double-pole-no-velocity.ts'
import { runEpisode } from './double-pole-episode.ts'
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
  const neurons = ids.map((id) => ({ ...plainNeuron(id), activation: random.uniform() < 0.5 ? 'steep-sigmoid' : activationNames[random.integer(activationNames.length)]! } as const))
  return createGenotype({ inputs, outputs: 1, rule, neurons, links })
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
      const genotype = createGenotype({
        inputs, outputs: 1, rule: { kind: 'ordered' },
        neurons: [{ ...plainNeuron(65_536), activation: 'square' }],
        links: [{ from: 0, to: 65_536, weight: seed }, { from: 65_536, to: 65_536, weight: 1 + seed / 50 }, { from: inputs - 1, to: 65_536, weight: 3 }, { from: 2, to: 4_096, weight: 5 }],
      })
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
