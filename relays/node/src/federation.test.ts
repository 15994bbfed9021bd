// Two relays as processes: one joins the other, members that know one learn both, and either may end for ever.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { openKeys } from '@megabrain/archive/sqlite'
import { cidOf, decodeGenotype, encodeGenotype, evaluate } from '@megabrain/evolve'
import { claimMessage, decodeRequest, digestOfCid, encodeAnswer, encodeClaim } from '@megabrain/exchange'
import type { Claim, Keys } from '@megabrain/exchange'
import { createMemoryArchive } from '@megabrain/exchange/memory'
import { openNodeIsland, openVerifier } from '@megabrain/island/node'
import { openNodeMesh } from '@megabrain/mesh/node'
import type { Mesh } from '@megabrain/mesh/node'
import { tasks } from '@megabrain/tasks'
import type { RelayDocument } from './relay-document.ts'
import { spawnRelay } from './spawned-relay.ts'
import type { SpawnedRelay } from './spawned-relay.ts'

const base = mkdtempSync(join(tmpdir(), 'relay-federation-'))
const patience = { timeout: 60_000, interval: 50 }
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})
afterAll(() => rmSync(base, { recursive: true, force: true }))

async function openRelay(data: string, ...more: string[]): Promise<SpawnedRelay> {
  const off = ['--webrtc-direct-port', 'off', '--webtransport-port', 'off', '--stun-port', 'off']
  const relay = await spawnRelay(['--port', '0', ...off, '--tasks', 'xor', '--data', join(base, data), ...more])
  closers.push(() => relay.stop('SIGKILL'))
  return relay
}

async function documentOf({ origin }: SpawnedRelay): Promise<RelayDocument> {
  return await (await fetch(`${origin}/.well-known/megabrain.json`)).json() as RelayDocument
}

/** Of the realm that the relay's page begins in. */
async function metric({ origin }: SpawnedRelay, sample: string): Promise<number> {
  const text = await (await fetch(`${origin}/metrics`)).text()
  const line = text.split('\n').find((candidate) => candidate.startsWith(`megabrain_${sample} `))
  return Number(line?.slice(line.lastIndexOf(' ') + 1))
}

/** A member that was told of one relay, at its port on this machine. */
async function joinMesh(relay: SpawnedRelay, realm: string, relayOnly = true): Promise<Mesh> {
  const { peer } = await documentOf(relay)
  const mesh = await openNodeMesh({ relays: [`/ip4/127.0.0.1/tcp/${new URL(relay.origin).port}/ws/p2p/${peer}`], realm, relayOnly })
  closers.push(() => mesh.close())
  return mesh
}

const connectedTo = (mesh: Mesh): readonly string[] =>
  mesh.view().relays.filter(({ state }) => state === 'connected').map(({ peer = '' }) => peer).sort()

async function openIsland(mesh: Mesh, document: Uint8Array, name: string) {
  const island = await openNodeIsland({
    realm: document, archive: createMemoryArchive(), keys: await openKeys(join(base, name)), mesh, settings: { task: 'xor', dutyPercent: 100 },
  })
  closers.push(() => island.close())
  return island
}

/** A member that only synchronises and checks. */
async function openReader(mesh: Mesh, document: Uint8Array, name: string) {
  const reader = await openVerifier({ realms: [{ document, mesh }], archive: createMemoryArchive(), keys: await openKeys(join(base, name)) })
  closers.push(() => reader.close())
  return reader
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** Another genotype for each number, a little unlike `body`, with its true fitness. */
function variantOf(body: Uint8Array, number: number): { readonly body: Uint8Array; readonly fitness: number } {
  const decoded = decodeGenotype(body)
  if (!decoded.ok) throw new Error(decoded.reason)
  const { links } = decoded.value
  const genotype = { ...decoded.value, links: { ...links, weights: links.weights.map((weight, at) => (at === 0 ? Math.fround(weight + number / 1_024) : weight)) } }
  return { body: encodeGenotype(genotype), fitness: evaluate(tasks['xor']!, genotype).fitness }
}

/** A true claim of a genotype that nobody has seen yet: every member passes it on. */
async function claimBy(keys: Keys, { niche: _, ...like }: Claim, sequence: number, { body, fitness }: ReturnType<typeof variantOf>): Promise<Uint8Array> {
  const statement = { ...like, genotype: cidOf(body), fitness, author: hex(keys.owner), device: hex(keys.device), time: Date.now(), sequence }
  return encodeClaim(statement, keys.delegation, await keys.sign(claimMessage(statement, keys.delegation)))
}

// Each start loads the whole relay: seconds on a busy machine.
describe('two relays', { timeout: 180_000 }, () => {
  test('of which tabs know one each carry claims and genotypes from one to the other, and keep the same archive', async () => {
    // Addresses that lead nowhere: nobody can learn the other relay.
    const a = await openRelay('apart-a', '--announce', '/dns4/a.invalid/tcp/9/ws')
    const b = await openRelay('apart-b', '--announce', '/dns4/b.invalid/tcp/9/ws', '--join', a.origin)
    const [realm] = (await documentOf(a)).realms
    const { realms } = await documentOf(b)
    expect(realms).toMatchObject([{ id: realm!.id, ownerKeyHeldBy: 'its-owner' }, { ownerKeyHeldBy: 'this-relay' }])
    const document = Buffer.from(realm!.policy, 'base64')
    const [here, there] = [await joinMesh(a, realm!.id), await joinMesh(b, realm!.id)]
    const reader = await openReader(there, document, 'apart-reader')
    const island = await openIsland(here, document, 'apart-island')
    island.command({ kind: 'start' })
    await expect.poll(() => reader.view()[0]!.counters.admitted, patience).toBeGreaterThan(0)
    await island.close()
    const entries = (): readonly string[] => reader.entries(realm!.id).map(({ claim }) => claim.genotype).sort()
    await expect.poll(async () => {
      const [first, second] = [await metric(a, 'archived{realm="default"}'), await metric(b, `archived{realm="default-${realm!.id.slice(0, 8)}"}`)]
      return first === second && first === entries().length && first > 0
    }, patience).toBe(true)
    for (const [mesh, relay] of [[here, a], [there, b]] as const) {
      expect(mesh.members.current()).toMatchObject([{ kind: 'relay', peer: (await documentOf(relay)).peer }])
    }
  })

  test('are both learned by members that know one; whichever ends for ever, at least 99 of 100 announcements arrive', async () => {
    const a = await openRelay('a')
    let b = await openRelay('b', '--join', a.origin)
    const [peerOfA, peerOfB] = [(await documentOf(a)).peer, (await documentOf(b)).peer]
    const [realm] = (await documentOf(a)).realms
    const document = Buffer.from(realm!.policy, 'base64')
    const [alice, bob] = [await joinMesh(a, realm!.id), await joinMesh(a, realm!.id)]
    const since = performance.now()
    const know = (...peers: string[]) => expect.poll(() => [alice, bob].map(connectedTo), patience).toEqual([[...peers].sort(), [...peers].sort()])
    await know(peerOfA, peerOfB)
    expect(performance.now() - since).toBeLessThan(60_000)

    const finder = await joinMesh(a, realm!.id)
    const island = await openIsland(finder, document, 'finder')
    const reader = await openReader(await joinMesh(b, realm!.id), document, 'reader')
    island.command({ kind: 'start' })
    await expect.poll(() => reader.best(realm!.id, 'xor'), patience).toBeDefined()
    await island.close()
    const best = reader.best(realm!.id, 'xor')!
    const authors = await Promise.all(Array.from({ length: 20 }, (_, at) => openKeys(join(base, `author-${at}`))))
    const began = Date.now()
    let sequence = began
    const bodies = new Map<string, Uint8Array>()
    alice.requests.serve(async (_, bytes) => {
      const request = decodeRequest(bytes)
      const body = request.ok && request.value.kind === 'pull' ? bodies.get(hex(request.value.digest)) : undefined
      return body && encodeAnswer({ kind: 'pull', body })
    })
    const heard = new Set<string>()
    bob.channel.subscribe(({ id, bytes }) => {
      bob.channel.verdict(id, 'ignore') // so that only relays spread it
      heard.add(hex(bytes))
    })
    const deliver = async (count: number): Promise<number> => {
      const sent: string[] = []
      const announce = async (keys: Keys): Promise<void> => {
        const variant = variantOf(best.body, ++sequence - began)
        bodies.set(hex(digestOfCid(cidOf(variant.body))!), variant.body)
        const bytes = await claimBy(keys, best.claim, sequence, variant)
        alice.channel.publish(bytes)
        sent.push(hex(bytes))
      }
      // Gossip has found its way once one has arrived.
      await expect.poll(async () => {
        await announce(authors[sent.length % authors.length]!)
        return sent.some((bytes) => heard.has(bytes))
      }, patience).toBe(true)
      sent.length = 0
      for (let at = 0; at < count; at++) {
        await announce(authors[at % authors.length]!)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      const arrived = (): number => sent.filter((bytes) => heard.has(bytes)).length
      await expect.poll(arrived, { timeout: 10_000, interval: 100 }).toBeGreaterThanOrEqual(count * 0.99).catch(() => undefined)
      return arrived() / count
    }

    await b.stop('SIGKILL')
    await know(peerOfA)
    expect(await deliver(100)).toBeGreaterThanOrEqual(0.99)
    // It comes back at another port, which its first members can only know from the other relay.
    b = await openRelay('b', '--join', a.origin)
    await know(peerOfA, peerOfB)
    await a.stop('SIGKILL')
    await know(peerOfB)
    expect(await deliver(100)).toBeGreaterThanOrEqual(0.99)
  })
})
