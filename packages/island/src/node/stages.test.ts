import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openKeys } from '@megabrain/archive/sqlite'
import { createRealm, encodeRealm, realmMessage } from '@megabrain/exchange'
import { createMemoryArchive } from '@megabrain/exchange/memory'
import { openNodeIsland } from './open-node-island.ts'

const base = mkdtempSync(join(tmpdir(), 'island-stages-'))
afterAll(() => rmSync(base, { recursive: true, force: true }))

test('an island of a staged realm begins with the first stage and moves on when its goal is reached', async () => {
  const keys = await openKeys(base)
  const policy = {
    ...createRealm({ name: 'stages', owner: Buffer.from(keys.owner).toString('hex'), tasks: ['cart-pole-v1', 'mountain-car-v0', 'xor'] }),
    stages: [{ task: 'xor', goal: 1 }, { task: 'cart-pole-v1', goal: 1_000_000 }],
  }
  const realm = encodeRealm(policy, await keys.signAsOwner(realmMessage(policy)))
  const island = await openNodeIsland({ realm, archive: createMemoryArchive(), keys, settings: { task: 'mountain-car-v0', dutyPercent: 100 } })
  const tasks: string[] = []
  island.subscribe(({ settings }) => { if (tasks.at(-1) !== settings.task) tasks.push(settings.task) })
  island.command({ kind: 'start' })
  await expect.poll(() => tasks.at(-1), { timeout: 60_000 }).toBe('cart-pole-v1')
  expect(tasks).toContain('xor')
  await expect.poll(() => island.snapshot().champion !== undefined, { timeout: 60_000 }).toBe(true)
  await island.close()
})
