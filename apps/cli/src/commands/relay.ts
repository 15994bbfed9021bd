// `megabrain relay`: the relay's own program under this name. It reads its own settings, and ends the process itself when it ran.

import type { Command } from '../command.ts'
import { UsageError } from '../usage.ts'

export const relayCommand: Command = {
  usage: 'relay [--init] [--check] [--config FILE] [--backup FILE] [--restore FILE] [--help: all settings]',
  async run(args) {
    const { RelayStartError, runRelay } = await import('@megabrain/relay')
    // Signals are the relay's from here on: it knows that one Ctrl-C may arrive twice, and ends the process.
    for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal)
    try {
      return await runRelay(args)
    } catch (error) {
      throw error instanceof RelayStartError ? new UsageError(error.message) : error
    }
  },
}
