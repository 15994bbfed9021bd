// `megabrain relay`: the relay's own program under this name. It reads its own settings and ends the process itself.

import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import type { Command } from '../command.ts'
import { UsageError } from '../usage.ts'

const CONFIG = 'megabrain-relay.json'

export const relayCommand: Command = {
  usage: 'relay [--config FILE] [--check] [--init] [the settings of docs/operating-a-relay.md]',
  async run(args) {
    if (args.includes('--init')) return init(args)
    const { runRelay } = await import('@megabrain/relay')
    // Signals are the relay's from here on: it knows that one Ctrl-C may arrive twice, and ends the process.
    for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal)
    await runRelay(args)
    return { json: null, text: '' }
  },
}

/** Writes the settings that hold without any, for people to change. */
async function init(args: readonly string[]) {
  const at = args.indexOf('--config')
  const file = at < 0 ? CONFIG : args[at + 1] ?? ''
  if (file === '' || args.length > (at < 0 ? 1 : 3)) throw new UsageError('--init takes nothing but --config FILE')
  if (existsSync(file)) throw new UsageError(`--init does not overwrite ${file}`)
  const { readConfiguration } = await import('@megabrain/relay')
  const defaults = readConfiguration([], {}, process.cwd())
  if (!defaults.ok) throw new UsageError(defaults.reason)
  // Where the page was built is this machine's business.
  const settings = Object.entries({ ...defaults.value, data: './megabrain-data' }).filter(([key]) => key !== 'webApp')
  await writeFile(file, `${JSON.stringify(Object.fromEntries(settings), undefined, 2)}\n`, { flag: 'wx' })
  return { json: { file }, text: `${file} is written. Start with: megabrain relay --config ${file}` }
}
