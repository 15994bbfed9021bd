// A relay as a program: settings in, one line for people on stdout, a log on stderr, an exit code. Everything that
// belongs to the process and not to the relay (signals, last words) is here.

import { RelayStartError } from './errors.ts'
import { createLog } from './log.ts'
import type { Log } from './log.ts'
import { configurationHelp, readConfiguration } from './read-configuration.ts'
import type { Relay } from './relay.ts'

/** From the first signal to the end of the process, whatever still hangs. */
const CLOSE_DEADLINE_MS = 4_500

const EXIT_OK = 0
const EXIT_FAILED = 1
const EXIT_USAGE = 2
/** 128 + SIGINT, as shells count. */
const EXIT_SECOND_SIGNAL = 130
const SAME_SIGNAL_MS = 1_000

/**
 * Runs a relay in this process until it is told to stop, and ends the process then.
 * @param flags the command line after the program's name
 */
export async function runRelay(flags: readonly string[]): Promise<void> {
  const configuration = readConfiguration(flags, process.env, process.cwd())
  if (!configuration.ok) return end(EXIT_USAGE, configuration.reason)
  if (configuration.action === 'help') return say(configurationHelp())
  if (configuration.action === 'check') return say('The settings are valid.\n')

  const log = createLog((line) => process.stderr.write(`${line}\n`), () => Date.now())
  outlive(log)
  let relay: Relay
  const stopped = firstSignal()
  try {
    // Not loaded before: a wrong setting should not wait for libp2p.
    const { openRelay } = await import('./relay.ts')
    relay = await openRelay(configuration.value, log)
  } catch (error) {
    if (error instanceof RelayStartError) return end(EXIT_FAILED, error.message)
    throw error
  }
  say(`Megabrain relay: ${relay.url}\n`)

  const signal = await stopped
  log.write('info', 'stopping', { signal })
  const deadline = setTimeout(() => {
    log.write('error', 'stopped-late', { deadlineMs: CLOSE_DEADLINE_MS })
    process.exit(EXIT_FAILED)
  }, CLOSE_DEADLINE_MS)
  await relay.close()
  clearTimeout(deadline)
  log.write('info', 'stopped')
  process.exit(EXIT_OK)
}

/**
 * Resolves at the first SIGINT or SIGTERM; a later one ends the process at once. One Ctrl-C may arrive several times, from
 * the terminal and from each program that wraps us, so what follows within a second is the same one.
 */
function firstSignal(): Promise<string> {
  return new Promise((resolve) => {
    let firstAt: number | undefined
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        firstAt ??= performance.now()
        if (performance.now() - firstAt > SAME_SIGNAL_MS) process.exit(EXIT_SECOND_SIGNAL)
        resolve(signal)
      })
    }
  })
}

function outlive(log: Log): void {
  // Whoever reads the streams may go away; the relay stays.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  process.removeAllListeners('warning')
  process.on('warning', (warning) => log.write('warn', 'node-warning', { name: warning.name, message: warning.message }))
  // A promise that a library forgot concerns one connection; the relay serves the others on.
  process.on('unhandledRejection', (reason) => log.write('error', 'unhandled-rejection', described(reason)))
  // After an exception nobody knows what state things are in. What matters is on disk: the next start goes on from there.
  process.on('uncaughtException', (error) => {
    log.write('error', 'uncaught-exception', described(error))
    process.exit(EXIT_FAILED)
  })
}

function described(error: unknown): Readonly<Record<string, unknown>> {
  return error instanceof Error ? { name: error.name, message: error.message, stack: error.stack } : { message: String(error) }
}

function say(text: string): void {
  process.stdout.write(text)
}

function end(code: number, reason: string): void {
  process.stderr.write(`megabrain relay: ${reason}\n`, () => process.exit(code))
}
