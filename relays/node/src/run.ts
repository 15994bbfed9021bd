// A relay as a program: settings in, one line for people on stdout, a log on stderr, an exit code. Everything that
// belongs to the process and not to the relay (signals, last words) is here.

import type { RelayAnswer } from './actions.ts'
import { RelayStartError } from './errors.ts'
import { createLog } from './log.ts'
import type { Log } from './log.ts'
import { readConfiguration } from './read-configuration.ts'
import type { Relay } from './relay.ts'

/** From the first signal to the end of the process, whatever still hangs. */
const CLOSE_DEADLINE_MS = 4_500

const EXIT_OK = 0
export const EXIT_FAILED = 1
const EXIT_USAGE = 2
/** 128 + SIGINT, as shells count. */
const EXIT_SECOND_SIGNAL = 130
const SAME_SIGNAL_MS = 1_000

/**
 * Runs a relay in this process until it is told to stop, and ends the process then; or does what the flags ask for instead.
 * @param flags the command line after the program's name, without `--json`
 * @returns the answer to what was asked for instead
 * @throws RelayStartError in words when that cannot be done
 */
export async function runRelay(flags: readonly string[]): Promise<RelayAnswer> {
  const configuration = readConfiguration(flags, process.env, process.cwd())
  if (!configuration.ok) return await end(EXIT_USAGE, configuration.reason)
  const { action } = configuration
  if (action.kind !== 'run') {
    const { performAction } = await import('./actions.ts')
    return await performAction(action, configuration.value)
  }

  const log = createLog((line) => process.stderr.write(`${line}\n`), () => Date.now())
  outlive(log)
  let relay: Relay
  const stopped = firstSignal()
  try {
    // Not loaded before: a wrong setting should not wait for libp2p.
    const { openRelay } = await import('./relay.ts')
    relay = await openRelay(configuration.value, log)
  } catch (error) {
    if (error instanceof RelayStartError) return await end(EXIT_FAILED, error.message)
    throw error
  }
  process.stdout.write(`Megabrain relay: ${relay.url}\n`)

  const signal = await stopped
  log.write('info', 'stopping', { signal })
  const deadline = setTimeout(() => {
    log.write('error', 'stopped-late', { deadlineMs: CLOSE_DEADLINE_MS })
    process.exit(EXIT_FAILED)
  }, CLOSE_DEADLINE_MS)
  await relay.close()
  clearTimeout(deadline)
  log.write('info', 'stopped')
  return process.exit(EXIT_OK)
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

/** Says why in one line and ends the process. */
export function end(code: number, reason: string): Promise<never> {
  return new Promise(() => process.stderr.write(`megabrain relay: ${reason}\n`, () => process.exit(code)))
}
