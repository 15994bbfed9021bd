// The page opened over plain http from another machine's name: browsers give it no workers, keys or locks there, so it
// says why it cannot run and what to do.

import { expect, test } from 'vitest'
import { openContext, playwrightTab } from './chromium.ts'
import { openScene } from './scene.ts'
import { Visitor } from './visitor.ts'

const scene = openScene()

test('over plain http on another name the page says why it cannot run and what to do, which helps', async () => {
  const relay = await scene.relay()
  const browser = await scene.chromium(['--host-resolver-rules=MAP insecure.test 127.0.0.1'])
  const page = await (await openContext(browser)).newPage()
  const alice = new Visitor('alice', playwrightTab(page))
  await alice.tab.goto(`http://insecure.test:${relay.port}/`)
  const words = await alice.until('is told', async () => (await alice.see('insecure')).find((seen) => seen.visible)?.text)
  expect(words, 'why').toMatch(/http\b/i)
  expect(words, 'what to do').toMatch(/https|localhost/i)
  expect(await alice.shows('start')).toBe(false)
  expect((await alice.witness()).made).toEqual({})
  // Chromium notes there that it ignores one of the headers.
  expect(alice.tab.console.filter(({ level, text }) => level === 'error' && !/Cross-Origin-Opener-Policy/.test(text))).toEqual([])
  await alice.keepPicture('insecure')

  await page.click('[data-testid="insecure"] a')
  await alice.begin()
  await alice.until('can be reached through the relay', () => alice.isReachable(), { timeoutMs: 20_000 })
})
