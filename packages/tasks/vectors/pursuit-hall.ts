// Adds one champion to the hall of fame of `pursuit`: `node vectors/pursuit-hall.ts SEED EVALUATIONS`. It is the best of
// one run against the hall as it stands. The hall of a version that is out must not change.

import { readFileSync, writeFileSync } from 'node:fs'
import { createSearch, encodeGenotype, evaluate } from '@megabrain/evolve'
import type { Genotype } from '@megabrain/evolve'
import { pursuit } from '../src/pursuit.ts'

const [seed = 1, budget = 20_000] = process.argv.slice(2).map(Number)
const file = new URL('pursuit-hall.json', import.meta.url)
const hall = JSON.parse(readFileSync(file, 'utf8')) as string[]

// Halls keep only players without memory: cycles are off.
let search = createSearch({ algorithm: 'neat', task: pursuit, settings: { recurrent: 0, perturbPower: 1 }, seed })
let best: { readonly genotype: Genotype; readonly fitness: number } | undefined
for (let evaluations = 0; evaluations < budget;) {
  const asked = search.ask()
  const results = asked.candidates.map(({ genotype }) => evaluate(pursuit, genotype))
  evaluations += results.length
  results.forEach(({ fitness }, i) => { if (fitness > (best?.fitness ?? -1)) best = { genotype: asked.candidates[i]!.genotype, fitness } })
  search = asked.search.tell(results)
}
hall.push(Buffer.from(encodeGenotype(best!.genotype)).toString('hex'))
writeFileSync(file, `${JSON.stringify(hall, undefined, 2)}\n`)
console.log(`member ${hall.length}: fitness ${best!.fitness} against those before it`)
