// The long version: cases in an order and with numbers that follow from the seed, for as long as is asked. Prints each fault,
// each promise that was kept, and a verdict; the same seed makes the same faults.
//
//   node e2e/chaos/run.ts [--minutes 30] [--seed 1] [--only kill-relay,fill-disk]

import { parseArgs } from 'node:util'
import { cases, runCase } from './cases.ts'
import { ensureTools } from './tools.ts'

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '30' }, seed: { type: 'string', default: '1' }, only: { type: 'string' } } })
const [minutes, seed] = [Number(values.minutes), Number(values.seed)]
const wanted = cases.filter(({ name }) => values.only === undefined || values.only.split(',').includes(name))
if (!(minutes > 0) || !Number.isInteger(seed) || wanted.length === 0) {
  process.stderr.write(`--minutes above 0, --seed a whole number, --only of ${cases.map(({ name }) => name).join(', ')}\n`)
  process.exit(2)
}
// What is running ends with us, whoever ends us.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
const say = (line: string): void => void process.stdout.write(`${line}\n`)
const tools = ensureTools()
const tally = new Map<string, { kept: number; broken: number; seconds: number }>()
const end = Date.now() + minutes * 60_000
for (let round = 0; Date.now() < end || round === 0; round++) {
  for (const each of wanted) {
    if (round > 0 && Date.now() >= end) break
    const caseSeed = seed * 1_000 + round
    say(`${each.name}, seed ${caseSeed}: ${each.what}`)
    const from = Date.now()
    const verdict = await runCase(each, 'long', caseSeed, tools, say)
    say(`  verdict    ${verdict}`)
    const sum = tally.get(each.name) ?? { kept: 0, broken: 0, seconds: 0 }
    if (verdict === 'kept') sum.kept++
    else if (!verdict.startsWith('left out')) sum.broken++
    sum.seconds += (Date.now() - from) / 1_000
    tally.set(each.name, sum)
  }
}
say('\n| case | kept | broken | s |\n|---|---|---|---|')
for (const [name, { kept, broken, seconds }] of tally) say(`| ${name} | ${kept} | ${broken} | ${Math.round(seconds)} |`)
process.exit([...tally.values()].every(({ broken }) => broken === 0) ? 0 : 1)
