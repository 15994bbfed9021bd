// A relay as a process of its own, for tests: started as an operator starts it, read through its two streams and its port.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('./main.ts', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface SpawnedRelay {
  /** Without a slash at its end. */
  readonly origin: string
  readonly ended: Promise<Ended>
  readonly pid: number
  /** The log until now. */
  log(): string
  /** @returns how it ended */
  stop(signal: NodeJS.Signals): Promise<Ended>
}

/** Runs the program with exactly these flags until it ends by itself. */
export function runRelayProcess(flags: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return start(flags, environment).ended
}

/** Kills the program after `ms`, wherever in its start it is then. */
export async function killWhileStarting(flags: readonly string[], ms: number): Promise<Ended> {
  const { child, ended } = start(flags, {})
  setTimeout(() => child.kill('SIGKILL'), ms)
  return await ended
}

/**
 * Resolves when the program has printed its URL.
 * @param libraries folder of the C library to run it under, instead of the machine's own
 */
export async function spawnRelay(flags: readonly string[], libraries?: string): Promise<SpawnedRelay> {
  const { child, ended, stdout, stderr: log } = start(flags, {}, libraries)
  const origin = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', () => {
      const url = /^Megabrain relay: (https?:\/\/\S+)\/\n/.exec(stdout())?.[1]
      if (url !== undefined) resolve(url)
    })
    void ended.then(({ code, stderr }) => reject(new Error(`The relay ended with ${code}: ${stderr}`)))
  })
  return {
    origin,
    ended,
    pid: child.pid!,
    log,
    stop(signal) {
      child.kill(signal)
      return ended
    },
  }
}

function start(flags: readonly string[], environment: Readonly<Record<string, string>>, libraries?: string) {
  const env = { PATH: process.env['PATH'] ?? '', ...environment }
  const loader = libraries === undefined ? [] : [join(libraries, 'ld-linux-x86-64.so.2'), '--library-path', libraries]
  const [executable, ...words] = [...loader, process.execPath, program, ...flags]
  const child = spawn(executable!, words, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (text) => { stdout += String(text) })
  child.stderr.on('data', (text) => { stderr += String(text) })
  const ended = new Promise<Ended>((resolve) => child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr })))
  // Nothing that a test run started may outlive it.
  const kill = () => { child.kill('SIGKILL') }
  process.once('exit', kill)
  void ended.then(() => process.off('exit', kill))
  return { child, ended, stdout: () => stdout, stderr: () => stderr }
}
