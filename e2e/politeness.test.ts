// The page steps back by itself: in the background, on battery, and while another tab of the same browser runs.

import { expect, test } from 'vitest'
import { puppetTab, setPressure, takePressure } from './chromium.ts'
import { openScene } from './scene.ts'
import { Visitor } from './visitor.ts'

declare const NetworkInformation: { readonly prototype: object }

const scene = openScene()
const MAX_TAKEOVER_MS = 2_000

test('a page in the background pauses, says why, and goes on when it is looked at again', async () => {
  const relay = await scene.relay()
  const browser = await scene.puppetChromium()
  const page = await browser.newPage()
  const alice = new Visitor('alice', await puppetTab(page))
  await alice.tab.goto(relay.url)
  await alice.begin()
  const other = await browser.newPage()
  await other.bringToFront()
  await alice.untilPhase('paused: hidden', { timeoutMs: 5_000 })
  expect(await alice.words()).toMatch(/paused because .*background/i)
  const evaluations = await alice.number('evaluations')
  await page.bringToFront()
  await alice.untilPhase('running', { timeoutMs: 5_000 })
  await alice.until('goes on', async () => (await alice.number('evaluations')) > evaluations)
})

test('a machine on battery does not compute until it is plugged in', async () => {
  const relay = await scene.relay()
  const profile = await scene.profile()
  await profile.addInitScript(() => {
    const battery = Object.assign(new EventTarget(), { charging: false, level: 0.5, chargingTime: Infinity, dischargingTime: 3_600 })
    Object.assign(globalThis, { e2eBattery: battery })
    Object.defineProperty(Navigator.prototype, 'getBattery', { configurable: true, value: () => Promise.resolve(battery) })
  })
  const alice = await scene.visitor('alice', relay.url, profile)
  await alice.agree()
  await alice.untilPhase('paused: battery', { timeoutMs: 20_000 })
  expect(await alice.words()).toMatch(/paused because .*battery/i)
  expect(await alice.number('evaluations')).toBe(0)
  await alice.keepPicture('on-battery')
  await alice.tab.evaluate(() => {
    const { e2eBattery } = globalThis as unknown as { e2eBattery: EventTarget & { charging: boolean } }
    e2eBattery.charging = true
    e2eBattery.dispatchEvent(new Event('chargingchange'))
  }, undefined)
  await alice.untilPhase('running')
})

test('a browser that asks to save data is not used', async () => {
  const relay = await scene.relay()
  const profile = await scene.profile()
  await profile.addInitScript(() => Object.defineProperty(NetworkInformation.prototype, 'saveData', { get: () => true }))
  const alice = await scene.visitor('alice', relay.url, profile)
  await alice.agree()
  await alice.untilPhase('paused: save-data', { timeoutMs: 20_000 })
  expect(await alice.words()).toMatch(/paused because .*save data/i)
  expect(await alice.number('evaluations')).toBe(0)
})

test('a machine that is busy with other things is given way to, and only when it is calm for a while does it go on', async () => {
  const relay = await scene.relay()
  const profile = await (await scene.chromium([])).newContext()
  const alice = await scene.visitor('alice', relay.url, profile)
  const processor = await profile.newCDPSession(profile.pages()[0]!)
  await takePressure(processor)
  await alice.begin()
  await setPressure(processor, 'critical')
  await alice.untilPhase('paused: busy', { timeoutMs: 10_000 })
  expect(await alice.words()).toMatch(/paused because .*busy with other things/i)
  const calm = performance.now()
  await setPressure(processor, 'nominal')
  await alice.untilPhase('running', { timeoutMs: 30_000 })
  expect(performance.now() - calm, 'no sooner than after ten seconds').toBeGreaterThan(9_000)
  expect(Number((await alice.one('donation-state')).data['share'])).toBeLessThan(1)
})

test('a second tab of the same browser watches live and steers the first', async () => {
  const relay = await scene.relay()
  const profile = await scene.profile()
  const first = await scene.visitor('first tab', relay.url, profile)
  await first.begin()
  const second = await scene.visitor('second tab', relay.url, profile)
  await second.until('watches', () => second.shows('watching'))
  const seen = await second.until('sees the count', async () => (await second.number('evaluations')) || undefined)
  await second.until('sees it grow', async () => (await second.number('evaluations')) > seen)
  expect((await second.witness()).made['RTCPeerConnection'] ?? 0, 'it joins no mesh of its own').toBe(0)
  await second.keepPicture('watching')

  await second.press('pause')
  await first.untilPhase('paused: by-you')
  await second.untilPhase('paused')
  await second.press('resume')
  await first.untilPhase('running')
  const counted = await first.number('evaluations')
  await first.until('goes on', async () => (await first.number('evaluations')) > counted)
})

test('two tabs told to start make one runner, and the other takes over within 2 s when it closes', async () => {
  const relay = await scene.relay()
  const profile = await scene.profile()
  const tabs = [await scene.visitor('left tab', relay.url, profile), await scene.visitor('right tab', relay.url, profile)]
  for (const tab of tabs) {
    await tab.press('start')
    await tab.until('is asked', () => tab.shows('consent-accept'))
  }
  // At once, before either knows of the other.
  await Promise.all(tabs.map((tab) => tab.tab.evaluate(() => {
    document.querySelector<HTMLElement>('[data-testid="consent-accept"]')?.click()
  }, undefined)))
  const watches = await tabs[0]!.until('runs and the other watches, or the other way round', async () => {
    const watching = await Promise.all(tabs.map((tab) => tab.shows('watching')))
    return watching.filter(Boolean).length === 1 ? watching : undefined
  }, { timeoutMs: 20_000 })
  await Promise.all(tabs.map((tab) => tab.untilPhase('running')))
  const runner = tabs[watches.indexOf(false)]!
  const watcher = tabs[watches.indexOf(true)]!
  expect((await watcher.witness()).made['RTCPeerConnection'] ?? 0, 'it joins no mesh of its own').toBe(0)

  await watcher.until('sees some generations', async () => (await watcher.number('generation')) > 3, { timeoutMs: 30_000 })
  const best = await watcher.number('best-here')
  const evaluations = await watcher.number('evaluations')
  await runner.tab.close()
  const closed = performance.now()
  await watcher.until('runs', async () => (await watcher.phase()) === 'running' && !(await watcher.shows('watching')), { everyMs: 25 })
  expect(performance.now() - closed).toBeLessThanOrEqual(MAX_TAKEOVER_MS)
  await watcher.until('evolves on', async () => (await watcher.number('evaluations')) > evaluations, { timeoutMs: 30_000 })
  expect(await watcher.number('best-here')).toBeGreaterThanOrEqual(best)
})
