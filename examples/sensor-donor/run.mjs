// A house learns from its own sensors and shares none of them: makes readings, starts a relay and a donor with that folder, shows what was
// gone through here and what went out.
//   node examples/sensor-donor/run.mjs [--seconds 60] [--sensors DIR]

import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { makeReadings } from './make-readings.mjs'

const SEED = 2026
const DAYS = 7
const bootstrap = join(dirname(fileURLToPath(import.meta.url)), '../../scripts/bootstrap.mjs')
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, sensors: { type: 'string' } } })

const folder = mkdtempSync(join(tmpdir(), 'sensor-donor-'))
const children = []
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))

const sensors = values.sensors ?? join(folder, 'sensors')
if (values.sensors === undefined) {
  mkdirSync(sensors)
  makeReadings(SEED, DAYS).forEach((text, day) => writeFileSync(join(sensors, `day-${day + 1}.csv`), text))
}
mkdirSync(join(folder, 'page'))
writeFileSync(join(folder, 'page', 'index.html'), '<!doctype html>')
// Installs what is needed, so that what follows starts at once.
spawnSync(process.execPath, [bootstrap, 'megabrain', 'tasks'], { stdio: ['ignore', 'ignore', 'inherit'] })
const relay = start('relay', '--port', '0', '--data', join(folder, 'relay'), '--web-app', join(folder, 'page'), '--stun-port', 'off')
const url = await heard(relay, /"url":"([^"]+)"/)
const donor = start('donate', '--relay', url, '--sensors', sensors, '--data', join(folder, 'donor'), '--status', '0', '--even-when', 'in-use,busy')
const status = await heard(donor, /Status: (\S+)/)

const end = Date.now() + Number(values.seconds) * 1_000
let last
do {
  await new Promise((resolve) => setTimeout(resolve, 5_000))
  last = await (await fetch(status)).json()
  const { champion, evaluations, sensors: { processedLocally, shared, keptLocalPercent } } = last
  console.log(`${evaluations} evaluations, closeness ${((champion?.fitness ?? 0) / 1e6).toFixed(3)}${champion?.solved ? ', solved' : ''}: `
    + `${megabytes(processedLocally)} MB of readings gone through here, ${megabytes(shared)} MB sent, ${keptLocalPercent ?? 0} % stayed`)
} while (Date.now() < end)

console.log(`\n${last.sensors.readings} readings in ${last.sensors.files} files, ${last.sensors.bytes} bytes. Published about them: ${last.published} claims.`)
console.log('What was sent, bytes by kind:', last.bytes.sent)
await Promise.all(children.map((child) => new Promise((resolve) => {
  child.once('exit', resolve)
  child.kill('SIGTERM')
})))
process.exit(last.evaluations > 0 && last.published === 0 && last.sensors.keptLocalPercent >= 99 ? 0 : 1)

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(3)
}

function start(...args) {
  const child = spawn(process.execPath, [bootstrap, 'megabrain', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  return child
}

/** Waits for what a child says about itself. */
function heard(child, pattern) {
  return new Promise((resolve, reject) => {
    let text = ''
    const listen = (bytes) => {
      text = `${text}${bytes}`.slice(-20_000)
      const [, found] = pattern.exec(text) ?? []
      if (found !== undefined) resolve(found)
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    child.once('exit', (code, signal) => reject(new Error(`it ended with ${code ?? signal}: ${text.slice(-400)}`)))
  })
}
