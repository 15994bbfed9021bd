// Whether this engine's WebAssembly computes what its JavaScript computes, asked once at start-up: an engine with a faulty
// compiler must not claim a fitness. Single networks and lanes, all rules, activations and aggregations.

import type { Genotype } from '../genotype/genotype.ts'
import { sampleGenotype } from '../genotype/sample.ts'
import { createRandom } from '../random.ts'
import { compile } from './compile.ts'
import { interpret } from './interpret.ts'
import { compileLanes } from './lanes.ts'

const NETWORKS = 48
const STEPS = 4
const LANES = 7

let agreed: boolean | undefined

/** True when kernel and reference agree to the bit on networks of every kind; the first call takes some milliseconds. */
export function kernelAgrees(): boolean {
  return agreed ??= Array.from({ length: NETWORKS }, (_, i) => sampleGenotype(i + 1)).every(agreesOn)
}

function agreesOn(genotype: Genotype, seed: number): boolean {
  const random = createRandom(seed)
  const single = compile(genotype)
  const lanes = compileLanes(genotype, LANES)
  const references = Array.from({ length: LANES }, () => interpret(genotype))
  for (let step = 0; step < STEPS; step++) {
    const given = Float64Array.from({ length: genotype.inputs * LANES }, () => 3 * random.normal())
    const beside = lanes.activate(given)
    for (let lane = 0; lane < LANES; lane++) {
      const row = Array.from({ length: genotype.inputs }, (_, i) => given[i * LANES + lane]!)
      const expected = references[lane]!.activate(row)
      const alone = lane === 0 ? single.activate(row) : expected
      for (let i = 0; i < genotype.outputs; i++) {
        if (!Object.is(expected[i], beside[i * LANES + lane]) || !Object.is(expected[i], alone[i])) return false
      }
    }
  }
  return true
}
