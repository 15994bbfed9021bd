// What was found survives: a reload, a crash of the tab, and the end of every tab together with a restart of the relay.

import { expect, test } from 'vitest'
import { openScene } from './scene.ts'
import type { Visitor } from './visitor.ts'

const scene = openScene()
/** How much evolution a reload or a crash may cost; never a champion. */
const MAX_LOSS_MS = 8_000
const TASK = 'double-pole'
const GOOD_FITNESS = 2_000
const MAX_FITNESS = 1_000_000

test('after a reload the author, the champion and the settings are there and evolution goes on from them', async () => {
  const relay = await scene.relay()
  const alice = await scene.visitor('alice', relay.url)
  await alice.begin()
  await alice.choose(TASK)
  const author = await alice.author()
  expect(author).toMatch(/^[0-9a-f]{64}$/)
  const before = await progress(alice, 3)
  await elapsed(alice, MAX_LOSS_MS)
  // Better than what the first generations of an evolution from nothing have.
  const champion = await alice.until('has a good champion', async () => {
    const now = await alice.champion()
    return now.fitness > GOOD_FITNESS ? now : undefined
  }, { timeoutMs: 60_000, everyMs: 20 })

  await alice.tab.reload()
  await alice.agree()
  const [first] = await alice.until('sees a champion', async () => {
    const { champions } = await alice.witness()
    return champions.length > 0 ? champions : undefined
  })
  expect(first!.fitness, 'the first champion shown is the last one from before').toBeGreaterThanOrEqual(champion.fitness)
  await alice.until('has its author key', async () => (await alice.author()) === author)
  expect((await alice.one('task')).value).toBe(TASK)
  await restored(alice, before)
  await alice.keepPicture('after-reload')
})

test('a tab that crashes loses at most the last moments', async () => {
  const relay = await scene.relay()
  const profile = await scene.profile()
  const alice = await scene.visitor('alice', relay.url, profile)
  await alice.begin()
  await alice.choose(TASK)
  const author = await alice.author()
  const before = await progress(alice, 5)
  await elapsed(alice, MAX_LOSS_MS)

  const session = await profile.newCDPSession(profile.pages()[0]!)
  session.send('Page.crash').catch(() => undefined)
  const again = await scene.visitor('alice again', relay.url, profile)
  await again.begin()
  expect(await again.author()).toBe(author)
  await restored(again, before)
})

test('after every tab has closed and the relay was restarted, a lone new tab receives the best champion', async () => {
  const relay = await scene.relay()
  const alice = await scene.visitor('alice', relay.url)
  const bob = await scene.visitor('bob', relay.url)
  for (const visitor of [alice, bob]) {
    await visitor.begin()
    await visitor.choose(TASK)
  }
  // Better than what a lone tab finds in its first seconds.
  const authors = [await alice.author(), await bob.author()]
  await alice.until('or bob finds a solution, and the relay verifies it', () => {
    return relay.log.includes(`"fitness":${MAX_FITNESS}`)
  }, { timeoutMs: 90_000 })
  await bob.press('stop')
  await bob.tab.close()
  await alice.press('stop')
  await alice.tab.close()
  expect(await relay.stop(), 'the relay ends cleanly').toBe(0)
  await relay.start()

  const carol = await scene.visitor('carol', relay.url)
  await carol.begin()
  await carol.choose(TASK)
  await untilAdopts(carol, authors)
  await carol.until('has the best that was known', async () => (await carol.number('best-mesh')) >= MAX_FITNESS)
  expect((await carol.neighbours()).filter(({ kind }) => kind === 'island')).toEqual([])
  await carol.keepPicture('from-the-archive')
})

/** From any of `authors`. */
async function untilAdopts(visitor: Visitor, authors: readonly string[]): Promise<void> {
  await visitor.until('adopts a champion of theirs', async () => {
    return (await visitor.adoptions()).some(({ author }) => authors.includes(author))
  }, { timeoutMs: 60_000 })
}

interface Progress {
  readonly generation: number
  readonly evaluations: number
  readonly fitness: number
}

/** Waits until `generation` is reached and has a champion. */
async function progress(visitor: Visitor, generation: number): Promise<Progress> {
  return visitor.until(`reaches generation ${generation}`, async () => {
    const { fitness } = await visitor.champion()
    const now = { fitness, generation: await visitor.number('generation'), evaluations: await visitor.number('evaluations') }
    return now.generation >= generation && fitness > 0 ? now : undefined
  }, { timeoutMs: 60_000 })
}

async function elapsed(visitor: Visitor, ms: number): Promise<void> {
  const from = performance.now()
  await visitor.until(`goes on for ${ms} ms`, () => performance.now() - from > ms, { timeoutMs: 2 * ms })
}

async function restored(visitor: Visitor, before: Progress): Promise<void> {
  await visitor.untilPhase('running', { timeoutMs: 20_000 })
  await visitor.until('reads that it was restored', async () => {
    return (await visitor.see('log-entry')).some(({ data }) => data['kind'] === 'restored')
  })
  await visitor.until('has its champion back', async () => (await visitor.champion()).fitness >= before.fitness)
  expect(await visitor.number('best-here')).toBeGreaterThanOrEqual(before.fitness)
  expect(await visitor.number('generation')).toBeGreaterThanOrEqual(before.generation)
  expect(await visitor.number('evaluations')).toBeGreaterThanOrEqual(before.evaluations)
  const { generation } = await progress(visitor, before.generation)
  await progress(visitor, generation + 1)
}
