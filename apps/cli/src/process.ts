// The process around a command: arguments, signals, streams, exit code.

import { constants } from 'node:os'
import type { Ending } from './ending.ts'
import type { Screen, Surroundings } from './command.ts'

/** The first Ctrl-C asks the command to finish, the second ends the process. */
function stopSignal(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(128 + constants.signals[signal])
      controller.abort()
    })
  }
  return controller.signal
}

const { stderr } = process
let live = ''

function show(line: string): void {
  live = line.slice(0, Math.max(0, stderr.columns - 1))
  stderr.write(`\r\x1b[2K${live}`)
}

/** Redraws in place; lines may hold colours, so they are not cut here. */
function createScreen(): Screen {
  let height = 0
  return {
    columns: stderr.columns,
    show(lines) {
      const up = height === 0 ? '' : `\x1b[${height}A`
      stderr.write(`${up}\r\x1b[J${lines.map((line) => `${line}\n`).join('')}`)
      height = lines.length
    },
  }
}

export async function runAsProcess(run: (args: readonly string[], surroundings: Surroundings) => Promise<Ending>): Promise<void> {
  const ending = await run(process.argv.slice(2), {
    stop: stopSignal(),
    progress: (line) => { stderr.write(live === '' ? `${line}\n` : `\r\x1b[2K${line}\n${live}`) },
    ...(stderr.isTTY ? { status: show, screen: createScreen() } : {}),
  })
  if (ending.fault !== '') process.stderr.write(`${ending.fault}\n`)
  if (ending.output !== '') process.stdout.write(`${ending.output}\n`)
  process.exitCode = ending.exit
}
