// The relay under test, as the product or as stock js-libp2p: a process of its own, watched from outside through /proc and its
// metrics page.

import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BenchRealm } from './claims.ts'
import type { Place } from './orders.ts'
import type { StockSettings } from './stock.ts'

export interface RelayProcess {
  readonly place: Place
  readonly pid: () => number
  /** Resident memory now and at most since the process began, bytes. */
  memory(): { readonly resident: number; readonly peak: number }
  /** Processor time since the process began, s. */
  cpuSeconds(): number
  /** One number of the metrics page, without the prefix; 0 when it is not there. */
  metric(name: string): Promise<number>
  /** kill -9, and the same relay again on the same port. @returns when the new one listens */
  restart(): Promise<void>
  close(): Promise<void>
}

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const relayFolder = pathOf('../../../../../relays/node/')
const vite = pathOf('../../../../../node_modules/vite/bin/vite.js')
/** As `relays/deploy` starts it. */
const SHIPPED_FLAGS = ['--no-warnings', '--max-semi-space-size=4']
const SHIPPED_ENVIRONMENT = { MALLOC_ARENA_MAX: '2' }
const stockProgram = pathOf('./stock-relay.ts')
/** All clients are behind one address, as in a school. */
const ROOM = 20_000
/** USER_HZ on Linux. */
const TICKS_PER_SECOND = 100

export interface ProductOptions {
  /** Put before the program, such as `taskset -c 0`. @default none */
  readonly under?: readonly string[]
  readonly memoryFlags?: readonly string[]
}

let program: string | undefined

/** Builds the relay as it is shipped, once. */
function shippedRelay(): string {
  if (program !== undefined) return program
  const { status, stderr } = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: relayFolder, env: { ...process.env, NODE_ENV: 'production' } })
  if (status !== 0) throw new Error(`The relay could not be built: ${String(stderr)}`)
  return program = `${relayFolder}dist/main.js`
}

/** The relay with archive, verifier, page and the benchmark's realm, built and started as it is shipped. */
export async function openProductRelay(realm: BenchRealm, options: ProductOptions = {}): Promise<RelayProcess> {
  const data = mkdtempSync(join(tmpdir(), 'megabrain-bench-relay-'))
  mkdirSync(join(data, 'realms'), { mode: 0o700 })
  writeFileSync(join(data, 'realms', 'bench.realm'), realm.document)
  const flags = ['--data', data, '--max-reservations', String(ROOM), '--max-sockets-per-address', String(ROOM), '--tasks', 'xor']
  const argsFor = (port: string): string[] => [...SHIPPED_FLAGS, ...options.memoryFlags ?? [], shippedRelay(), '--port', port, ...flags]
  let child = await launch([...options.under ?? [], process.execPath, ...argsFor('0')], /^Megabrain relay: (http:\/\/\S+)\/\n/)
  const origin = child.said
  const port = new URL(origin).port
  const { addresses } = await (await fetch(`${origin}/.well-known/megabrain.json`)).json() as { readonly addresses: readonly string[] }
  const relay = addresses.find((address) => address.includes('/ws/'))!
  return {
    ...watched(() => child.pid),
    place: { relay, realmId: realm.id, document: realm.document },
    async metric(name) {
      const text = await (await fetch(`${origin}/metrics`)).text()
      const line = text.split('\n').find((candidate) => candidate.startsWith(`megabrain_${name} `))
      return line === undefined ? 0 : Number(line.slice(line.lastIndexOf(' ') + 1))
    },
    async restart() {
      await child.kill()
      child = await launch([...options.under ?? [], process.execPath, ...argsFor(port)], /^Megabrain relay: (http:\/\/\S+)\/\n/)
    },
    async close() {
      await child.kill()
      rmSync(data, { recursive: true, force: true })
    },
  }
}

export async function openStockRelay(realm: BenchRealm, settings: StockSettings): Promise<RelayProcess> {
  const child = await launch([process.execPath, '--no-warnings', stockProgram, realm.id, JSON.stringify(settings)], /^(\/ip4\/\S+)\n/)
  return {
    ...watched(() => child.pid),
    place: { relay: child.said, realmId: realm.id, document: realm.document },
    metric: async () => 0,
    restart: () => Promise.reject(new RangeError('Only the product is restarted')),
    close: () => child.kill(),
  }
}

interface Launched {
  readonly pid: number
  /** What the pattern caught of its first line. */
  readonly said: string
  kill(): Promise<void>
}

/** Resolves when the program has printed a line that matches. */
async function launch([program, ...args]: readonly string[], pattern: RegExp): Promise<Launched> {
  const child = spawn(program!, args, { env: { ...process.env, ...SHIPPED_ENVIRONMENT }, stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let [stdout, stderr] = ['', '']
  child.stderr.on('data', (text) => { stderr = (stderr + String(text)).slice(-2_000) })
  const said = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (text) => {
      stdout += String(text)
      const found = pattern.exec(stdout)?.[1]
      if (found !== undefined) resolve(found)
    })
    child.once('error', reject)
    void ended.then(() => reject(new Error(`The relay ended: ${stderr}`)))
  })
  return {
    pid: child.pid!,
    said,
    async kill() {
      process.off('exit', kill)
      child.kill('SIGKILL')
      await ended
    },
  }
}

function watched(pid: () => number): Pick<RelayProcess, 'pid' | 'memory' | 'cpuSeconds'> {
  return {
    pid,
    memory() {
      const status = readFileSync(`/proc/${pid()}/status`, 'utf8')
      const bytesOf = (name: string): number => 1_024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1])
      return { resident: bytesOf('VmRSS'), peak: bytesOf('VmHWM') }
    },
    cpuSeconds() {
      const fields = readFileSync(`/proc/${pid()}/stat`, 'utf8').split(') ')[1]!.split(' ')
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
    },
  }
}
