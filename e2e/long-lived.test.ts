// A browser that is left alone for weeks: many tabs of which one runs, tabs that freeze or die, storage that is taken away, a host that is
// gone. The long versions are `tabs/kills.ts` and `tabs/storage-faults.ts`.

import type { BrowserContext } from 'playwright'
import { afterEach, expect, test } from 'vitest'
import { openTab, runnerAmong, type BrowserTab } from './tabs/browser-tabs.ts'
import { killRound } from './tabs/kill-round.ts'
import { pinBest, storageRound } from './tabs/storage-round.ts'
import { openScene } from './scene.ts'

const scene = openScene()
/** Ends with its test: whose process is killed is found by its workers, and all profiles share a browser. */
const profiles: BrowserContext[] = []
afterEach(async () => { await Promise.all(profiles.splice(0).map((profile) => profile.close())) })

async function openProfile(): Promise<BrowserContext> {
  const profile = await scene.profile()
  profiles.push(profile)
  return profile
}

const SYNC_MS = 10_000

test('of many tabs one runs; when it freezes or its process dies another takes over, and the thawed one watches', async () => {
  const relay = await scene.relay()
  const profile = await openProfile()
  const tabs: BrowserTab[] = []
  for (let index = 0; index < 5; index++) tabs.push(await openTab(profile, relay.url, `tab ${index + 1}`))
  await tabs[0]!.visitor.begin()
  await tabs[0]!.visitor.until('has a champion', async () => (await tabs[0]!.visitor.champion()).fitness > 0, { timeoutMs: 30_000 })
  await runnerAmong(tabs)
  for (const fault of ['freeze', 'kill', 'freeze'] as const) {
    const { before, after } = await killRound(profile, relay.url, tabs, fault)
    expect(after, `the champion after a ${fault}`).toBeGreaterThanOrEqual(before)
  }
})

test('a used-up quota, a deleted database and a killed process cost neither the author nor what was kept', async () => {
  const relay = await scene.relay()
  const profile = await openProfile()
  let tab = await openTab(profile, relay.url, 'alice')
  await tab.visitor.begin()
  await pinBest(tab)
  for (const fault of ['quota', 'delete', 'kill'] as const) {
    const done = await storageRound(profile, relay.url, tab, fault)
    tab = done.tab
    expect(done.round).toMatchObject({ sameAuthor: true, pinnedKept: true })
    expect(done.round.after, `the champion after ${fault}`).toBeGreaterThanOrEqual(done.round.before)
  }
})

test('after its host is gone for ever the page opens, evolves alone, and takes another relay by its address with the champion intact', async () => {
  const relay = await scene.relay()
  const profile = await openProfile()
  const { visitor: alice } = await openTab(profile, relay.url, 'alice')
  await alice.begin()
  await alice.until('has the page for offline', async () => (await alice.one('keeping')).data['offline'] === 'true', { timeoutMs: 20_000 })
  const best = await alice.until('has a champion', async () => (await alice.champion()).fitness || undefined, { timeoutMs: 30_000 })
  const author = await alice.author()
  // A relay of the same realm that she never heard of.
  await alice.press('stop')
  await alice.untilPhase('stopped')
  const other = await scene.relay(undefined, relay.url)
  await relay.kill()
  await alice.tab.reload()
  await alice.begin()
  expect(await alice.author()).toBe(author)
  expect((await alice.champion()).fitness).toBeGreaterThanOrEqual(best)
  await alice.until('reads that it is alone', async () => (await alice.one('company')).data['alone'] === 'true')

  await alice.until('may name another relay', () => alice.shows('paste-relay'), { timeoutMs: 20_000 })
  await alice.tab.evaluate((url) => {
    const input = document.querySelector<HTMLInputElement>('[data-testid="paste-relay"]')!
    input.value = url
    input.form!.requestSubmit()
  }, other.url)
  await alice.until('is connected to it', async () => (await alice.neighbours()).some(({ kind }) => kind === 'relay'), { timeoutMs: 30_000 })
  expect((await alice.champion()).fitness).toBeGreaterThanOrEqual(best)
  await alice.keepPicture('another-relay')
})

test('without a network the page evolves alone, and meets others within 10 s of having it back', async () => {
  const relay = await scene.relay()
  const profile = await openProfile()
  const { visitor: alice } = await openTab(profile, relay.url, 'alice')
  await alice.begin()
  await alice.until('has the page for offline', async () => (await alice.one('keeping')).data['offline'] === 'true', { timeoutMs: 20_000 })
  await profile.setOffline(true)
  await alice.tab.reload()
  await alice.begin()
  await alice.until('is alone', async () => (await alice.one('company')).data['alone'] === 'true')
  const bob = await scene.visitor('bob', relay.url)
  await bob.begin()
  await profile.setOffline(false)
  const back = performance.now()
  await alice.until('is connected', async () => (await alice.neighbours()).length > 0, { timeoutMs: SYNC_MS })
  expect(performance.now() - back).toBeLessThanOrEqual(SYNC_MS)
})
