// A first visit: nothing before the click, a plain question, then evolution that can be seen, paused and stopped.

import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { openScene } from './scene.ts'
import { playwrightTab } from './chromium.ts'
import { workerCpuPercent } from './worker-cpu.ts'
import { Visitor } from './visitor.ts'

const scene = openScene()
const MAX_SCRIPT_BYTES = 250_000
const MAX_START_MS = 3_000
const MAX_STOP_MS = 1_000
const DUTY_PERCENT = 25
const DUTY_TOLERANCE = 8

test('before the click the page computes nothing, connects to nobody and is small', async () => {
  const relay = await scene.relay()
  const profile = await scene.profile()
  const page = await profile.newPage()
  const scripts = new Map<string, number>()
  const connections: string[] = []
  page.on('worker', (worker) => connections.push(`worker ${worker.url()}`))
  page.on('websocket', (socket) => connections.push(`websocket ${socket.url()}`))
  profile.on('serviceworker', (worker) => connections.push(`service worker ${worker.url()}`))
  page.on('requestfinished', (request) => {
    if (new URL(request.url()).origin !== relay.url) connections.push(`stranger ${request.url()}`)
  })
  page.on('response', async (response) => {
    const type = response.headers()['content-type'] ?? ''
    if (/javascript|wasm/.test(type)) scripts.set(response.url(), gzipSync(await response.body()).length)
  })
  const alice = new Visitor('alice', playwrightTab(page))
  await alice.tab.goto(relay.url)
  await page.waitForLoadState('networkidle')
  await alice.until('can press Start', () => alice.shows('start'))

  expect(connections).toEqual([])
  expect((await alice.witness()).made).toEqual({})
  expect(await alice.phase()).toMatch(/^idle/)
  expect(await alice.shows('champion')).toBe(false)
  const bytes = [...scripts.values()].reduce((sum, size) => sum + size, 0)
  expect(bytes, `gzip of ${[...scripts.keys()].join(', ')}`).toBeGreaterThan(0)
  expect(bytes, `gzip of ${[...scripts.keys()].join(', ')}`).toBeLessThanOrEqual(MAX_SCRIPT_BYTES)
  await alice.keepPicture('before-the-click')

  await alice.press('start')
  const consent = await alice.until('reads what it agrees to', async () => (await alice.see('consent')).find((seen) => seen.visible))
  expect(consent.text).toMatch(/neural network/i)
  expect(consent.text).toMatch(/25\s?%|quarter/i)
  expect(consent.text).toMatch(/\baddress/i)
  expect(consent.text).toMatch(/stop/i)
  expect(connections, 'nothing runs while it only asks').toEqual([])
  await alice.keepPicture('consent')
  await page.close()
})

test('after the click networks evolve within 3 s, visibly, and pause and stop within 1 s', async () => {
  const relay = await scene.relay()
  const profile = await scene.profile()
  const warming = await scene.visitor('alice before', relay.url, profile)
  await warming.begin()
  await warming.tab.close()

  const alice = await scene.visitor('alice', relay.url, profile)
  await alice.until('can press Start', () => alice.shows('start'))
  const before = await evaluations(alice)
  const clicked = performance.now()
  await alice.agree()
  await alice.until('evaluates', async () => (await evaluations(alice)) > before, { everyMs: 25, timeoutMs: 20_000 })
  const startMs = performance.now() - clicked
  expect(startMs).toBeLessThanOrEqual(MAX_START_MS)

  const first = { generation: await alice.number('generation'), evaluations: await evaluations(alice) }
  await alice.until('sees generations pass', async () => (await alice.number('generation')) > first.generation, { timeoutMs: 30_000 })
  await alice.until('sees evaluations counted', async () => (await evaluations(alice)) > first.evaluations)
  expect(await alice.number('evaluations-per-second')).toBeGreaterThan(0)
  expect((await alice.one('task')).text).not.toBe('')
  expect(await alice.shows('fitness-chart')).toBe(true)
  await alice.until('sees a champion', async () => ((await alice.see('champion'))[0]?.data['cid'] ?? '').startsWith('b'))
  expect(await alice.number('best-here')).toBeGreaterThan(0)

  const step = async (): Promise<number> => Number((await alice.one('champion-stage')).data['step'])
  const shown = await step()
  await alice.until('sees the champion at work', async () => (await step()) !== shown)

  await settled(alice)
  const measured = workerCpuPercent(profile.browser()!, 8_000)
  await alice.until('sees a steady duty', async () => Math.abs((await duty(alice)) - DUTY_PERCENT) <= DUTY_TOLERANCE, { timeoutMs: 30_000 })
  expect(await measured, 'CPU time of its worker threads').toBeLessThanOrEqual(DUTY_PERCENT + DUTY_TOLERANCE)
  expect(await duty(alice)).toBeGreaterThanOrEqual(DUTY_PERCENT - DUTY_TOLERANCE)
  expect(await duty(alice)).toBeLessThanOrEqual(DUTY_PERCENT + DUTY_TOLERANCE)
  await alice.keepPicture('evolving')

  await alice.press('pause')
  await alice.untilPhase('paused: by-you', { timeoutMs: MAX_STOP_MS })
  await stands(alice)
  await alice.press('resume')
  await alice.untilPhase('running')
  const paused = await evaluations(alice)
  await alice.until('goes on', async () => (await evaluations(alice)) > paused)
  await alice.press('stop')
  await alice.untilPhase('stopped', { timeoutMs: MAX_STOP_MS })
  await stands(alice)
  await alice.until('has left the mesh', async () => (await alice.one('mesh')).data['self'] === '')
  expect(await workerCpuPercent(profile.browser()!, 1_000), 'CPU time of its worker threads after Stop').toBeLessThanOrEqual(2)

  expect(alice.tab.console.filter(({ level }) => level === 'error')).toEqual([])
  expect((await alice.witness()).violations).toEqual([])
})

async function evaluations(visitor: Visitor): Promise<number> {
  const shown = (await visitor.see('evaluations'))[0]
  const number = shown === undefined ? 0 : await visitor.number('evaluations')
  return Number.isNaN(number) ? 0 : number
}

async function duty(visitor: Visitor): Promise<number> {
  return Number((await visitor.one('duty')).data['measured'])
}

/** The figure is an average of the last 10 s: wait until the start no longer counts. */
async function settled(visitor: Visitor): Promise<void> {
  const from = performance.now()
  await visitor.until('has run for 12 s', () => performance.now() - from > 12_000, { timeoutMs: 15_000 })
}

/** Two readings, far enough apart for several updates of the page, are equal. */
async function stands(visitor: Visitor): Promise<void> {
  let last = await evaluations(visitor)
  let since = performance.now()
  await visitor.until('sees the count stand still', async () => {
    const now = await evaluations(visitor)
    if (now !== last) {
      last = now
      since = performance.now()
    }
    return performance.now() - since > 1_000
  }, { timeoutMs: 3_000 })
}
