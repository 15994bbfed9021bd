// Two engines, one mesh: a stock Firefox and a Chromium connect directly and believe each other's results, bit for bit.

import { expect, test } from 'vitest'
import { openScene } from './scene.ts'

const scene = openScene()

test('a stock Firefox and a Chromium connect over WebRTC and adopt each other’s champions', async () => {
  const relay = await scene.relay()
  const [alice, fox] = await Promise.all([scene.visitor('alice', relay.url), scene.firefoxVisitor('fox', relay.url)])
  await Promise.all([alice.begin(), fox.begin()])
  const [alicePeer, foxPeer] = await Promise.all([alice.peer(), fox.peer()])
  await alice.until('is connected to the Firefox', () => alice.meets(foxPeer), { timeoutMs: 30_000 })
  await fox.until('is connected to the Chromium', () => fox.meets(alicePeer))

  for (const visitor of [alice, fox]) await visitor.choose('double-pole')
  const authors = { alice: await alice.author(), fox: await fox.author() }
  await alice.until('a champion travels from one engine to the other', async () => {
    const toAlice = (await alice.adoptions()).some(({ author }) => author === authors.fox)
    const toFox = (await fox.adoptions()).some(({ author }) => author === authors.alice)
    return toAlice || toFox
  }, { timeoutMs: 60_000 })
  expect(await alice.refused('not-reproduced')).toBe(0)
  expect(await fox.refused('not-reproduced')).toBe(0)
  await alice.keepPicture('with-a-firefox')
  await fox.keepPicture('in-a-firefox')
})
