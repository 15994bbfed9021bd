// A page without any framework that lends idle time, and a relay for it. Prints the page's address.

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, runProgram, startRelay } from '../programs.ts'
import { serveSite } from '../serve-site.ts'

const { PORT = '8080', RELAY } = process.env
await runProgram('packages/megabrain/build.ts', '--if-changed')
const relay = RELAY ?? await startRelay(mkdtempSync(join(tmpdir(), 'megabrain-example-')))
const folders = { '/': join(import.meta.dirname, 'site'), '/megabrain/': join(root, 'packages/megabrain/dist') }
process.stdout.write(`The page is at ${await serveSite(folders, relay, Number(PORT))}, its relay at ${relay}\n`)
