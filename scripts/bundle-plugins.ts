// What the builds of pages that run an island have in common: how workers are bundled, and what of libp2p is left out.

import { join } from 'node:path'
import type { Plugin } from 'vite'

const multibases = join(import.meta.dirname, '../apps/web/src/multibases.ts')

/** How a package asks for a worker; group 1 is the worker's file. */
const WORKER = /new Worker\(new URL\('([^']+)', import\.meta\.url\)/g

/**
 * Builds workers beside the page instead of apart from it, so that what both run (tasks, kernel, formats) is one file, fetched once.
 * @param workers gets the module id of each
 */
export function workersShareChunks(workers: Set<string>): Plugin {
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
          workers.add(worker.id)
          const file = this.emitFile({ type: 'chunk', id: worker.id })
          result = result.replace(text, `new Worker(import.meta.ROLLUP_FILE_URL_${file}`)
        }
        return result
      },
    },
  }
}

/** Of the island's package: what a tab loads with the click. */
const RUNNING = /\/island\/src\/page\/running\.ts$/

/**
 * The browser fetches the workers and what runs them while the visitor still reads. They run only after consent; but when the relay
 * that served the page is gone by then, the island can evolve alone.
 */
export function prefetchRunning(workers: ReadonlySet<string>): Plugin {
  return {
    name: 'megabrain-prefetch-running',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {} }) {
        const files = new Set<string>()
        const add = (name: string): void => {
          const file = bundle[name]
          if (file?.type !== 'chunk' || files.has(name)) return
          files.add(name)
          for (const imported of file.imports) add(imported)
        }
        for (const file of Object.values(bundle)) {
          const id = file.type === 'chunk' ? file.facadeModuleId ?? '' : ''
          if (workers.has(id) || RUNNING.test(id)) add(file.fileName)
        }
        return [...files]
          .filter((name) => !html.includes(name))
          .map((name) => ({ tag: 'link', attrs: { rel: 'prefetch', as: 'script', href: `./${name}` }, injectTo: 'head' }))
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
