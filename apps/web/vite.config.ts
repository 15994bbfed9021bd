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

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react(), fetchWorkersEarly()],
  worker: { format: 'es' },
  build: { target: 'es2023', assetsInlineLimit: 0, sourcemap: false, modulePreload: { polyfill: false } },
})
