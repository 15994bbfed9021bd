// Puts the relay with all that it imports into a few files, which is how it is shipped: as sources it holds 100 MB more, most of it for
// reading TypeScript in three threads. Native code stays outside: the manifest names it for that.

import { cpSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const ADMIN = './src/admin/'

/** Threads are files of their own, found beside the one that starts them; so is what the admin page consists of. */
const besideEachOther: Plugin = {
  name: 'beside-each-other',
  enforce: 'pre',
  transform: (code) => code.replaceAll(/new URL\('\.\/([\w-]+-thread)\.ts', import\.meta\.url\)/g, 'new URL(\'./$1.js\', import.meta.url)'),
  writeBundle({ dir }) {
    for (const name of readdirSync(pathOf(ADMIN))) if (!name.endsWith('.ts')) cpSync(pathOf(ADMIN + name), `${dir}/${name}`)
  },
}

export default defineConfig({
  plugins: [besideEachOther],
  ssr: { noExternal: true, external: ['node-datachannel'] },
  build: {
    ssr: true,
    target: 'node22',
    minify: true,
    rolldownOptions: {
      input: {
        main: pathOf('./src/main.ts'),
        'database-thread': pathOf('../../packages/archive/src/sqlite/database-thread.ts'),
        'compute-thread': pathOf('../../packages/island/src/node/compute-thread.ts'),
      },
      output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
})
