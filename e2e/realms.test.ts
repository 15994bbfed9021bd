// A second realm with a moderator: three tabs join it, the moderator bans a lineage, and it is gone from the other two; the first realm knows
// nothing of it.

import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectFolder } from './program.ts'
import type { Relay } from './relay.ts'
import { openScene } from './scene.ts'
import type { Visitor } from './visitor.ts'

const scene = openScene()
/** Five heartbeats, and the quarter of a second that a page may lag behind. */
const MAX_BAN_MS = 5_250
const TASK = 'double-pole'

let relay: Relay
let alice: Visitor
let bob: Visitor
let dave: Visitor

test('a realm that names alice as moderator is signed on the command line, and the relay offers it', async () => {
  relay = await scene.relay()
  alice = await scene.visitor('alice', relay.url)
  await alice.begin()
  const author = await alice.until('has a key', async () => (await alice.author()) || undefined)
  mkdirSync(join(relay.data, 'realms'), { recursive: true })
  const words = ['--name', 'garden', '--template', 'hobby', '--task', TASK, '--model', 'federated', '--moderator', author]
  const files = ['--key', join(relay.data, 'garden-owner.key'), '--out', join(relay.data, 'realms', 'garden.realm')]
  const made = spawnSync(process.execPath, ['apps/cli/src/main.ts', 'realm', 'create', ...words, ...files], { cwd: projectFolder, encoding: 'utf8' })
  expect(made.stderr).toBe('')
  expect(made.status).toBe(0)
  await relay.stop()
  await relay.start()
  await alice.tab.reload()
  await alice.begin()
})

test('three tabs join it and find each other there, each with another peer id than in the first realm', async () => {
  const here = await alice.peer()
  bob = await scene.visitor('bob', relay.url)
  dave = await scene.visitor('dave', relay.url)
  await bob.begin()
  await dave.begin()
  for (const visitor of [alice, bob, dave]) {
    await visitor.press('join-realm')
    await visitor.until('is shown the second realm', async () => (await shownRealm(visitor)) === 'garden', { timeoutMs: 20_000 })
    const terms = await visitor.shows('accept-terms')
    if (terms) await visitor.press('accept-terms')
  }
  for (const visitor of [alice, bob, dave]) await visitor.until('meets another', () => visitor.meets(), { timeoutMs: 60_000 })
  expect(await alice.peer()).not.toBe(here)
})

test('what one finds the others verify and list', async () => {
  const author = await bob.author()
  for (const visitor of [alice, dave]) {
    await visitor.until('lists a result of bob\'s', async () => (await feedOf(visitor)).some((entry) => entry.author === author), { timeoutMs: 90_000 })
  }
  await alice.keepPicture('moderator')
})

test('nobody names a coordinator, all follow the same one, and its rounds end', async () => {
  const followed = async (visitor: Visitor) => (await visitor.see('coordinator'))[0]?.data['coordinator']
  await alice.until('follows the coordinator that bob and dave follow', async () => {
    const [one, ...others] = await Promise.all([alice, bob, dave].map(followed))
    return one !== undefined && one !== '' && others.every((other) => other === one)
  }, { timeoutMs: 30_000 })
  await alice.until('sees a round end', async () => (await alice.see('round')).length > 0, { timeoutMs: 40_000 })
  await alice.keepPicture('federated')
})

test('the moderator bans a lineage, and within five heartbeats it is gone from the other tabs', async () => {
  const author = await bob.author()
  const banned = await alice.until('picks a result of bob\'s that dave lists too', async () => {
    const daves = new Set((await feedOf(dave)).map(({ cid }) => cid))
    return (await feedOf(alice)).find((entry) => entry.author === author && daves.has(entry.cid))?.cid
  }, { timeoutMs: 30_000 })
  await alice.one('feed-entry')
  await alice.tab.click(`[data-cid="${banned}"] [data-testid="ban-lineage"]`)
  const from = performance.now()
  for (const visitor of [bob, dave]) {
    await visitor.until('reads of the ban', async () => (await visitor.see('ban')).some(({ data }) => data['target'] === banned), { timeoutMs: 20_000 })
    await visitor.until('lists it no more', async () => (await feedOf(visitor)).every(({ cid }) => cid !== banned), { timeoutMs: 20_000 })
  }
  expect(performance.now() - from).toBeLessThan(MAX_BAN_MS)
  await dave.keepPicture('after-the-ban')
})

test('the first realm knows nothing of it', async () => {
  await dave.one('realm')
  await dave.tab.click('[data-testid="realm"][data-name="default"] [data-testid="show-realm"]')
  await dave.until('is shown the first realm', async () => (await shownRealm(dave)) === 'default')
  await dave.until('has its governance', () => dave.shows('policy'))
  expect(await dave.see('ban')).toEqual([])
  await dave.tab.click('[data-testid="realm"][data-name="garden"] [data-testid="leave-realm"]')
  await dave.until('is in one realm again', async () => (await dave.see('realm')).length === 1)
})

async function shownRealm(visitor: Visitor): Promise<string | undefined> {
  return (await visitor.see('realm')).find(({ data }) => data['shown'] === 'true')?.data['name']
}

async function feedOf(visitor: Visitor): Promise<readonly { readonly cid: string; readonly author: string }[]> {
  return (await visitor.see('feed-entry')).map(({ data: { cid = '', author = '' } }) => ({ cid, author }))
}
