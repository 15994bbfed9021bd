// Builds the frame and the page with the lines to copy into `dist/`. Both must run under `script-src 'self'; style-src 'self'`,
// so nothing is inlined. Nothing is fetched ahead: a visitor who does not agree gets the frame's few kilobytes and no more.

import { join } from 'node:path'
import { defineConfig } from 'vite'
import { fewerBases, workersShareChunks } from '../../scripts/bundle-plugins.ts'

const root = import.meta.dirname

export default defineConfig({
  root,
  base: './',
  plugins: [fewerBases(), workersShareChunks()],
  worker: { format: 'es', plugins: () => [fewerBases()] },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    sourcemap: false,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: [join(root, 'frame.html'), join(root, 'snippet.html')] },
  },
})
