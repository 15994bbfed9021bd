// Builds the page into `dist/` with hashed names. It must run under `script-src 'self'; style-src 'self'`, from any
// path, so nothing is inlined and every link is relative.

import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/**
 * Lets the browser fetch the workers' files while the visitor still reads. They run only after consent; but when the
 * relay that served the page is gone by then, the island can evolve alone.
 */
function fetchWorkersEarly(): Plugin {
  return {
    name: 'megabrain-fetch-workers-early',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle }) =>
        Object.values(bundle ?? {})
          .filter((file) => file.type === 'asset' && file.fileName.endsWith('.js'))
          .map((file) => ({ tag: 'link', attrs: { rel: 'prefetch', as: 'script', href: `./${file.fileName}` }, injectTo: 'head' })),
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
  plugins: [react(), fewerBases(), fetchWorkersEarly()],
  worker: { format: 'es', plugins: () => [fewerBases()] },
  build: { target: 'es2023', assetsInlineLimit: 0, sourcemap: false, modulePreload: { polyfill: false } },
})
