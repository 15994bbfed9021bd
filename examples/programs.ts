// The project's own programs as the examples start them: a relay of one's own, and the command line. Whatever is started here ends
// with the example.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

export const root = join(import.meta.dirname, '..')

/** What a program said last, characters, and how often to look for something in it, ms. */
const MAX_SAID = 20_000
const LOOK_MS = 50

const started = new Set<() => void>()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(0))
process.on('exit', () => { for (const end of started) end() })

/** Starts a relay on loopback. Resolves with its address once it listens. */
export function startRelay(data: string, flags: readonly string[] = []): Promise<string> {
  const words = [join(root, 'relays/node/src/main.ts'), '--host', '127.0.0.1', '--port', '0', '--data', data, '--webtransport-port', 'off', ...flags]
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] })
  started.add(() => child.kill('SIGTERM'))
  return new Promise((resolve, reject) => {
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const [address] = /https?:\/\/[^\s"]+/.exec(said) ?? []
      if (address !== undefined) resolve(new URL(address).origin)
    })
    child.stderr.on('data', (chunk: Buffer) => { said += chunk.toString() })
    child.on('close', (code) => reject(new Error(`The relay ended with ${code}: ${said}`)))
  })
}

export interface Said {
  /** 0: done; 1: the answer is no. */
  readonly exit: number
  readonly json: Readonly<Record<string, unknown>>
}

/** `megabrain …words --json`. @throws Error with its words when it was used wrongly */
export function megabrain(...words: readonly string[]): Promise<Said> {
  const child = spawn(process.execPath, [join(root, 'apps/cli/src/main.ts'), ...words, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] })
  const end = (): void => void child.kill('SIGTERM')
  started.add(end)
  return new Promise((resolve, reject) => {
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString() })
    child.stderr.on('data', (chunk: Buffer) => { err += chunk.toString() })
    child.on('close', (code) => {
      started.delete(end)
      if (out === '') return reject(new Error(`megabrain ${words.join(' ')} ended with ${code}: ${err}`))
      resolve({ exit: code ?? 1, json: JSON.parse(out) as Record<string, unknown> })
    })
  })
}

export interface Background {
  /** Waits for what it says about itself, on either stream. @throws Error when it ends before */
  heard(pattern: RegExp): Promise<string>
  /** SIGTERM. Resolves when it has ended. */
  end(): Promise<void>
}

/** `megabrain …words`, until the example ends. */
export function startMegabrain(...words: readonly string[]): Background {
  const child = spawn(process.execPath, [join(root, 'apps/cli/src/main.ts'), ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
  started.add(() => child.kill('SIGTERM'))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => { said = `${said}${bytes.toString()}`.slice(-MAX_SAID) })
  return {
    async heard(pattern) {
      let isOver = false
      void ended.then(() => { isOver = true })
      for (;;) {
        const found = pattern.exec(said)?.[1]
        if (found !== undefined) return found
        if (isOver) throw new Error(`megabrain ${words[0]} ended with ${await ended}: ${said.slice(-400)}`)
        await setTimeout(LOOK_MS)
      }
    },
    async end() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Runs a program of the project to its end. @throws Error when it fails */
export function runProgram(...words: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, words, { cwd: root, stdio: ['ignore', 2, 2], env: { ...process.env, NODE_ENV: 'production' } })
  return new Promise((resolve, reject) => {
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`${words.join(' ')} ended with ${code}`))
    })
  })
}
