// How much memory a headless donor takes over time: a real relay, a real donor, its resident set once a minute. Run by hand:
//   node scripts/donor-soak.ts --minutes 60 [--limit-mb 512] [--workers 1] [--task ID] [--nice 10]
// With --limit-mb the donor runs in a memory cgroup of its own (version 1 or 2, as root), which kills it when it needs more.

import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { LEAN_ENVIRONMENT, LEAN_FLAGS } from './lean-node.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { values } = parseArgs({
  options: {
    'minutes': { type: 'string', default: '60' }, 'limit-mb': { type: 'string' }, 'workers': { type: 'string', default: '1' },
    'task': { type: 'string', default: 'double-pole-no-velocity' }, 'nice': { type: 'string', default: '10' },
  },
})
const minutes = Number(values.minutes)
const SAMPLE_MS = 60_000
const folder = mkdtempSync(join(tmpdir(), 'megabrain-soak-'))
const page = join(folder, 'page')
mkdirSync(page)
writeFileSync(join(page, 'index.html'), '<!doctype html>')

await import('./build-donor.ts')
const relay = start([join(root, 'relays/node/src/main.ts'), '--port', '0', '--data', join(folder, 'relay'), '--web-app', page, '--stun-port', 'off'])
const url = await heard(relay, /"url":"([^"]+)"/)
const donor = start([
  ...LEAN_FLAGS, join(root, 'apps/cli/dist/donor.js'), 'donate', '--relay', url, '--data', join(folder, 'donor'), '--status', '0', '--even-when', 'in-use,busy',
  '--task', values.task, '--workers', values.workers, '--nice', values.nice,
], { ...process.env, ...LEAN_ENVIRONMENT })
const cgroup = values['limit-mb'] === undefined ? undefined : limit(donor.pid!, Number(values['limit-mb']))
const status = await heard(donor, /Status: (\S+)/)
await heard(donor, /First evaluation after (\S+) s/).then((seconds) => console.log(`first evaluation after ${seconds} s`))

console.log('minute  rss MB  peak MB  heap MB  evaluations  members  bytes today')
const rows: { readonly minute: number; readonly rss: number }[] = []
for (let minute = 0; minute <= minutes && donor.exitCode === null && donor.signalCode === null; minute++) {
  const { rssBytes, heapBytes, evaluations, members, bytes } = await (await fetch(status)).json() as { rssBytes: number; heapBytes: number; evaluations: number; members: number; bytes: { today: number } }
  const rss = rssBytes / 1e6
  rows.push({ minute, rss })
  const [, peak = ''] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${donor.pid}/status`, 'utf8')) ?? []
  console.log(`${String(minute).padStart(6)}  ${rss.toFixed(1).padStart(6)}  ${(Number(peak) * 1.024 / 1e3).toFixed(1).padStart(7)}  ${(heapBytes / 1e6).toFixed(1).padStart(7)}  ${String(evaluations).padStart(11)}  ${String(members).padStart(7)}  ${bytes.today}`)
  if (minute < minutes) await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS))
}
report()
donor.kill('SIGTERM')
const code = await new Promise((resolve) => donor.exitCode === null ? donor.once('exit', resolve) : resolve(donor.exitCode))
console.log(`the donor ended with ${String(code)}`)
relay.kill('SIGTERM')
await new Promise((resolve) => relay.once('exit', resolve))
rmSync(folder, { recursive: true, force: true })
if (cgroup !== undefined) rmdirSync(cgroup)

/** Growth as the mean of the last quarter less that of the second: start-up and the first collections are not growth. */
function report(): void {
  const mean = (part: typeof rows): number => part.reduce((sum, { rss }) => sum + rss, 0) / part.length
  const quarter = Math.floor(rows.length / 4)
  if (quarter === 0) return
  const [second, last] = [rows.slice(quarter, 2 * quarter), rows.slice(-quarter)]
  console.log(`highest ${Math.max(...rows.map(({ rss }) => rss)).toFixed(1)} MB; second quarter ${mean(second).toFixed(1)} MB, last quarter ${mean(last).toFixed(1)} MB, growth ${(mean(last) - mean(second)).toFixed(1)} MB`)
}

function start(args: readonly string[], environment: NodeJS.ProcessEnv = process.env): ChildProcess {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment })
  child.stderr?.on('data', () => undefined)
  child.stdout?.on('data', () => undefined)
  return child
}

function heard(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const listen = (bytes: Buffer): void => {
      text += String(bytes)
      const [, found] = pattern.exec(text) ?? []
      if (found === undefined) return
      child.stderr?.off('data', listen)
      child.stdout?.off('data', listen)
      resolve(found)
    }
    child.stderr?.on('data', listen)
    child.stdout?.on('data', listen)
    child.once('exit', () => reject(new Error(`ended before ${String(pattern)}: ${text.slice(-500)}`)))
  })
}

/** @returns the folder of the new cgroup */
function limit(pid: number, megabytes: number): string {
  const isFirst = existsSync('/sys/fs/cgroup/memory')
  const group = join(isFirst ? '/sys/fs/cgroup/memory' : '/sys/fs/cgroup', `megabrain-soak-${pid}`)
  mkdirSync(group)
  writeFileSync(join(group, isFirst ? 'memory.limit_in_bytes' : 'memory.max'), String(megabytes * 1_048_576))
  writeFileSync(join(group, 'cgroup.procs'), String(pid))
  console.log(`limited to ${megabytes} MB by ${group}`)
  return group
}
