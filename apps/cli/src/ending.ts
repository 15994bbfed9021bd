// What a command's process ends with: its answer, or a fault turned into one line and an exit code.

import type { Command, Surroundings } from './command.ts'
import { UsageError } from './usage.ts'

/** 0: done, 1: the answer is no, 2: wrong use or bad input. */
export interface Ending {
  readonly exit: 0 | 1 | 2
  /** For stdout, without the last line end; empty for a fault. */
  readonly output: string
  /** For stderr: one line; empty without a fault. */
  readonly fault: string
}

/** Throws only what is our own bug. */
export async function endingOf(name: string, find: () => Command, args: readonly string[], surroundings: Surroundings): Promise<Ending> {
  try {
    const answer = await find().run(args.filter((arg) => arg !== '--json'), surroundings)
    return { exit: answer.exit ?? 0, output: args.includes('--json') ? JSON.stringify(answer.json) : answer.text, fault: '' }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return { exit: 2, output: '', fault: `megabrain ${name}: ${error.message.replace(/\s+/g, ' ')}` }
  }
}
