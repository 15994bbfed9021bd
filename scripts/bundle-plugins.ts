// What our builds have in common: how workers and threads are bundled, and what of libp2p is left out of pages.

import { basename, join } from 'node:path'
import type { Plugin, UserConfig } from 'vite'

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

/** A source that is started or loaded by its address; group 1 is its file. */
const BY_ADDRESS = /new URL\('([^']+\.ts)', import\.meta\.url\)/g

/** In a build for Node, threads and modules that are started by their address are entries, and lie beside whoever starts them. */
export function besideEachOther(entries: Readonly<Record<string, string>>): Plugin {
  return {
    name: 'megabrain-beside-each-other',
    enforce: 'pre',
    transform: (code) => code.replaceAll(BY_ADDRESS, (text, file: string) => {
      const name = basename(file, '.ts')
      return Object.hasOwn(entries, name) ? `new URL('./${name}.js', import.meta.url)` : text
    }),
  }
}

/** The rest of such a build's configuration. */
export function nodeBundle(entries: Readonly<Record<string, string>>): Pick<UserConfig, 'ssr' | 'build'> {
  return {
    ssr: { noExternal: true, external: ['node-datachannel'] },
    build: {
      ssr: true,
      target: 'node22',
      minify: true,
      rolldownOptions: { input: { ...entries }, output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' } },
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
