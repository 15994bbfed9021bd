// A React app that bundles the package as it is packed, and a relay for it. Prints the app's address.

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { root, runProgram, startRelay } from '../programs.ts'
import { serveSite } from '../serve-site.ts'

const { PORT = '8080', RELAY } = process.env
const app = join(import.meta.dirname, 'app')
const dist = join(import.meta.dirname, 'dist')
await runProgram('packages/megabrain/build.ts', '--if-changed')
await build({
  root: app,
  configFile: false,
  logLevel: 'warn',
  mode: 'production',
  // As if it had been installed from its tarball.
  resolve: { alias: { megabrain: join(root, 'packages/megabrain/dist/index.js') } },
  build: { outDir: dist, emptyOutDir: true, target: 'es2023', assetsInlineLimit: 0, chunkSizeWarningLimit: 1_000 },
})
const relay = RELAY ?? await startRelay(mkdtempSync(join(tmpdir(), 'megabrain-example-')))
process.stdout.write(`The page is at ${await serveSite({ '/': dist }, relay, Number(PORT))}, its relay at ${relay}\n`)
