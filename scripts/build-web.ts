// Builds the web app and what other sites frame when they are missing or stale.

import { buildWhenStale } from './stale-build.ts'

buildWhenStale({
  name: 'web-build',
  notice: 'building the web app (about 15 s)',
  builds: [['web', 'vite.config.ts'], ['embed', 'vite.config.ts'], ['embed', 'vite.loader.config.ts']],
  products: ['web/dist/index.html', 'embed/dist/frame.html', 'embed/dist/mega-brain.js'],
  folders: ['apps/web', 'apps/embed'],
})
