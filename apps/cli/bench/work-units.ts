// What farming evaluations out brings: donors as processes of their own at a relay here, and `megabrain farm` against the same search
// evaluated in one process. `node apps/cli/bench/work-units.ts [DONORS,…] [DUTY] [EVALUATIONS] [TASK] [POPULATION] [evaluate-too]`.

import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { openQuietRelay } from '../fixtures/terminal.ts'

const [donors = '0,1,2,4', duty = '100', evaluations = '4000', task = 'double-pole-no-velocity', population = '150', too] = process.argv.slice(2)
const main = new URL('../src/main.ts', import.meta.url).pathname

interface Farmed {
  readonly donorsAtStart: number
  readonly evaluations: number
  readonly evaluatedHere: number
  readonly wallMs: number
  readonly perSecond: number
  readonly champion: { readonly cid: string }
  readonly donors: readonly { readonly evaluations: number; readonly checked: number; readonly failures: number; readonly isFalse: boolean }[]
}

const folder = await mkdtemp(join(tmpdir(), 'megabrain-units-'))
const relay = await openQuietRelay(folder)
const { url } = relay

const rows = []
for (const count of donors.split(',').map(Number)) {
  const running = Array.from({ length: count }, (_, i) => spawn(process.execPath, [
    main, 'donate', '--relay', url, '--task', task, '--duty', duty, '--even-when', 'in-use,busy,battery', '--nice', '0',
    '--data', join(folder, `donor-${count}-${i}`),
  ], { stdio: 'ignore' }))
  const farmed = await farm(count)
  for (const child of running) child.kill('SIGTERM')
  await Promise.all(running.map((child) => new Promise((resolve) => { child.once('exit', resolve) })))
  const sum = (of: (donor: Farmed['donors'][number]) => number): number => farmed.donors.reduce((total, donor) => total + of(donor), 0)
  rows.push({
    donors: farmed.donorsAtStart, evaluations: farmed.evaluations, seconds: farmed.wallMs / 1_000, perSecond: farmed.perSecond,
    speedUp: farmed.perSecond / (rows[0]?.perSecond ?? farmed.perSecond), evaluatedHere: farmed.evaluatedHere,
    checked: sum(({ checked }) => checked), failures: sum(({ failures }) => failures), champion: farmed.champion.cid,
  })
  console.error(JSON.stringify(rows.at(-1)))
}
console.log(JSON.stringify({ cores: cpus().length, task, population: Number(population), dutyPercent: Number(duty), rows }, undefined, 2))
await relay.close()
await rm(folder, { recursive: true, force: true })
process.exit(0)

async function farm(count: number): Promise<Farmed> {
  const child = spawn(process.execPath, [
    main, 'farm', '--relay', url, '--task', task, '--population', population, '--max-evaluations', evaluations, '--donors', String(count), '--seed', '1', '--json',
    ...(too === undefined ? [] : ['--evaluate-too']),
  ], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (bytes) => { output += String(bytes) })
  await new Promise((resolve) => { child.once('exit', resolve) })
  return JSON.parse(output) as Farmed
}
