// Builds the page into `dist/` with hashed names. It must run under `script-src 'self'; style-src 'self'`, from any
// path, so nothing is inlined and every link is relative.

import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { keptOffline } from './offline-plugin.ts'
import { fewerBases, workersShareChunks } from '../../scripts/bundle-plugins.ts'

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react(), fewerBases(), workersShareChunks(), keptOffline()],
  worker: { format: 'es', plugins: () => [fewerBases()] },
  build: { target: 'es2023', assetsInlineLimit: 0, sourcemap: false, modulePreload: { polyfill: false } },
})
