// A visitor who shows the address to relays alone: others trade with them through the relay, and never connect.

import { expect, test } from 'vitest'
import { openScene } from './scene.ts'

const scene = openScene()

test('with the setting on, nobody else is connected to the visitor, and champions still travel both ways', async () => {
  const relay = await scene.relay()
  const alice = await scene.visitor('alice', relay.url)
  const bob = await scene.visitor('bob', relay.url)
  await alice.begin()
  await bob.begin()
  await bob.until('meets alice as long as nothing is hidden', () => bob.meets(), { timeoutMs: 30_000 })
  const before = await bob.peer()
  await bob.press('relay-only')
  const hidden = await bob.until('is in the mesh under another name', async () => {
    const peer = (await bob.see('mesh'))[0]?.data['self']
    return peer !== undefined && peer !== '' && peer !== before ? peer : undefined
  })
  await bob.until('is connected to the relay', async () => (await bob.see('relay')).some(({ data }) => data['state'] === 'connected'))
  await alice.until('is connected to no other visitor', async () => !await alice.meets(), { timeoutMs: 60_000 })

  for (const visitor of [alice, bob]) await visitor.choose('double-pole')
  for (const [visitor, other] of [[alice, bob], [bob, alice]] as const) {
    const author = await other.author()
    await visitor.until(`adopts a champion of ${other.name}'s`, async () => (await visitor.adoptions()).some((adoption) => adoption.author === author), { timeoutMs: 90_000 })
  }
  const others = (await bob.neighbours()).filter(({ kind }) => kind !== 'relay')
  expect(others).toEqual([])
  expect((await alice.neighbours()).map(({ peer }) => peer)).not.toContain(hidden)
  await bob.keepPicture('relay-only')

  await bob.tab.reload()
  await bob.begin()
  await bob.until('is connected to the relay again', async () => (await bob.see('relay')).some(({ data }) => data['state'] === 'connected'))
  // As long as others need to find each other, and more.
  await new Promise((resolve) => setTimeout(resolve, 8_000))
  expect(await alice.meets()).toBe(false)
})
