// Builds the service worker beside the page and writes into it which files there are: all of the page's, so that it opens without a network.

import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

const WORKER = 'service-worker.js'
const publicFolder = join(import.meta.dirname, 'public')

export function keptOffline(): Plugin {
  return {
    name: 'megabrain-kept-offline',
    apply: 'build',
    buildStart() {
      this.emitFile({ type: 'chunk', id: join(import.meta.dirname, 'src/offline/service-worker.ts'), fileName: WORKER })
    },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const worker = bundle[WORKER]
        if (worker?.type !== 'chunk') this.error('The service worker was not built')
        const fixed = readdirSync(publicFolder)
        const built = Object.keys(bundle).filter((name) => name.startsWith('assets/'))
        const files = [...fixed, ...built].sort()
        const hash = createHash('sha256').update(worker.code).update(files.join('\n'))
        for (const name of fixed) hash.update(readFileSync(join(publicFolder, name)))
        const version = hash.digest('hex').slice(0, 16)
        worker.code = `const MEGABRAIN_FILES=${JSON.stringify(files)},MEGABRAIN_VERSION="${version}";\n${worker.code}`
      },
    },
  }
}
