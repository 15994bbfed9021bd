// Two kinds of tests: `*.test.ts` in Node and `*.browser.test.ts` in Debian's Chromium (or CHROMIUM), both beside the code.

import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'

/** Real processes on a busy machine: a case gets a second try, and the report says which needed it (`retry x1`). */
const retry = 1
const folders = '{packages/*,apps/*,relays/node,scripts}'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          include: [`${folders}/**/*.test.ts`],
          exclude: ['**/node_modules/**', '**/*.browser.test.ts'],
          testTimeout: 30_000,
          retry,
        },
      },
      {
        test: {
          name: 'browser',
          include: [`${folders}/**/*.browser.test.{ts,tsx}`],
          exclude: ['**/node_modules/**'],
          testTimeout: 30_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
                args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--allow-loopback-in-peer-connection', '--disable-features=WebRtcHideLocalIpsWithMdns,LocalNetworkAccessChecks'],
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        // The running system from outside: one file after the other, since each owns a relay and several browsers.
        test: { name: 'e2e', include: ['e2e/**/*.test.ts'], retry, testTimeout: 180_000, hookTimeout: 120_000, fileParallelism: false },
      },
    ],
  },
})
