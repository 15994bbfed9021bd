// What the builds of pages that run an island have in common: how workers are bundled, and what of libp2p is left out.

import { join } from 'node:path'
import type { Plugin } from 'vite'

const multibases = join(import.meta.dirname, '../apps/web/src/multibases.ts')

/** How a package asks for a worker; group 1 is the worker's file. */
const WORKER = /new Worker\(new URL\('([^']+)', import\.meta\.url\)/g

/** Builds workers beside the page instead of apart from it, so that what both run (tasks, kernel, formats) is one file, fetched once. */
export function workersShareChunks(): Plugin {
  return {
    name: 'megabrain-workers-share-chunks',
    apply: 'build',
    transform: {
      order: 'pre',
      filter: { code: 'new Worker(' },
      async handler(code, importer) {
        let result = code
        for (const [text, source] of code.matchAll(WORKER)) {
          const worker = await this.resolve(source!, importer)
          if (worker === null) this.error(`There is no worker ${source} for ${importer}`)
          const file = this.emitFile({ type: 'chunk', id: worker.id })
          result = result.replace(text, `new Worker(import.meta.ROLLUP_FILE_URL_${file}`)
        }
        return result
      },
    },
  }
}

/** What libp2p's byte helpers get in place of every multibase there is: see `multibases.ts` of the web app. */
export function fewerBases(): Plugin {
  return {
    name: 'megabrain-fewer-bases',
    enforce: 'pre',
    resolveId: (source, importer) =>
      source === 'multiformats/basics' && importer?.includes('/uint8arrays/') === true ? multibases : undefined,
  }
}
