// A relay as its operator has it: a program, an address, a data folder and its public numbers.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Program } from './program.ts'

export class Relay {
  /** Survives restarts. */
  readonly data = mkdtempSync(join(tmpdir(), 'megabrain-e2e-'))
  readonly #host: string
  readonly #environment: Readonly<Record<string, string>>
  readonly #within: readonly string[]
  #program: Program | undefined
  #url: URL | undefined
  #log = ''

  /**
   * @param host IP address to listen on
   * @param environment beside what every relay has
   * @param within as a `Program` has it
   */
  constructor(host = '127.0.0.1', environment: Readonly<Record<string, string>> = {}, within: readonly string[] = []) {
    this.#within = within
    this.#host = host
    this.#environment = environment
  }

  /** The page's address, without a trailing slash. */
  get url(): string {
    if (this.#url === undefined) throw new Error('The relay was never started')
    return this.#url.origin
  }

  get port(): string {
    return new URL(this.url).port
  }

  get running(): boolean {
    return this.#program?.running ?? false
  }

  /** Everything that its processes printed. */
  get log(): string {
    return this.#log + (this.#program?.log ?? '')
  }

  /** Starts it; again on the same port and data after an end. */
  async start(): Promise<void> {
    if (this.#program?.running) throw new Error('The relay runs already')
    this.#log = this.log === '' ? '' : `${this.log}--- started again ---\n`
    const environment = { PORT: this.#url?.port ?? '0', HOST: this.#host, MEGABRAIN_DATA: this.data, ...this.#environment }
    // Where the machine's C library is too old for WebTransport, the test command has fetched another one.
    this.#program = new Program('relay', ['relays/node/src/main.ts'], environment, 'LD_PRELOAD' in environment ? undefined : process.env['NEWER_LIBC'], this.#within)
    this.#url = await this.#program.line('its address', (line) => {
      const [address] = /https?:\/\/\S+/.exec(line) ?? []
      return address === undefined ? undefined : new URL(address)
    }, 60_000)
  }

  /** SIGKILL: no goodbye. */
  async kill(): Promise<void> {
    await this.#program?.end('SIGKILL')
  }

  /** SIGTERM. Resolves with the exit code. */
  async stop(): Promise<number | NodeJS.Signals | undefined> {
    return this.#program?.end('SIGTERM')
  }

  /** Values of /metrics by sample: `megabrain_refused_total{reason="bad-signature"}`. */
  async metrics(): Promise<ReadonlyMap<string, number>> {
    const text = await (await fetch(`${this.url}/metrics`)).text()
    const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    return new Map(samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]))
  }

  /** How many claims or bodies it has refused for `reason`, whatever the family of the numbers is called. */
  async refused(reason: string): Promise<number> {
    let sum = 0
    for (const [sample, value] of await this.metrics()) if (/refus/.test(sample) && sample.includes(`reason="${reason}"`)) sum += value
    return sum
  }

  /** Ends the program and removes its data. */
  async close(): Promise<void> {
    await this.#program?.end('SIGTERM')
    rmSync(this.data, { recursive: true, force: true })
  }
}
