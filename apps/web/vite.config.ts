// Builds the page into `dist/` with hashed names. It must run under `script-src 'self'; style-src 'self'`, from any
// path, so nothing is inlined and every link is relative.

import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** How a package asks for a worker; group 1 is the worker's file. */
const WORKER = /new Worker\(new URL\('([^']+)', import\.meta\.url\)/g

/**
 * Builds workers beside the page instead of apart from it, so that what both run (tasks, kernel, formats) is one file, fetched once.
 * The browser fetches all of it while the visitor still reads. Workers run only after consent; but when the relay that
 * served the page is gone by then, the island can evolve alone.
 */
function workersShareChunks(): Plugin {
  const workers = new Set<string>()
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
        for (const file of Object.values(bundle)) if (file.type === 'chunk' && workers.has(file.facadeModuleId ?? '')) add(file.fileName)
        return [...files]
          .filter((name) => !html.includes(name))
          .map((name) => ({ tag: 'link', attrs: { rel: 'prefetch', as: 'script', href: `./${name}` }, injectTo: 'head' }))
      },
    },
  }
}

/** What libp2p's byte helpers get in place of every multibase there is: see `multibases.ts`. */
function fewerBases(): Plugin {
  return {
    name: 'megabrain-fewer-bases',
    enforce: 'pre',
    resolveId: (source, importer) =>
      source === 'multiformats/basics' && importer?.includes('/uint8arrays/') === true ? `${import.meta.dirname}/src/multibases.ts` : undefined,
  }
}

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react(), fewerBases(), workersShareChunks()],
  worker: { format: 'es', plugins: () => [fewerBases()] },
  build: { target: 'es2023', assetsInlineLimit: 0, sourcemap: false, modulePreload: { polyfill: false } },
})
