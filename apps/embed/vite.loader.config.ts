// Builds the loader into one classic script, beside what `vite.config.ts` has built: sites name it in a `<script integrity>`, so
// it must not load another file.

import { join } from 'node:path'
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  build: {
    target: 'es2020',
    emptyOutDir: false,
    sourcemap: false,
    lib: { entry: join(import.meta.dirname, 'src/loader/main.ts'), formats: ['iife'], name: 'megaBrain', fileName: () => 'mega-brain.js' },
  },
})
