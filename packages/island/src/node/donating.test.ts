// The donation in a real island: workers that come and go, hours, snooze and finish, on worker threads.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKeys } from '@megabrain/archive/sqlite'
import { decodeSearch } from '@megabrain/evolve'
import { createRealm, encodeRealm, realmId, realmMessage } from '@megabrain/exchange'
import type { Archive } from '@megabrain/exchange'
import { createMemoryArchive } from '@megabrain/exchange/memory'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { Conditions } from '../donation/donation.ts'
import { alwaysAllowed } from '../donation/schedule.ts'
import type { Island } from '../island.ts'
import { openNodeIsland } from './index.ts'
import type { NodeIslandOptions } from './index.ts'

let folder: string
let realm: Uint8Array
let id: string
let island: Island | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'megabrain-donating-'))
  const keys = await openKeys(join(folder, 'owner'))
  const policy = createRealm({ name: 'test', owner: Buffer.from(keys.device).toString('hex'), tasks: ['xor'] })
  realm = encodeRealm(policy, await keys.sign(realmMessage(policy)))
  id = realmId(policy)
})
afterEach(() => island?.close())
afterAll(() => rm(folder, { recursive: true, force: true }))

async function start(options: Partial<NodeIslandOptions>, archive: Archive = createMemoryArchive()): Promise<Island> {
  island = await openNodeIsland({ realm, archive, keys: await openKeys(join(folder, 'alice')), ...options })
  island.command({ kind: 'start' })
  return island
}

const until = (check: () => void | Promise<void>): Promise<void> => vi.waitFor(check, { timeout: 60_000, interval: 50 })
const running = { phase: 'running', reason: undefined } as const

test('workers come and go without losing their populations', async () => {
  const memory = createMemoryArchive()
  /** How often the third worker's population was written. */
  let written = 0
  const archive: Archive = {
    ...memory,
    write(changes) {
      written += changes.filter(({ key }) => key.endsWith('/population/xor/2')).length
      return memory.write(changes)
    },
  }
  const alice = await start({ settings: { workers: 3, dutyPercent: 20 } }, archive)
  const generationOf = async (name: string): Promise<number> => {
    const row = await archive.read(`island/${id}/population/${name}`)
    const search = row === undefined ? undefined : decodeSearch(row)
    return search?.ok === true ? search.value.census().generation : 0
  }
  await until(async () => { for (const name of ['xor', 'xor/1', 'xor/2']) expect(await generationOf(name)).toBeGreaterThan(0) })
  const before = written
  alice.command({ kind: 'configure', settings: { workers: 1 } })
  // It writes what it has before it goes, whenever the last checkpoint was.
  await until(() => expect(written).toBeGreaterThan(before))
  const left = [await generationOf('xor/1'), await generationOf('xor/2')] as const
  const mine = await generationOf('xor')
  await until(async () => expect(await generationOf('xor')).toBeGreaterThan(mine))
  expect([await generationOf('xor/1'), await generationOf('xor/2')]).toEqual(left)
  alice.command({ kind: 'configure', settings: { workers: 3 } })
  await until(async () => expect(await generationOf('xor/2')).toBeGreaterThan(left[1]))
}, 120_000)

test('it rests outside its hours and says until when, is snoozed until a time, and finishes a generation before it stops', async () => {
  const never = alwaysAllowed.map(() => 0)
  const alice = await start({ settings: { schedule: never, dutyPercent: 50 } })
  await until(() => expect(alice.snapshot()).toMatchObject({ phase: 'paused', reason: 'schedule', until: undefined, evaluations: 0 }))
  const nowAllowed = new Date().getDay()
  alice.command({ kind: 'configure', settings: { schedule: never.map((_, day) => day === (nowAllowed + 6) % 7 ? alwaysAllowed[day]! : 0) } })
  await until(() => expect(alice.snapshot()).toMatchObject(running))
  expect(new Date(alice.snapshot().until ?? 0).getHours()).toBe(0)
  await until(() => expect(alice.snapshot().evaluations).toBeGreaterThan(0))

  const snoozedUntil = Date.now() + 1_500
  alice.command({ kind: 'snooze', until: snoozedUntil })
  await until(() => expect(alice.snapshot()).toMatchObject({ phase: 'paused', reason: 'snoozed', until: snoozedUntil }))
  await until(() => expect(alice.snapshot()).toMatchObject(running))
  expect(Date.now()).toBeGreaterThanOrEqual(snoozedUntil)

  const { generation } = alice.snapshot()
  alice.command({ kind: 'finish' })
  await until(() => expect(alice.snapshot()).toMatchObject({ phase: 'stopped', reason: 'by-you' }))
  expect(alice.snapshot().generation).toBeGreaterThan(generation)
})

test('what the machine says acts at once, and work is accounted for with its energy', async () => {
  let tell = (_: Partial<Conditions>): void => undefined
  const alice = await start({ settings: { dutyPercent: 50, dailyMinutes: 1 }, watch: (listener) => { tell = listener; return () => undefined } })
  await until(() => expect(alice.snapshot().work).toMatchObject({ busyMs: expect.toSatisfy((ms: number) => ms > 500), gained: expect.toSatisfy((gain: number) => gain > 0) }))
  for (const [conditions, reason] of [[{ onBattery: true }, 'battery'], [{ onBattery: false, inUse: true }, 'in-use']] as const) {
    const told = performance.now()
    tell(conditions)
    await until(() => expect(alice.snapshot()).toMatchObject({ phase: 'paused', reason }))
    expect(performance.now() - told).toBeLessThan(1_000)
  }
  tell({ inUse: false })
  await until(() => expect(alice.snapshot()).toMatchObject(running))
})

test('settings that an older release stored are read, with the defaults of what they lack', async () => {
  const archive = createMemoryArchive()
  const old = { version: 1, task: 'xor', algorithm: 'neat', dutyPercent: 60, runWhenHidden: true, runOnBattery: false, relayOnly: false, region: '' }
  await archive.write([{ key: `island/${id}/settings`, value: new TextEncoder().encode(JSON.stringify(old)) }])
  const alice = await start({}, archive)
  await until(() => expect(alice.snapshot()).toMatchObject({ ...running, settings: { dutyPercent: 60, runWhenHidden: true, workers: 1, giveWay: true, schedule: alwaysAllowed } }))
})
