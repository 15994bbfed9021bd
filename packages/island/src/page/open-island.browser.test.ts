import { createRealm, encodeRealm, realmMessage } from '@megabrain/exchange'
import { createMemoryNetwork, portsOf } from '@megabrain/exchange/memory'
import { openKeys } from '@megabrain/archive/indexeddb'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { Island } from '../island.ts'
import type { Snapshot } from '../snapshot.ts'
import { openIsland } from './open-island.ts'

let realm: Uint8Array
let garden: Uint8Array
let open: Island[] = []

beforeAll(async () => {
  const keys = await openKeys('realm-owner')
  const owner = [...keys.device].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  const document = async (name: string, tasks: readonly string[]): Promise<Uint8Array> => {
    const policy = createRealm({ name, owner, tasks })
    return encodeRealm(policy, await keys.sign(realmMessage(policy)))
  }
  realm = await document('test', ['xor', 'cart-pole-v1'])
  garden = await document('garden', ['double-pole'])
})
afterEach(async () => {
  await Promise.all(open.map((island) => island.close()))
  open = []
})

async function openHere(options: Partial<Parameters<typeof openIsland>[0]> = {}): Promise<Island> {
  const island = await openIsland({ realm, ...options })
  open.push(island)
  // Other tests keep this machine busy.
  island.command({ kind: 'configure', settings: { giveWay: false } })
  return island
}

const until = (check: () => void, timeout = 15_000): Promise<void> => vi.waitFor(check, { timeout, interval: 20 })
const isRunning = (island: Island): Promise<void> => until(() => {
  expect(island.snapshot()).toMatchObject({ phase: 'running', watching: false })
  expect(island.snapshot().evaluations).toBeGreaterThan(0)
})

test('opening touches nothing: no worker, no database, no lock, no mesh', async () => {
  for (const { name } of await indexedDB.databases()) if (name?.startsWith('megabrain') === true) indexedDB.deleteDatabase(name)
  const openMesh = vi.fn()
  const island = await openHere({ openMesh })
  expect(island.snapshot()).toMatchObject({ phase: 'idle', reason: 'not-started', author: undefined })
  expect((await indexedDB.databases()).some(({ name }) => name?.startsWith('megabrain'))).toBe(false)
  expect((await navigator.locks.query()).held).toEqual([])
  expect(openMesh).not.toHaveBeenCalled()
})

test('start evaluates within 3 s; pause, resume and stop act within a second', async () => {
  const island = await openHere()
  island.command({ kind: 'configure', settings: { task: 'xor' } })
  // Warm: the browser has the workers' code.
  island.command({ kind: 'start' })
  await isRunning(island)
  island.command({ kind: 'stop' })
  await until(() => expect(island.snapshot().phase).toBe('stopped'))
  const snapshots: Snapshot[] = []
  island.subscribe((snapshot) => snapshots.push(snapshot))
  const began = performance.now()
  island.command({ kind: 'start' })
  const { evaluations: before } = island.snapshot()
  await until(() => expect(island.snapshot().evaluations).toBeGreaterThan(before))
  expect(performance.now() - began).toBeLessThan(3_000)
  const { evaluations } = island.snapshot()
  await until(() => expect(island.snapshot().evaluations).toBeGreaterThan(evaluations))

  const act = async (kind: 'pause' | 'resume' | 'stop', expected: Partial<Snapshot>): Promise<void> => {
    const asked = performance.now()
    island.command({ kind })
    await until(() => expect(island.snapshot()).toMatchObject(expected))
    expect(performance.now() - asked).toBeLessThan(1_000)
  }
  await act('pause', { phase: 'paused', reason: 'by-you' })
  await act('resume', { phase: 'running', reason: undefined })
  await act('stop', { phase: 'stopped', reason: 'by-you' })
  await until(async () => expect((await navigator.locks.query()).held).toEqual([]))
  const { evaluations: last } = island.snapshot()
  expect(snapshots.at(-1)!.evaluations).toBe(last)
})

test('the duty shown is the duty asked for', async () => {
  const island = await openHere()
  island.command({ kind: 'configure', settings: { task: 'xor', dutyPercent: 25 } })
  island.command({ kind: 'start' })
  await isRunning(island)
  await until(() => expect(Math.abs(island.snapshot().dutyPercent - 25)).toBeLessThan(5), 12_000)
})

test('what was found, the author and the settings survive into the next visit', async () => {
  const first = await openHere()
  first.command({ kind: 'configure', settings: { task: 'xor', dutyPercent: 40 } })
  first.command({ kind: 'start' })
  await isRunning(first)
  await until(() => expect(first.snapshot().generation).toBeGreaterThan(2))
  await first.close()
  const before = first.snapshot()

  const second = await openHere()
  expect(second.snapshot()).toMatchObject({ phase: 'idle', reason: 'not-started', settings: { task: 'xor', dutyPercent: 40 } })
  expect(second.snapshot().champion?.cid).toBe(before.champion!.cid)
  second.command({ kind: 'start' })
  await isRunning(second)
  await until(() => expect(second.snapshot().log.some(({ kind }) => kind === 'restored')).toBe(true))
  const after = second.snapshot()
  expect(after.settings).toMatchObject({ task: 'xor', dutyPercent: 40 })
  expect(after.author).toBe(before.author)
  expect(after.bestHere).toBeGreaterThanOrEqual(before.bestHere)
  expect(after.generation).toBeGreaterThanOrEqual(before.generation)
  expect(after.evaluations).toBeGreaterThanOrEqual(before.evaluations)
})

test('a second tab watches before any click, commands the first, and takes over within 2 s', async () => {
  const runner = await openHere()
  runner.command({ kind: 'start' })
  await isRunning(runner)
  const viewer = await openHere()
  await until(() => expect(viewer.snapshot()).toMatchObject({ phase: 'running', watching: true, reason: 'other-tab' }))
  expect(viewer.snapshot().author).toBe(runner.snapshot().author)
  viewer.command({ kind: 'pause' })
  await until(() => expect(viewer.snapshot()).toMatchObject({ phase: 'paused', reason: 'by-you' }))
  expect(runner.snapshot().phase).toBe('paused')
  viewer.command({ kind: 'resume' })
  await until(() => expect(viewer.snapshot().phase).toBe('running'))

  viewer.command({ kind: 'start' })
  await until(async () => expect((await navigator.locks.query()).pending?.some(({ mode }) => mode === 'exclusive')).toBe(true))
  expect(viewer.snapshot().watching).toBe(true)
  await runner.close()
  const freed = performance.now()
  await isRunning(viewer)
  expect(performance.now() - freed).toBeLessThan(2_000)
})

test('Stop is Stop for those that wait, and a viewer takes over from a runner that goes without it', async () => {
  const runner = await openHere()
  const viewer = await openHere()
  const waiting = await openHere()
  runner.command({ kind: 'start' })
  await isRunning(runner)
  await until(() => expect(waiting.snapshot().watching).toBe(true))
  waiting.command({ kind: 'start' })
  await until(async () => expect((await navigator.locks.query()).pending?.some(({ mode }) => mode === 'exclusive')).toBe(true))
  waiting.command({ kind: 'stop' })
  await until(() => expect(runner.snapshot().phase).toBe('stopped'))
  await until(() => expect(waiting.snapshot()).toMatchObject({ phase: 'stopped', watching: false }))
  await until(() => expect(viewer.snapshot().watching).toBe(false))
  expect((await navigator.locks.query()).held?.filter(({ mode }) => mode === 'exclusive')).toEqual([])

  runner.command({ kind: 'start' })
  await isRunning(runner)
  await until(() => expect(viewer.snapshot().watching).toBe(true))
  await runner.close()
  await isRunning(viewer)
  expect(viewer.snapshot().watching).toBe(false)
})

test('an island that is closed while it stops has stopped, for other tabs too, and lets go', async () => {
  const island = await openHere()
  const viewer = await openHere()
  island.command({ kind: 'start' })
  await isRunning(island)
  await until(() => expect(viewer.snapshot().watching).toBe(true))
  island.command({ kind: 'stop' })
  await island.close()
  expect(island.snapshot().phase).toBe('stopped')
  await until(() => expect(viewer.snapshot()).toMatchObject({ phase: 'stopped', watching: false }))
  expect((await navigator.locks.query()).held?.filter(({ mode }) => mode === 'exclusive')).toEqual([])
})

test('a viewer takes over in the state that the visitor left: paused stays paused', async () => {
  const runner = await openHere()
  const viewer = await openHere()
  runner.command({ kind: 'start' })
  await isRunning(runner)
  viewer.command({ kind: 'pause' })
  await until(() => expect(viewer.snapshot()).toMatchObject({ phase: 'paused', reason: 'by-you' }))
  await runner.close()
  await until(() => expect(viewer.snapshot()).toMatchObject({ phase: 'paused', reason: 'by-you', watching: false }))
  viewer.command({ kind: 'resume' })
  await isRunning(viewer)
})

/** Browsers do not let a test unplug the machine or hide a headless page, so the two properties are overridden. */
function override(target: object, name: string, value: unknown): () => void {
  Object.defineProperty(target, name, { configurable: true, get: () => value })
  return () => { delete (target as Record<string, unknown>)[name] }
}

test('it rests with the reason while hidden, on battery or to save data, and at once goes on when that ends', async () => {
  const battery = Object.assign(new EventTarget(), { charging: true })
  const connection = Object.assign(new EventTarget(), { saveData: false })
  const restore = [override(navigator, 'getBattery', async () => battery), override(navigator, 'connection', connection)]
  const island = await openHere()
  island.command({ kind: 'start' })
  await isRunning(island)
  const becomes = async (change: () => void, expected: Partial<Snapshot>): Promise<void> => {
    change()
    await vi.waitFor(() => expect(island.snapshot()).toMatchObject(expected), { timeout: 1_000, interval: 20 })
  }
  const plug = (charging: boolean): void => {
    battery.charging = charging
    battery.dispatchEvent(new Event('chargingchange'))
  }
  await becomes(() => plug(false), { phase: 'paused', reason: 'battery' })
  await becomes(() => island.command({ kind: 'configure', settings: { runOnBattery: true } }), { phase: 'running', reason: undefined })
  await becomes(() => island.command({ kind: 'configure', settings: { runOnBattery: false } }), { phase: 'paused', reason: 'battery' })
  await becomes(() => plug(true), { phase: 'running', reason: undefined })

  connection.saveData = true
  await becomes(() => connection.dispatchEvent(new Event('change')), { phase: 'paused', reason: 'save-data' })
  connection.saveData = false
  await becomes(() => connection.dispatchEvent(new Event('change')), { phase: 'running', reason: undefined })

  const show = override(document, 'visibilityState', 'hidden')
  await becomes(() => document.dispatchEvent(new Event('visibilitychange')), { phase: 'paused', reason: 'hidden' })
  const { evaluations } = island.snapshot()
  show()
  await becomes(() => document.dispatchEvent(new Event('visibilitychange')), { phase: 'running', reason: undefined })
  await until(() => expect(island.snapshot().evaluations).toBeGreaterThan(evaluations))
  for (const undo of restore) undo()
})

test('a hidden runner whose island is watched in another tab in front is not in the background', async () => {
  const runner = await openHere()
  runner.command({ kind: 'start' })
  await isRunning(runner)
  const viewer = await openHere()
  await until(() => expect(viewer.snapshot().watching).toBe(true))
  const show = override(document, 'visibilityState', 'hidden')
  // Both handles share this document: the viewer's word that it is in front was given before it was hidden.
  const event = new Event('visibilitychange')
  const stop = (hidden: Event): void => hidden.stopImmediatePropagation()
  document.addEventListener('visibilitychange', stop, { capture: true, once: true })
  document.dispatchEvent(event)
  runner.command({ kind: 'configure', settings: { dutyPercent: 30 } })
  await until(() => expect(runner.snapshot().settings.dutyPercent).toBe(30))
  expect(runner.snapshot().phase).toBe('running')
  await viewer.close()
  await until(() => expect(runner.snapshot()).toMatchObject({ phase: 'paused', reason: 'hidden' }))
  show()
})

test('an island joins a second realm: both evolve on the shared duty, each with a mesh of its own, and it is there next time', async () => {
  const meshes: string[] = []
  const closed: string[] = []
  const network = createMemoryNetwork({ seed: 2 })
  const openMesh = async (id: string) => {
    meshes.push(id)
    return { ...portsOf(network.join(`${id}${meshes.length}`)), close: async () => void closed.push(id) }
  }
  const island = await openHere({ openMesh })
  island.command({ kind: 'configure', settings: { task: 'xor', dutyPercent: 40 } })
  island.command({ kind: 'start' })
  await isRunning(island)
  const [home] = island.snapshot().realms
  island.command({ kind: 'join', document: garden.slice(5) })
  await until(() => expect(island.snapshot().log.some(({ kind }) => kind === 'join-failed')).toBe(true))

  island.command({ kind: 'join', document: garden })
  await until(() => expect(island.snapshot().realms.map(({ name }) => name)).toEqual(['test', 'garden']))
  const other = island.snapshot().realms[1]!
  expect(island.snapshot()).toMatchObject({ realm: other.id, settings: { task: 'double-pole', dutyPercent: 40 } })
  await until(() => expect(island.snapshot()).toMatchObject({ phase: 'running' }))
  await until(() => expect(island.snapshot().evaluations).toBeGreaterThan(100))
  await until(() => expect(meshes).toEqual([home!.id, other.id]))
  await until(() => expect(Math.abs(island.snapshot().dutyPercent - 40)).toBeLessThan(8), 14_000)

  island.command({ kind: 'focus', realm: home!.id })
  await until(() => expect(island.snapshot()).toMatchObject({ realm: home!.id, settings: { task: 'xor' } }))
  const { evaluations } = island.snapshot()
  await until(() => expect(island.snapshot().evaluations).toBeGreaterThan(evaluations))
  await island.close()

  const again = await openHere({ openMesh })
  again.command({ kind: 'start' })
  await until(() => expect(again.snapshot().realms).toHaveLength(2))
  again.command({ kind: 'leave', realm: home!.id })
  again.command({ kind: 'leave', realm: other.id })
  await until(() => expect(again.snapshot().realms.map(({ id }) => id)).toEqual([home!.id]))
  await until(() => expect(closed.filter((id) => id === other.id)).toHaveLength(2))
}, 60_000)

test('two visitors\' islands cannot share a browser, so a mesh is seen through its ports: neighbours and their claims arrive', async () => {
  const network = createMemoryNetwork({ seed: 1 })
  const bob = portsOf(network.join('bob'))
  const announced: Uint8Array[] = []
  bob.channel.subscribe(({ id, bytes }) => {
    announced.push(bytes)
    bob.channel.verdict(id, 'ignore')
  })
  const timer = setInterval(() => network.advance(20), 20)
  const close = vi.fn(async () => undefined)
  const openMesh = vi.fn(async () => {
    const ports = portsOf(network.join('alice'))
    network.connect('alice', 'bob')
    return { ...ports, close }
  })
  const island = await openHere({ openMesh })
  island.command({ kind: 'configure', settings: { task: 'cart-pole-v1', dutyPercent: 60 } })
  island.command({ kind: 'start' })
  await until(() => expect(island.snapshot().log.some((entry) => entry.kind === 'neighbour-joined' && entry.peer === 'bob')).toBe(true))
  await until(() => expect(island.snapshot().archived).toBeGreaterThan(0))
  await until(() => expect(announced.length).toBeGreaterThan(0))
  island.command({ kind: 'stop' })
  await until(() => expect(close).toHaveBeenCalledOnce())
  clearInterval(timer)
})
