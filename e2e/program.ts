// One program that a test started: its lines, its log and its end. Only what was started here is ever signalled.

import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { until } from './until.ts'

export const projectFolder = fileURLToPath(new URL('..', import.meta.url))

export class Program {
  readonly name: string
  /** Lines of stdout so far. */
  readonly lines: string[] = []
  /** Both streams in the order in which they arrived. */
  log = ''
  readonly #child: ChildProcess
  readonly #ended: Promise<number | NodeJS.Signals>
  #end: number | NodeJS.Signals | undefined

  /**
   * @param words a TypeScript file of this project and its arguments
   * @param libraries folder of the C library to run it under, instead of the machine's own. Then it must start no programs itself
   * @param within what to run it by: the words of a program that becomes it, such as `ip netns exec NAME`
   */
  constructor(name: string, words: readonly string[], environment: Readonly<Record<string, string>> = {}, libraries?: string, within: readonly string[] = []) {
    const loader = libraries === undefined ? [] : [join(libraries, 'ld-linux-x86-64.so.2'), '--library-path', libraries]
    const [program, ...all] = [...within, ...loader, process.execPath, ...words]
    this.name = name
    // What the test runner sets is not what an operator has.
    const env = { ...process.env, NODE_ENV: undefined, VITEST: undefined, ...environment }
    this.#child = spawn(program!, all, { cwd: projectFolder, env, stdio: ['pipe', 'pipe', 'pipe'] })
    let rest = ''
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.log += chunk.toString()
      const parts = (rest + chunk.toString()).split('\n')
      rest = parts.pop() ?? ''
      this.lines.push(...parts)
    })
    this.#child.stderr?.on('data', (chunk: Buffer) => { this.log += chunk.toString() })
    // Nothing that was started here may outlive us.
    const kill = (): void => { this.#child.kill('SIGKILL') }
    process.once('exit', kill)
    this.#ended = new Promise((resolve) => this.#child.on('close', (code, signal) => {
      process.off('exit', kill)
      this.#end = signal ?? code ?? 1
      resolve(this.#end)
    }))
  }

  get running(): boolean {
    return this.#end === undefined
  }

  /** One line on its stdin. */
  tell(line: string): void {
    this.#child.stdin?.write(`${line}\n`)
  }

  /** The first line of stdout at or after `from` that `accept` wants; fails at once when the program ends before. */
  async line<T>(what: string, accept: (line: string) => T | undefined, timeoutMs: number, from = 0): Promise<T> {
    return until<T | Error | undefined>(`${this.name} prints ${what}`, () => {
      for (const line of this.lines.slice(from)) {
        const value = accept(line)
        if (value !== undefined) return value
      }
      return this.running ? undefined : new Error(`${this.name} ended (${this.#end}) before it printed ${what}:\n${this.log}`)
    }, { timeoutMs, everyMs: 20 }).then((value) => {
      if (value instanceof Error) throw value
      return value as T
    })
  }

  /** Resolves with the exit code or signal when the program is gone. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | NodeJS.Signals> {
    if (!this.running) return this.#ended
    this.#child.kill(signal)
    const last = setTimeout(() => this.#child.kill('SIGKILL'), 10_000)
    const end = await this.#ended
    clearTimeout(last)
    return end
  }
}
