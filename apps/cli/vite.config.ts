// Puts `megabrain donate` with all that it imports into a few files, which is how a donor runs: as sources it holds 100 MB more. Native
// code stays outside: the manifest names it for that.

import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { besideEachOther, nodeBundle } from '../../scripts/bundle-plugins.ts'

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const entries = {
  donor: pathOf('./src/donate/main.ts'),
  'sensor-data': pathOf('./src/donate/sensor-data.ts'),
  'database-thread': pathOf('../../packages/archive/src/sqlite/database-thread.ts'),
  'compute-thread': pathOf('../../packages/island/src/node/compute-thread.ts'),
}

export default defineConfig({ plugins: [besideEachOther(entries)], ...nodeBundle(entries) })
