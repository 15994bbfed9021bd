// Puts the relay with all that it imports into a few files, which is how it is shipped: as sources it holds 100 MB more, most of it for
// reading TypeScript in three threads. Native code stays outside: the manifest names it for that.

import { cpSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'
import { besideEachOther, nodeBundle } from '../../scripts/bundle-plugins.ts'

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const ADMIN = './src/admin/'

const entries = {
  main: pathOf('./src/main.ts'),
  'database-thread': pathOf('../../packages/archive/src/sqlite/database-thread.ts'),
  'compute-thread': pathOf('../../packages/island/src/node/compute-thread.ts'),
}

/** What the admin page consists of is read from beside the code that serves it. */
const adminPage: Plugin = {
  name: 'admin-page',
  writeBundle({ dir }) {
    for (const name of readdirSync(pathOf(ADMIN))) if (!name.endsWith('.ts')) cpSync(pathOf(ADMIN + name), `${dir}/${name}`)
  },
}

export default defineConfig({ plugins: [besideEachOther(entries), adminPage], ...nodeBundle(entries) })
