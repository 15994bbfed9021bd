// How programs on the same machine ask the relay that runs on a data folder: a Unix socket in the folder, which only its owner can
// enter. One line of JSON each way. Apart from HTTP, because who may read the folder has every key already and needs no token.

import { chmodSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import type { Log } from './log.ts'

/** What can be asked, and what is answered. */
export interface Answers {
  readonly addresses: {
    /** Multiaddrs with `/p2p/…`. */
    readonly listening: readonly string[]
    readonly announced: readonly string[]
    /** UDP port. */
    readonly stun?: number
    /** Transports that are off although they are wanted, and why. */
    readonly off: Readonly<Record<string, string>>
    /** Base64 of the own realm's signed policy. */
    readonly realm: string
  }
  /** A copy of the archive in the data folder, by its name; it is gone when the asker hangs up. And the settings of the relay. */
  readonly snapshot: { readonly name: string; readonly settings: unknown }
}

export type Ask = keyof Answers
type Message<A extends Ask> = { readonly ok: true; readonly value: Answers[A] } | { readonly ok: false; readonly reason: string }

/** @param hungUp aborted when the asker has gone */
export type AnswerAsk = <A extends Ask>(ask: A, hungUp: AbortSignal) => Promise<Answers[A]>

const NAME = 'operator.sock'
const MAX_LINE_CHARACTERS = 65_536
/** Each may have a copy of the archive made. */
const MAX_CALLERS = 4

/** Serves until closed. A folder whose path is too long for a socket (about 100 bytes) gets none, and the log says so. */
export async function openOperatorSocket(folder: string, answer: AnswerAsk, log: Log): Promise<() => Promise<void>> {
  const path = join(folder, NAME)
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const hungUp = new AbortController()
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => {
      sockets.delete(socket)
      hungUp.abort()
    })
    readLine(socket).then(async (line) => {
      const ask: unknown = JSON.parse(line)
      if (ask !== 'addresses' && ask !== 'snapshot') throw new RangeError(`This relay cannot answer ${line}`)
      return await answer(ask, hungUp.signal)
    }).then(
      (value) => socket.write(`${JSON.stringify({ ok: true, value })}\n`),
      (error: unknown) => socket.end(`${JSON.stringify({ ok: false, reason: (error as Error).message })}\n`),
    )
  })
  server.maxConnections = MAX_CALLERS
  rmSync(path, { force: true }) // of a relay that was killed: the folder's lock says that none runs
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve))
    server.on('error', () => undefined) // one caller who cannot be taken is not the relay's end
    chmodSync(path, 0o600)
  } catch (error) {
    log.write('warn', 'operator-socket-off', { path, why: (error as NodeJS.ErrnoException).code ?? String(error) })
  }
  return async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
}

/**
 * Asks the relay that runs on the folder. Its answer holds until `hangUp` is called.
 * @throws Error in words when none answers there, or when it could not do it
 */
export async function askRelay<A extends Ask>(folder: string, ask: A): Promise<{ readonly value: Answers[A]; readonly hangUp: () => void }> {
  const socket = connect(join(folder, NAME))
  try {
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    socket.on('error', () => undefined)
    socket.write(`${JSON.stringify(ask)}\n`)
    const message = JSON.parse(await readLine(socket)) as Message<A>
    if (!message.ok) throw new Error(message.reason)
    return { value: message.value, hangUp: () => socket.destroy() }
  } catch (cause) {
    socket.destroy()
    throw new Error(`The relay that runs on ${folder} did not answer: ${(cause as Error).message}`, { cause })
  }
}

function readLine(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part
      const end = text.indexOf('\n')
      if (end >= 0) resolve(text.slice(0, end))
      else if (text.length > MAX_LINE_CHARACTERS) reject(new RangeError('A line is too long'))
    })
    socket.once('close', () => reject(new Error('it ended before it had answered')))
  })
}
