// Two relays, one joined to the other: tabs that were opened at the first learn the second from it, and go on there when the first is killed.

import { expect, test } from 'vitest'
import { openScene } from './scene.ts'
import type { Relay } from './relay.ts'
import type { Visitor } from './visitor.ts'

const scene = openScene()
const MAX_LEARNING_MS = 60_000

let first: Relay
let second: Relay
let visitors: readonly Visitor[]

test('two visitors of the first relay are shown both and can be reached through both', async () => {
  first = await scene.relay()
  second = await scene.relay(undefined, first.url)
  visitors = [await scene.visitor('alice', first.url), await scene.visitor('bob', first.url)]
  await Promise.all(visitors.map((visitor) => visitor.begin()))
  for (const visitor of visitors) {
    await visitor.until('is connected to two relays', async () => (await connected(visitor)) === 2, { timeoutMs: MAX_LEARNING_MS })
    expect((await visitor.neighbours()).filter(({ kind }) => kind === 'relay')).toHaveLength(2)
    await visitor.keepPicture(`two-relays-${visitor.name}`)
  }
})

test('when the first is killed, they can be reached through the other, and one who comes there meets them', async () => {
  await first.kill()
  for (const visitor of visitors) {
    await visitor.until('sees that one relay is gone', async () => (await connected(visitor)) === 1, { timeoutMs: 30_000 })
  }
  const dave = await scene.visitor('dave', second.url)
  await dave.begin()
  for (const visitor of visitors) {
    const peer = await visitor.peer()
    await dave.until(`is connected to ${visitor.name}`, () => dave.meets(peer), { timeoutMs: MAX_LEARNING_MS })
  }
  await visitors[0]!.keepPicture('after-the-first-relay')
})

async function connected(visitor: Visitor): Promise<number> {
  return (await visitor.see('relay')).filter(({ data }) => data['state'] === 'connected' && data['reserved'] === 'true').length
}
