// The relay as it is shipped: built into a few files, started from another folder, with its threads and its admin page.

import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

const relay = fileURLToPath(new URL('..', import.meta.url))
const vite = fileURLToPath(new URL('../../../node_modules/vite/bin/vite.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'built-relay-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a built relay serves, archives and verifies, and ends when told', { timeout: 120_000 }, async () => {
  const built = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: relay, encoding: 'utf8', env: { ...process.env, NODE_ENV: 'production' } })
  expect(built.status, built.stderr).toBe(0)
  const flags = ['--port', '0', '--webtransport-port', 'off', '--stun-port', 'off', '--embed-port', 'off', '--tasks', 'xor', '--data', join(folder, 'data')]
  const child = spawn(process.execPath, ['--max-semi-space-size=4', join(relay, 'dist/main.js'), ...flags], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  try {
    let said = ''
    child.stdout.on('data', (bytes: Buffer) => { said += bytes.toString() })
    child.stderr.on('data', (bytes: Buffer) => { said += bytes.toString() })
    await expect.poll(() => said, { timeout: 60_000 }).toMatch(/Megabrain relay: http/)
    const origin = /Megabrain relay: (http\S+)\//.exec(said)![1]!
    // The archive's thread has written.
    expect(await (await fetch(`${origin}/readyz`)).json()).toMatchObject({ ready: true, archive: true })
    expect((await fetch(`${origin}/admin`)).status).toBe(200)
    expect(await (await fetch(`${origin}/metrics`)).text()).toContain('megabrain_verifier_busy_seconds_total')
    expect(said).not.toContain('"level":"error"')
  } finally {
    child.kill('SIGTERM')
  }
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
})
