// The relay is gone as soon as the visitor has begun: the visitor evolves alone, knows it, and has company by itself once the relay is
// back. With a relay that is gone before the page opens: `long-lived.test.ts`.

import { expect, test } from 'vitest'
import { openScene } from './scene.ts'

const scene = openScene()

test('a page whose relay has gone evolves alone, says so, and joins when the relay is back', async () => {
  const relay = await scene.relay()
  const alice = await scene.visitor('alice', relay.url)
  await alice.begin()
  await relay.kill()
  await alice.until('is alone', async () => (await alice.one('company')).data['alone'] === 'true', { timeoutMs: 30_000 })
  const { data, text } = await alice.one('company')
  expect(data['alone']).toBe('true')
  expect(text).toMatch(/alone/i)
  const generation = await alice.number('generation')
  await alice.until('sees generations pass', async () => (await alice.number('generation')) > generation, { timeoutMs: 30_000 })
  await alice.until('sees a champion', async () => (await alice.champion()).cid !== '')
  await alice.keepPicture('alone')

  await relay.start()
  await alice.until('is connected to the relay', () => alice.isReachable(), { timeoutMs: 60_000 })
  const bob = await scene.visitor('bob', relay.url)
  await bob.begin()
  await alice.until('has company', () => alice.meets(), { timeoutMs: 30_000 })
  expect((await alice.one('company')).data['alone']).toBe('false')
})
