// A house learns from its own sensors and shares none of them: makes readings, starts a relay and a donor with that folder, shows what was
// gone through here and what went out.
//   npm run -s example -- sensor-donor [--seconds 60] [--sensors DIR]

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startMegabrain } from '../programs.ts'
import { makeReadings } from './make-readings.ts'

interface Status {
  readonly evaluations: number
  readonly published: number
  readonly champion?: { readonly fitness: number; readonly solved: boolean }
  readonly sensors: {
    readonly files: number
    readonly readings: number
    readonly bytes: number
    readonly processedLocally: number
    readonly shared: number
    readonly keptLocalPercent?: number
  }
  readonly bytes: { readonly sent: unknown }
}

const SEED = 2026
const DAYS = 7
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, sensors: { type: 'string' } } })

const folder = mkdtempSync(join(tmpdir(), 'sensor-donor-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

const sensors = values.sensors ?? join(folder, 'sensors')
if (values.sensors === undefined) {
  mkdirSync(sensors)
  makeReadings(SEED, DAYS).forEach((text, day) => writeFileSync(join(sensors, `day-${day + 1}.csv`), text))
}
mkdirSync(join(folder, 'page'))
writeFileSync(join(folder, 'page', 'index.html'), '<!doctype html>')
const relay = startMegabrain('relay', '--port', '0', '--data', join(folder, 'relay'), '--web-app', join(folder, 'page'), '--stun-port', 'off')
const url = await relay.heard(/"url":"([^"]+)"/)
const donor = startMegabrain('donate', '--relay', url, '--sensors', sensors, '--data', join(folder, 'donor'), '--status', '0', '--even-when', 'in-use,busy')
const status = await donor.heard(/Status: (\S+)/)

const end = Date.now() + Number(values.seconds) * 1_000
let last: Status
do {
  await setTimeout(5_000)
  last = await (await fetch(status)).json() as Status
  const { champion, evaluations, sensors: { processedLocally, shared, keptLocalPercent } } = last
  console.log(`${evaluations} evaluations, closeness ${((champion?.fitness ?? 0) / 1e6).toFixed(3)}${champion?.solved ? ', solved' : ''}: `
    + `${megabytes(processedLocally)} MB of readings gone through here, ${megabytes(shared)} MB sent, ${keptLocalPercent ?? 0} % stayed`)
} while (Date.now() < end)

console.log(`\n${last.sensors.readings} readings in ${last.sensors.files} files, ${last.sensors.bytes} bytes. Published about them: ${last.published} claims.`)
console.log('What was sent, bytes by kind:', last.bytes.sent)
await Promise.all([donor.end(), relay.end()])
process.exit(last.evaluations > 0 && last.published === 0 && (last.sensors.keptLocalPercent ?? 0) >= 99 ? 0 : 1)

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(3)
}
