// The relay's program. The command line starts the same through `runRelay`.

import { runRelay } from './run.ts'

await runRelay(process.argv.slice(2))
