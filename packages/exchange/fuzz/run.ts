// The long run: as many inputs as asked for, in rounds of a million over all targets, with a log that a later run goes on
// from. Apart from the tests because it takes from minutes to hours.
//
//   node packages/exchange/fuzz/run.ts [--inputs 1e8] [--seed S] [--log FILE] [--only NAME]

import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fuzz, type Target } from './fuzz.ts'
import { goldenBytes } from './seeds.ts'
import { targets } from './targets.ts'

const ROUND = 1_000_000
const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1e8' },
    seed: { type: 'string', default: '1' },
    log: { type: 'string', default: join(import.meta.dirname, '../../../.cache/fuzz.jsonl') },
    only: { type: 'string', default: '' },
  },
})
const [wanted, seed] = [Number(values.inputs), Number(values.seed)]
if (!(wanted >= 1) || !Number.isSafeInteger(seed)) {
  throw new RangeError(`--inputs and --seed must be numbers, got ${values.inputs} and ${values.seed}`)
}

interface Line {
  readonly seed: number
  readonly round: number
  readonly target: string
  readonly inputs: number
  readonly kinds: number
  readonly slowestMs: number
  readonly cpuSeconds: number
  readonly findings: readonly object[]
}

const all = targets().filter(({ name }) => name.includes(values.only))
const weights = all.reduce((sum, { weight }) => sum + weight, 0)
const donors = goldenBytes()
const before = existsSync(values.log) ? readFileSync(values.log, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Line) : []
const done = new Map(before.filter((line) => line.seed === seed).map((line) => [`${line.round} ${line.target}`, line]))
const lines: Line[] = []

for (let round = 0; lines.reduce((sum, { inputs }) => sum + inputs, 0) < wanted; round++) {
  for (const target of all) lines.push(done.get(`${round} ${target.name}`) ?? attack(target, round))
  const inputs = lines.reduce((sum, line) => sum + line.inputs, 0)
  const findings = lines.reduce((sum, line) => sum + line.findings.length, 0)
  const slowest = Math.max(...lines.map(({ slowestMs }) => slowestMs))
  process.stdout.write(`round ${round}: ${inputs.toExponential(2)} inputs, ${findings} findings, slowest ${slowest.toFixed(2)} ms\n`)
}
const findings = lines.flatMap((line) => line.findings)
for (const finding of findings) process.stdout.write(`${JSON.stringify(finding)}\n`)
const cpuSeconds = lines.reduce((sum, line) => sum + line.cpuSeconds, 0)
process.stdout.write(`seed ${seed}: ${findings.length} findings, ${cpuSeconds.toFixed(0)} s of one core\n`)
process.exitCode = findings.length === 0 ? 0 : 1

function attack(target: Target, round: number): Line {
  const inputs = Math.ceil((ROUND * target.weight) / weights)
  const began = process.cpuUsage()
  const report = fuzz(target, donors, inputs, seed * 1_000_000 + round, () => performance.now())
  const { user, system } = process.cpuUsage(began)
  const { kinds, slowestMs, findings } = report
  const line: Line = { seed, round, target: target.name, inputs, kinds, slowestMs, cpuSeconds: (user + system) / 1e6, findings }
  appendFileSync(values.log, `${JSON.stringify(line)}\n`)
  return line
}
