// Other problems and another way of searching, chosen on the page: each evolves there and is shown at work.

import { expect, test } from 'vitest'
import { openScene } from './scene.ts'

const scene = openScene()

test('another task and another search evolve at once, and the champion is shown in its world', async () => {
  const relay = await scene.relay()
  const alice = await scene.visitor('alice', relay.url)
  await alice.begin()
  for (const [task, algorithm] of [['mountain-car-v0', 'neat'], ['t-maze', 'memetic'], ['pursuit', 'memetic'], ['walker', 'neat']] as const) {
    await alice.choose(task)
    await alice.search(algorithm)
    await alice.until(`improves on ${task}`, async () => (await alice.number('best-here')) > 0, { timeoutMs: 30_000 })
    await alice.until('sees a champion', async () => (await alice.champion()).cid.startsWith('b'))
    const stage = async (): Promise<number> => Number((await alice.one('champion-stage')).data['step'])
    const before = await stage()
    await alice.until('sees it at work', async () => (await stage()) !== before)
    await alice.keepPicture(`${algorithm}-on-${task}`)
  }
  expect(alice.tab.console.filter(({ level }) => level === 'error')).toEqual([])
  expect((await alice.witness()).violations).toEqual([])
})
