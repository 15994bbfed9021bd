// The relay's program. The command line starts the same through `runRelay`.

import { RelayStartError } from './errors.ts'
import { end, EXIT_FAILED, runRelay } from './run.ts'

const flags = process.argv.slice(2)
try {
  const { json, text, exit } = await runRelay(flags.filter((flag) => flag !== '--json'))
  process.stdout.write(`${flags.includes('--json') ? JSON.stringify(json) : text}\n`)
  process.exitCode = exit
} catch (error) {
  if (!(error instanceof RelayStartError)) throw error
  await end(EXIT_FAILED, error.message)
}
