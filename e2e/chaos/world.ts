// What one case of the chaos suite has running, and what it says: each fault that it makes, each promise that it saw kept.
// Everything is ended with the case. Random choices come from the seed alone.

import type { Browser } from 'playwright'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { openContext, playwrightTab } from '../chromium.ts'
import { Program } from '../program.ts'
import { Relay } from '../relay.ts'
import { until } from '../until.ts'
import { Visitor } from '../visitor.ts'
import { Network } from './network.ts'
import type { Tools } from './tools.ts'

export class World {
  readonly tools: Tools
  readonly #random: () => number
  readonly #tell: (line: string) => void
  readonly #closers: (() => unknown)[] = []
  readonly #relays: Relay[] = []
  readonly #programs: Program[] = []

  constructor(seed: number, tools: Tools, tell: (line: string) => void) {
    this.#random = mulberry32(seed)
    this.tools = tools
    this.#tell = tell
  }

  /** Uniform integer from `least` to `most`. */
  between(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1))
  }

  fault(what: string): void {
    this.#tell(`  fault      ${what}`)
  }

  /** Waits for a promise to be kept. */
  async promise<T>(what: string, look: () => T | Promise<T>, timeoutMs: number): Promise<Exclude<T, undefined | false>> {
    const from = performance.now()
    const value = await until(what, look, { timeoutMs, everyMs: 100 })
    this.#tell(`  kept       ${what} (${((performance.now() - from) / 1_000).toFixed(1)} s)`)
    return value
  }

  keep(closer: () => unknown): void {
    this.#closers.push(closer)
  }

  network(): Network {
    const network = new Network()
    this.keep(() => network.close())
    return network
  }

  /** @param host IP address @param environment beside its usual one @param within where it runs */
  async relay(host?: string, environment?: Readonly<Record<string, string>>, within?: readonly string[]): Promise<Relay> {
    const relay = new Relay(host, { MEGABRAIN_TASKS: 'double-pole', ...environment }, within)
    this.#relays.push(relay)
    this.keep(() => relay.close())
    await relay.start()
    return relay
  }

  /** A program that evolves and trades as a tab does. @param realm its id @default the relay's own */
  donor(relay: Relay, within: readonly string[] = [], realm?: string): Program {
    const data = mkdtempSync(join(tmpdir(), 'megabrain-donor-'))
    const words = ['apps/cli/src/main.ts', 'donate', '--relay', relay.url, '--data', data, '--task', 'double-pole', '--duty', '30']
    if (realm !== undefined) words.push('--realm', realm)
    const donor = new Program(`donor ${this.#programs.length}`, words, {}, undefined, within)
    this.#programs.push(donor)
    this.keep(async () => {
      await donor.end('SIGKILL')
      rmSync(data, { recursive: true, force: true })
    })
    return donor
  }

  /** Members that only keep their connections: `count` of them in one process. */
  crowd(relay: Relay, count: number): Program {
    const crowd = new Program('crowd', ['e2e/attacker/src/crowd.ts', relay.url, String(count)])
    this.#programs.push(crowd)
    this.keep(() => crowd.end('SIGKILL'))
    return crowd
  }

  async visitor(name: string, browser: Browser, url: string): Promise<Visitor> {
    const visitor = new Visitor(name, playwrightTab(await (await openContext(browser)).newPage()))
    await visitor.tab.goto(url)
    return visitor
  }

  /** What everybody printed, for a case that failed. */
  log(): string {
    return [...this.#relays, ...this.#programs].map(({ log }) => log.split('\n').slice(-40).join('\n')).join('\n')
  }

  async close(): Promise<void> {
    for (const closer of this.#closers.reverse()) await Promise.resolve(closer()).catch(() => undefined)
  }
}

export const rest = (ms: number): Promise<void> => pause(ms)

export async function membersOf(relay: Relay): Promise<number> {
  return (await relay.metrics()).get('megabrain_mesh_members') ?? 0
}

/** How many requests of members the relay has answered: they compare archives for ever, also when nobody has a better claim to make. */
export async function answersOf(relay: Relay): Promise<number> {
  return (await relay.metrics()).get('megabrain_mesh_requests_answered_total') ?? 0
}

/** The value of a metric that each realm has, of the relay's own realm unless another label is named. */
export async function ofRealm(relay: Relay, name: string, realm = 'default'): Promise<number> {
  return (await relay.metrics()).get(`megabrain_${name}{realm="${realm}"}`) ?? 0
}

export async function isReady(relay: Relay): Promise<boolean> {
  return (await fetch(`${relay.url}/readyz`)).ok
}

/** Tommy Ettinger's mulberry32, public domain: small, and the same everywhere. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
