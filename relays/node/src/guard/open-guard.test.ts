// The guard of a real process: one that holds more than it may, and one that gets its memory back.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { spawnRelay } from '../spawned-relay.ts'
import { openLoadGuard } from './open-guard.ts'

const patience = { timeout: 60_000, interval: 100 }
const MIB = 1_048_576

describe.concurrent('a memory budget', { timeout: 180_000 }, () => {
  test('that is used up makes a relay turn people away with a time to come back, and not die', async ({ expect }) => {
    const data = mkdtempSync(join(tmpdir(), 'relay-full-'))
    const relay = await spawnRelay(['--port', '0', '--webrtc-direct-port', 'off', '--webtransport-port', 'off', '--stun-port', 'off', '--data', data, '--max-memory-mb', '64'])
    await expect.poll(async () => (await fetch(`${relay.origin}/`)).status, patience).toBe(503)
    await expect.poll(async () => (await fetch(`${relay.origin}/`)).headers.get('retry-after'), patience).toBe('15')
    expect((await fetch(`${relay.origin}/healthz`)).status).toBe(200)
    expect(await (await fetch(`${relay.origin}/status.json`)).json()).toMatchObject({ load: 3 })
    expect(await (await fetch(`${relay.origin}/metrics`)).text()).toContain('megabrain_load_level 3\n')
    const ended = await relay.stop('SIGTERM')
    expect([ended.code, ended.stderr.includes('"event":"load"')]).toEqual([0, true])
    rmSync(data, { recursive: true, force: true })
  })

  test('refuses while memory is held, and no more when it is let go', async ({ expect }) => {
    const levels: number[] = []
    let held: Buffer[] = []
    const before = process.memoryUsage.rss() / MIB
    // The first level is from 85 % on.
    const guard = openLoadGuard({ shed: (level) => void levels.push(level) }, Math.ceil((before + 280) / 0.85), { write: () => undefined })
    held = Array.from({ length: 30 }, () => Buffer.alloc(10 * MIB, 1))
    await expect.poll(() => guard.view().level, patience).toBeGreaterThanOrEqual(1)
    expect(held.length).toBe(30)
    held = []
    await expect.poll(() => guard.view().level, patience).toBe(0)
    expect(levels.at(-1)).toBe(0)
    guard.close()
  })
})
