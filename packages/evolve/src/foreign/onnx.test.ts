// Runs the models in ONNX Runtime, the program that most people will run them in, beside the reference interpreter.

import { InferenceSession, Tensor, env } from 'onnxruntime-web/wasm'
import { expect, test } from 'vitest'
import { createGenotype, linksOf } from '../genotype/create.ts'
import { actuatorId, FIRST_HIDDEN, type Genotype } from '../genotype/genotype.ts'
import { sampleGenotype } from '../genotype/sample.ts'
import { activationNames } from '../network/activation.ts'
import { aggregationNames } from '../network/aggregation.ts'
import { compile } from '../network/compile.ts'
import { hasCycle, orderOf } from '../network/graph.ts'
import { createRandom } from '../random.ts'
import { writeOnnx } from './onnx.ts'

env.wasm.numThreads = 1

const ROWS = 5

async function load(genotype: Genotype): Promise<InferenceSession> {
  const written = writeOnnx(genotype)
  if (!written.ok) throw new Error(written.reason)
  return InferenceSession.create(written.value, { executionProviders: ['wasm'] })
}

const rowsFor = (genotype: Genotype, seed: number, spread = 2): Float64Array => {
  const random = createRandom(seed)
  return Float64Array.from({ length: ROWS * genotype.inputs }, () => spread * random.normal())
}

/** Every row on its own: what the model has no memory for. */
async function forwardOutputs(session: InferenceSession, genotype: Genotype, rows: Float64Array): Promise<number[]> {
  const { actuators } = await session.run({ sensors: new Tensor('float64', rows, [ROWS, genotype.inputs]) })
  return Array.from(actuators!.data as Float64Array)
}

/** Row after row, the state led from each step to the next. */
async function steppedOutputs(session: InferenceSession, genotype: Genotype, rows: Float64Array): Promise<number[]> {
  let state = new Tensor('float64', new Float64Array(genotype.neurons.length), [1, genotype.neurons.length])
  const outputs: number[] = []
  for (let at = 0; at < rows.length; at += genotype.inputs) {
    const sensors = new Tensor('float64', rows.slice(at, at + genotype.inputs), [1, genotype.inputs])
    const { actuators, next_state: next } = await session.run({ sensors, state })
    outputs.push(...(actuators!.data as Float64Array))
    state = new Tensor('float64', next!.data as Float64Array, [1, genotype.neurons.length])
  }
  return outputs
}

function ownOutputs(genotype: Genotype, rows: Float64Array, reset: boolean): number[] {
  const network = compile(genotype)
  const outputs: number[] = []
  for (let at = 0; at < rows.length; at += genotype.inputs) {
    if (reset) network.reset()
    outputs.push(...network.activate(rows.subarray(at, at + genotype.inputs)))
  }
  return outputs
}

/** Largest difference, relative above 1; NaN must meet NaN. */
function difference(got: readonly number[], wanted: readonly number[]): number {
  expect(got.length).toBe(wanted.length)
  return got.reduce((worst, x, i) => {
    const own = wanted[i]!
    if (Number.isNaN(own) || Number.isNaN(x)) return Number.isNaN(own) && Number.isNaN(x) ? worst : Infinity
    return Math.max(worst, Math.abs(x - own) / Math.max(1, Math.abs(own)))
  }, 0)
}

test('120 random feed-forward genotypes answer as they do here, to 1e-6', async () => {
  for (let seed = 1; seed <= 120; seed++) {
    const sample = sampleGenotype(seed)
    const { recurrent } = orderOf(sample)
    const genotype = createGenotype({ ...sample, rule: { kind: 'ordered' }, links: linksOf(sample).filter((_, i) => recurrent[i] === 0) })
    const session = await load(genotype)
    expect(session.inputNames).toEqual(['sensors'])
    const rows = rowsFor(genotype, seed)
    const worst = difference(await forwardOutputs(session, genotype, rows), ownOutputs(genotype, rows, true))
    expect(worst, `seed ${seed}`).toBeLessThanOrEqual(1e-6)
    await session.release()
  }
}, 120_000)

test('40 random genotypes with memory answer step by step as they do here, to 1e-6', async () => {
  let compared = 0
  for (let seed = 1_001; compared < 40; seed++) {
    const genotype = sampleGenotype(seed)
    if (genotype.rule.kind === 'stanley' || (genotype.rule.kind === 'ordered' && !hasCycle(genotype))) continue
    const session = await load(genotype)
    // Three steps: a chaotic network makes 1e-15, the last bit of another exp, a hundred times larger with every step.
    const rows = rowsFor(genotype, seed).subarray(0, 3 * genotype.inputs)
    const worst = difference(await steppedOutputs(session, genotype, rows), ownOutputs(genotype, rows, false))
    expect(worst, `seed ${seed}`).toBeLessThanOrEqual(1e-6)
    await session.release()
    compared++
  }
}, 120_000)

test('actuators with unequal activations each keep their own, far out as well', async () => {
  const genotype = createGenotype({
    inputs: 1,
    outputs: activationNames.length,
    rule: { kind: 'ordered' },
    neurons: activationNames.map((activation, i) => ({ id: actuatorId(i), activation, aggregation: 'sum', bias: 0, response: 1 })),
    links: activationNames.map((_, i) => ({ from: 0, to: actuatorId(i), weight: 1 })),
  })
  const session = await load(genotype)
  for (const inputs of [[-2.5, -0.3, 0, 0.3, 2.5], [-1e3, -40, 1, 40, 1e3], [-2e6, -1e-300, 1e-300, 1_000_000.5, 1e150]]) {
    const rows = Float64Array.from(inputs)
    expect(difference(await forwardOutputs(session, genotype, rows), ownOutputs(genotype, rows, true))).toBeLessThanOrEqual(1e-6)
  }
  await session.release()
})

test('every aggregation, with equal terms of both signs and without any term', async () => {
  const neurons = aggregationNames.map((aggregation, i) =>
    ({ id: actuatorId(i), activation: 'identity' as const, aggregation, bias: 0.25, response: -2 }))
  const links = neurons.flatMap(({ id }) => [1, -1, 0.5].map((weight, from) => ({ from, to: id, weight })))
  const session = await load(createGenotype({ inputs: 3, outputs: neurons.length, rule: { kind: 'ordered' }, neurons, links }))
  const bare = createGenotype({ inputs: 3, outputs: neurons.length, rule: { kind: 'ordered' }, neurons })
  const bareSession = await load(bare)
  const genotype = createGenotype({ ...bare, links })
  const rows = Float64Array.of(3, 3, 1, -3, -3, 6, 0, 0, 0, 1, 2, -4, 5, 5, 10)
  expect(await forwardOutputs(session, genotype, rows)).toEqual(ownOutputs(genotype, rows, true))
  expect(await forwardOutputs(bareSession, bare, rows)).toEqual(ownOutputs(bare, rows, true))
  await session.release()
  await bareSession.release()
})

test('a neuron that is not finite makes all outputs NaN, with memory for good', async () => {
  const parts = {
    inputs: 1, outputs: 1,
    neurons: [
      { id: actuatorId(0), activation: 'tanh' as const, aggregation: 'sum' as const, bias: 0, response: 1 },
      { id: FIRST_HIDDEN, activation: 'square' as const, aggregation: 'sum' as const, bias: 0, response: 1 },
    ],
    links: [{ from: 0, to: actuatorId(0), weight: 1 }, { from: 0, to: FIRST_HIDDEN, weight: 1 }],
  }
  const rows = Float64Array.of(1, 1e200, 1, 0.5, -1e200)
  const forward = createGenotype({ ...parts, rule: { kind: 'ordered' } })
  const forwardSession = await load(forward)
  const alone = await forwardOutputs(forwardSession, forward, rows)
  expect(alone.map(Number.isNaN)).toEqual([false, true, false, false, true])
  const stepping = createGenotype({ ...parts, rule: { kind: 'synchronous', steps: 2 } })
  const steppingSession = await load(stepping)
  const stepped = await steppedOutputs(steppingSession, stepping, rows)
  expect(stepped.map(Number.isNaN)).toEqual([false, true, true, true, true])
  await forwardSession.release()
  await steppingSession.release()
})

test('what one model cannot hold is refused by name', () => {
  const genotype = createGenotype({ inputs: 1, outputs: 1_000, rule: { kind: 'stanley' } })
  const settling = expect.stringMatching(/^rule: ONNX has no network that settles as the original NEAT did; /)
  expect(writeOnnx(genotype)).toEqual({ ok: false, reason: settling })
  expect(writeOnnx({ ...genotype, rule: { kind: 'synchronous', steps: 21 } }))
    .toEqual({ ok: false, reason: 'rule: 21 passes over 1000 neurons make more than 20000 computations, too many for one model' })
})
