// Compares the kernel, alone and in lanes, with the reference interpreter on many random networks, bit for bit: more than a
// test has time for. `node packages/evolve/kernel/agree.ts [networks]`; exit 1 at the first difference.

import { sampleGenotype } from '../src/genotype/sample.ts'
import { compile } from '../src/network/compile.ts'
import { interpret } from '../src/network/interpret.ts'
import { compileLanes } from '../src/network/lanes.ts'
import { createRandom } from '../src/random.ts'

const STEPS = 4
const LANES = 3

const networks = Number(process.argv[2] ?? 100_000)
let outputs = 0
for (let seed = 1; seed <= networks; seed++) {
  const genotype = sampleGenotype(seed)
  const random = createRandom(seed)
  const single = compile(genotype)
  const lanes = compileLanes(genotype, LANES)
  const references = Array.from({ length: LANES }, () => interpret(genotype))
  for (let step = 0; step < STEPS; step++) {
    const given = Float64Array.from({ length: genotype.inputs * LANES }, () => (random.integer(30) === 0 ? 1e5 : 3) * random.normal())
    const beside = lanes.activate(given)
    references.forEach((reference, lane) => {
      const row = Array.from({ length: genotype.inputs }, (_, i) => given[i * LANES + lane]!)
      const expected = reference.activate(row)
      const alone = lane === 0 ? single.activate(row) : expected
      for (let i = 0; i < genotype.outputs; i++, outputs++) {
        if (Object.is(expected[i], alone[i]) && Object.is(expected[i], beside[i * LANES + lane])) continue
        const others = `alone ${alone[i]}, in lanes ${beside[i * LANES + lane]}`
        process.stdout.write(`Network ${seed}, step ${step}, lane ${lane}: ${expected[i]}, ${others}\n`)
        process.exit(1)
      }
    })
  }
}
process.stdout.write(`${networks} networks, ${outputs} outputs: all equal to the bit\n`)
