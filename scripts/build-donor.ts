// Builds `megabrain donate` when it is missing or stale.

import { buildWhenStale } from './stale-build.ts'

buildWhenStale({
  name: 'donor-build',
  notice: 'building the donor (once; a few seconds)',
  builds: [['cli', 'vite.config.ts']],
  products: ['cli/dist/donor.js'],
  folders: ['apps/cli', 'relays/node'],
})
