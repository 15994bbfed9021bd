import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openArchive, openKeys } from '@megabrain/archive/sqlite'
import { createRealm, decodeStatement, encodeRealm, pinRowPrefix, realmId, realmMessage, statementRowPrefix } from '@megabrain/exchange'
import type { Keys, MeshPorts } from '@megabrain/exchange'
import { createMemoryArchive, createMemoryNetwork, portsOf } from '@megabrain/exchange/memory'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Island } from '../island.ts'
import type { Settings } from '../snapshot.ts'
import { openNodeIsland, openVerifier } from './index.ts'
import type { Verifier } from './index.ts'

let folder: string
let realm: Uint8Array
let id: string
const open: { close(): Promise<void> }[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'megabrain-island-'))
  const keys = await openKeys(join(folder, 'realm-owner'))
  const policy = createRealm({ name: 'test', owner: Buffer.from(keys.device).toString('hex'), tasks: ['xor', 'cart-pole-v1'] })
  realm = encodeRealm(policy, await keys.sign(realmMessage(policy)))
  id = realmId(policy)
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const keysOf = (name: string): Promise<Keys> => openKeys(join(folder, name))
const xor: Partial<Settings> = { task: 'xor', dutyPercent: 50 }

type Extra = { readonly mesh?: MeshPorts; readonly settings?: Partial<Settings> }

async function startIsland(name: string, options: Extra = {}): Promise<Island> {
  const island = await openNodeIsland({ realm, archive: createMemoryArchive(), keys: await keysOf(name), settings: xor, ...options })
  open.push(island)
  island.command({ kind: 'start' })
  return island
}

/** Members that are all connected, in real time. */
function openNetwork(names: readonly string[], relays: readonly string[] = []) {
  const network = createMemoryNetwork({ seed: 1 })
  const ports = names.map((name) => portsOf(network.join(name, relays.includes(name) ? 'relay' : 'island')))
  for (const a of names) for (const b of names) if (a < b) network.connect(a, b)
  const timer = setInterval(() => network.advance(20), 20)
  open.push({ async close() { clearInterval(timer) } })
  return { network, ports }
}

const until = (check: () => void, timeout = 20_000): Promise<void> => vi.waitFor(check, { timeout, interval: 20 })

describe('an island in Node', () => {
  test('does nothing before it is started', async () => {
    const island = await openNodeIsland({ realm, archive: createMemoryArchive(), keys: await keysOf('alice') })
    expect(island.snapshot()).toMatchObject({ phase: 'idle', reason: 'not-started', evaluations: 0, author: undefined })
    await island.close()
  })

  test('evaluates within 3 s of its start, improves, and tells so at most four times a second', async () => {
    const began = performance.now()
    const island = await startIsland('alice')
    const at: number[] = []
    island.subscribe(() => at.push(performance.now()))
    await until(() => expect(island.snapshot().evaluations).toBeGreaterThan(0))
    expect(performance.now() - began).toBeLessThan(3_000)
    await until(() => expect(island.snapshot().bestHere).toBeGreaterThan(500_000))
    expect(island.snapshot()).toMatchObject({ phase: 'running', reason: undefined, watching: false })
    expect(island.snapshot().log.some(({ kind }) => kind === 'improved')).toBe(true)
    await until(() => expect(at.length).toBeGreaterThan(8))
    for (let i = 5; i < at.length; i++) expect(at[i]! - at[i - 4]!).toBeGreaterThan(900)
  })

  test('pauses, resumes, changes its task, and stops within a second', async () => {
    const island = await startIsland('alice')
    await until(() => expect(island.snapshot().evaluations).toBeGreaterThan(0))
    island.command({ kind: 'pause' })
    await until(() => expect(island.snapshot()).toMatchObject({ phase: 'paused', reason: 'by-you' }))
    const later: number[] = []
    const unsubscribe = island.subscribe(({ evaluations }) => later.push(evaluations))
    await until(() => expect(later.length).toBeGreaterThan(4))
    unsubscribe()
    expect(later.at(-1)).toBe(later[2])
    island.command({ kind: 'resume' })
    island.command({ kind: 'configure', settings: { task: 'cart-pole-v1' } })
    await until(() => {
      expect(island.snapshot()).toMatchObject({ phase: 'running', settings: { task: 'cart-pole-v1' } })
      expect(island.snapshot().evaluations).toBeGreaterThan(0)
      expect(island.snapshot().bestHere).toBeGreaterThan(0)
    })
    const stopped = performance.now()
    island.command({ kind: 'stop' })
    await until(() => expect(island.snapshot()).toMatchObject({ phase: 'stopped', reason: 'by-you' }))
    expect(performance.now() - stopped).toBeLessThan(1_000)
  })

  test('goes on after a restart with its champion, author, settings, history, population, region and what it pinned', async () => {
    const file = join(folder, 'restart.sqlite')
    const first = await openArchive(file)
    const before = await openNodeIsland({ realm, archive: first, keys: await keysOf('bob'), settings: { ...xor, dutyPercent: 60 } })
    before.command({ kind: 'start' })
    await until(() => expect(before.snapshot().generation).toBeGreaterThan(5))
    await until(() => expect(before.snapshot().history.length).toBeGreaterThan(1))
    await until(() => expect(before.snapshot().feed.length).toBeGreaterThan(0))
    const kept = before.snapshot().feed[0]!.cid
    before.command({ kind: 'pin', cid: kept, isPinned: true })
    before.command({ kind: 'configure', settings: { region: 'lab-2' } })
    before.command({ kind: 'configure', settings: { region: 'No. 12, High Street' } })
    await until(() => expect(before.snapshot().settings.region).toBe('lab-2'))
    await before.close()
    const told = (await first.list(statementRowPrefix(id))).map(({ value }) => decodeStatement(value))
    expect(told.map((one) => (one.ok ? Buffer.from(one.value.statement.content).toString() : ''))).toContain('lab-2')
    await first.close()
    const last = before.snapshot()

    const second = await openArchive(file)
    open.push(second)
    const after = await openNodeIsland({ realm, archive: second, keys: await keysOf('bob') })
    open.unshift(after)
    after.command({ kind: 'start' })
    await until(() => expect(after.snapshot().log.some(({ kind }) => kind === 'restored')).toBe(true))
    const now = after.snapshot()
    expect(now.settings).toMatchObject({ task: 'xor', dutyPercent: 60, region: 'lab-2' })
    expect((await second.list(pinRowPrefix(id))).map(({ key }) => key)).toEqual([pinRowPrefix(id) + kept])
    for (const { cid, pinned } of now.feed) expect(pinned).toBe(cid === kept)
    expect(now.author).toBe(last.author)
    // Evolution has gone on since: the champion is the one from before or a better one.
    const { champion } = last
    if (now.champion?.cid === champion!.cid) expect(now.champion.parents).toEqual(champion!.parents)
    else expect(now.bestHere > champion!.fitness || now.champion!.links < champion!.links).toBe(true)
    expect(now.archived).toBeGreaterThanOrEqual(last.archived)
    expect(now.history.slice(0, last.history.length)).toEqual(last.history)
    await until(() => expect(after.snapshot().generation).toBeGreaterThan(last.generation))
    expect(after.snapshot().bestHere).toBeGreaterThanOrEqual(last.bestHere)
    await after.close()
    await second.close()
    open.splice(0)
  })

  test('says in words why a forged realm does not start', async () => {
    const forged = realm.slice()
    forged[forged.length - 1]! ^= 1
    const island = await openNodeIsland({ realm: forged, archive: createMemoryArchive(), keys: await keysOf('alice') })
    island.command({ kind: 'start' })
    const detail = 'The realm document is not signed by its owner'
    await until(() => expect(island.snapshot()).toMatchObject({ phase: 'stopped', reason: 'failed', detail }))
    await island.close()
  })
})

describe('islands on one mesh', () => {
  test('two of them adopt each other\'s champions, with the source as parent', async () => {
    const { ports: [meshA, meshB] } = openNetwork(['a', 'b'])
    const alice = await startIsland('alice', { mesh: meshA! })
    const bob = await startIsland('bob', { mesh: meshB! })
    const foundBy = (island: Island): readonly string[] =>
      island.snapshot().log.flatMap((entry) => (entry.kind === 'improved' ? [entry.cid] : []))
    for (const [here, there, via] of [[alice, bob, 'b'], [bob, alice, 'a']] as const) {
      await until(() => expect(here.snapshot().adoptions.length).toBeGreaterThan(0), 25_000)
      const [adoption] = here.snapshot().adoptions
      expect(adoption).toMatchObject({ id: 1, task: 'xor', via, author: there.snapshot().author })
      expect(foundBy(there)).toContain(adoption!.parent)
      expect(here.snapshot().bestInMesh).toBeGreaterThanOrEqual(adoption!.fitness)
    }
  }, 60_000)

  test('a champion of another task waits in the archive and is adopted when its task is chosen', async () => {
    const { ports: [meshA, meshB] } = openNetwork(['a', 'b'])
    const alice = await startIsland('alice', { mesh: meshA! })
    const bob = await startIsland('bob', { mesh: meshB!, settings: { task: 'cart-pole-v1', dutyPercent: 20 } })
    await until(() => expect(bob.snapshot().admitted).toBeGreaterThan(0))
    expect(bob.snapshot().adoptions).toEqual([])
    bob.command({ kind: 'configure', settings: { task: 'xor' } })
    await until(() => expect(bob.snapshot().adoptions[0]).toMatchObject({ task: 'xor', author: alice.snapshot().author, via: '' }))
  }, 60_000)

  test('a verifier keeps what holds, also for who comes after all others have gone', async () => {
    const { network, ports: [meshA, meshB, meshR] } = openNetwork(['alice', 'bob', 'relay'], ['relay'])
    const file = join(folder, 'relay.sqlite')
    const openRelay = async (): Promise<{ verifier: Verifier; close(): Promise<void> }> => {
      const archive = await openArchive(file)
      const verifier = await openVerifier({ realms: [{ document: realm, mesh: meshR! }], archive, keys: await keysOf('relay') })
      return { verifier, close: () => verifier.close().then(() => archive.close()) }
    }
    const relay = await openRelay()
    const alice = await startIsland('alice', { mesh: meshA! })
    await until(() => expect(relay.verifier.best(id, 'xor')).toBeDefined())
    expect(relay.verifier.view()[0]).toMatchObject({ realmId: id, name: 'test' })
    const best = relay.verifier.best(id, 'xor')!
    await alice.close()
    network.leave('alice')
    await relay.close()

    const again = await openRelay()
    expect(again.verifier.best(id, 'xor')!.claim.fitness).toBeGreaterThanOrEqual(best.claim.fitness)
    const bob = await startIsland('bob', { mesh: meshB! })
    await until(() => expect(bob.snapshot().bestInMesh).toBeGreaterThanOrEqual(best.claim.fitness))
    await bob.close()
    await again.close()
  }, 60_000)
})
