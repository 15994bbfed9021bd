// Settings as a visitor uses them: at once, with a step back, in another language, and everything erased in the end.

import { expect, test } from 'vitest'
import { openScene } from './scene.ts'

const scene = openScene()

test('a setting holds at once and can be taken back; the page speaks another language; everything can be erased', async () => {
  const relay = await scene.relay()
  const profile = await scene.profile()
  const alice = await scene.visitor('alice', relay.url, profile)
  await alice.begin()
  await alice.press('power-medium')
  await alice.until('gives half a core', async () => /50\s?%/.test((await alice.one('donation-state')).text))
  await alice.press('give-way')
  await alice.press('undo')
  await alice.until('has nothing to undo', async () => !(await alice.shows('undo')))

  await alice.one('language')
  await alice.tab.select('[data-testid="language"]', 'de')
  await alice.until('reads German', async () => (await alice.words()).includes('Deine Daten'))
  await alice.keepPicture('settings-german')
  await alice.one('appearance')
  await alice.tab.select('[data-testid="appearance"]', 'dark')
  const author = await alice.author()

  await alice.press('erase-data')
  await alice.press('erase-really')
  await alice.until('is a stranger again', async () => (await alice.phase()) === 'idle' && (await alice.shows('start')), { timeoutMs: 20_000 })
  expect(await alice.tab.evaluate(async () => [localStorage.length, (await indexedDB.databases()).length], undefined)).toEqual([0, 0])
  await alice.begin()
  expect(await alice.author()).not.toBe(author)
})
