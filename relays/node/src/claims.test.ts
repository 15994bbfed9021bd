import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openKeys } from '@megabrain/archive/sqlite'
import { claimMessage, encodeClaim, restoreEntries, rowPrefixes } from '@megabrain/exchange'
import type { Archive, Claim, Entry, Keys } from '@megabrain/exchange'
import { createMemoryArchive } from '@megabrain/exchange/memory'
import { openNodeIsland, openVerifier } from '@megabrain/island/node'
import { openNodeMesh } from '@megabrain/mesh/node'
import type { Mesh } from '@megabrain/mesh/node'
import { tasks } from '@megabrain/tasks'
import type { RelayDocument } from './relay-document.ts'
import { spawnRelay } from './spawned-relay.ts'
import type { SpawnedRelay } from './spawned-relay.ts'

const base = mkdtempSync(join(tmpdir(), 'relay-claims-'))
const flags = ['--port', '0', '--webrtc-direct-port', 'off', '--tasks', 'xor', '--data', join(base, 'data')]
const patience = { timeout: 60_000, interval: 100 }
let relay: SpawnedRelay
let realm: { readonly id: string; readonly document: Uint8Array }
let champion: Entry

beforeAll(async () => {
  relay = await spawnRelay(flags)
  const { realms } = await documentOf()
  realm = { id: realms[0]!.id, document: Buffer.from(realms[0]!.policy, 'base64') }
}, 180_000)

afterAll(async () => {
  await relay.stop('SIGKILL')
  rmSync(base, { recursive: true, force: true })
})

async function documentOf(): Promise<RelayDocument> {
  return await (await fetch(`${relay.origin}/.well-known/megabrain.json`)).json() as RelayDocument
}

/** The value of one sample of `/metrics`. */
async function metric(sample: string): Promise<number> {
  const text = await (await fetch(`${relay.origin}/metrics`)).text()
  const line = text.split('\n').find((candidate) => candidate.startsWith(`megabrain_${sample} `))
  return Number(line?.slice(line.lastIndexOf(' ') + 1))
}

const refusedFor = (reason: string) => metric(`refused_total{realm="default",reason="${reason}"}`)

async function joinMesh(): Promise<Mesh> {
  return openNodeMesh({ relays: [(await documentOf()).addresses[0]!], realm: realm.id })
}

async function entriesIn(archive: Archive): Promise<readonly Entry[]> {
  const { claims, bodies } = rowPrefixes(realm.id)
  return restoreEntries([...await archive.list(claims), ...await archive.list(bodies)]).entries
}

// Each start loads the whole relay: seconds on a busy machine.
describe('a relay', { timeout: 180_000 }, () => {
  test('re-evaluates what an island has found, and keeps it', async () => {
    const archive = createMemoryArchive()
    const mesh = await joinMesh()
    const island = await openNodeIsland({
      realm: realm.document, archive, keys: await openKeys(join(base, 'alice')), mesh, settings: { task: 'xor', dutyPercent: 100 },
    })
    island.command({ kind: 'start' })
    await expect.poll(() => metric('admitted_total{realm="default"}'), patience).toBeGreaterThan(0)
    await expect.poll(() => metric('verifier_busy_seconds_total'), patience).toBeGreaterThan(0)
    await island.close()
    await mesh.close()
    const admitted = await metric('admitted_total{realm="default"}')
    expect(await metric('archived{realm="default"}')).toBeGreaterThan(0)
    expect(await metric('archive_write_seconds_total')).toBeGreaterThan(0)
    expect(await metric('measured_total{realm="default"}')).toBeGreaterThanOrEqual(admitted)

    champion = await bestOfRelay()
    expect((await entriesIn(archive)).some(({ claim }) => claim.id === champion.claim.id)).toBe(true)
  })

  test('and three honest islands that start together refuse nothing of each other as `too-many`', async () => {
    const islands = await Promise.all(['erin', 'frank', 'grace'].map(async (name) => {
      const [mesh, keys] = [await joinMesh(), await openKeys(join(base, name))]
      const options = { realm: realm.document, archive: createMemoryArchive(), keys, mesh, settings: { task: 'xor', dutyPercent: 100 } }
      const island = await openNodeIsland(options)
      island.command({ kind: 'start' })
      return { island, mesh }
    }))
    await expect.poll(() => islands.map(({ island }) => island.snapshot().admitted > 0 && island.snapshot().published > 0), patience)
      .toEqual([true, true, true])
    expect(islands.map(({ island }) => island.snapshot().refusals['too-many'] ?? 0)).toEqual([0, 0, 0])
    expect(await refusedFor('too-many')).toBe(0)
    await Promise.all(islands.map(async ({ island, mesh }) => {
      await island.close()
      await mesh.close()
    }))
  })

  test('refuses each kind of lie, counts it under its reason and goes on', async () => {
    const carol = await openCarol()
    const { claim } = champion
    const before = { admitted: await metric('admitted_total{realm="default"}'), archived: await metric('archived{realm="default"}') }

    await carol.becomesHeard()
    const signed = await carol.sign({ fitness: claim.fitness })
    await carol.isRefused('malformed', signed.subarray(0, signed.length - 3))
    await carol.isRefused('bad-signature', signed.with(signed.length - 1, signed.at(-1)! ^ 1))
    await carol.isRefused('wrong-realm', await carol.sign({ realm: 'ee'.repeat(32) }))
    await carol.isRefused('unknown-task', await carol.sign({ evaluator: '00'.repeat(32) }))
    await carol.isRefused('not-reproduced', await carol.sign({ fitness: claim.fitness === 1_000_000 ? 999_999 : claim.fitness + 1 }))
    await carol.isRefused('wrong-content', await carol.sign({ genotype: otherCid(claim.genotype), fitness: 1_000_000 }))

    expect(await metric('admitted_total{realm="default"}')).toBe(before.admitted)
    expect(await metric('archived{realm="default"}')).toBe(before.archived)
    expect(carol.mesh.members.current()).toMatchObject([{ kind: 'relay' }])
    await carol.mesh.close()
    expect((await fetch(`${relay.origin}/readyz`)).status).toBe(200)
  })

  test('refuses what is too large for the channel, from a program that is not ours', async () => {
    const { peer, addresses } = await documentOf()
    const stranger = await createLibp2p({
      transports: [webSockets()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      services: { identify: identify(), gossip: gossipsub({ allowPublishToZeroTopicPeers: true }) },
    })
    const topic = `/megabrain/1/${realm.id}`
    stranger.services.gossip.subscribe(topic)
    await stranger.dial(multiaddr(addresses[0]!))
    await expect.poll(() => stranger.services.gossip.getSubscribers(topic).map(String), patience).toContain(peer)
    const before = await refusedFor('too-large')
    let attempts = 0
    await expect.poll(async () => {
      await stranger.services.gossip.publish(topic, new Uint8Array(600).fill(attempts++))
      return refusedFor('too-large')
    }, patience).toBeGreaterThan(before)
    await stranger.stop()
  })

  test('hands its best champion to a lone newcomer after kill -9', async () => {
    const before = await bestOfRelay()
    await relay.stop('SIGKILL')
    relay = await spawnRelay(flags)
    expect(await bestOfRelay()).toEqual(before)
  })
})

/** What a member that only synchronises and checks has as its best once it has all that the relay keeps. */
async function bestOfRelay(): Promise<Entry> {
  const mesh = await joinMesh()
  const keys = await openKeys(mkdtempSync(join(base, 'reader-')))
  const archive = createMemoryArchive()
  const verifier = await openVerifier({ realms: [{ document: realm.document, mesh }], archive, keys })
  const kept = await metric('archived{realm="default"}')
  expect(kept).toBeGreaterThan(0)
  await expect.poll(async () => (await entriesIn(archive)).length, patience).toBe(kept)
  const best = verifier.best(realm.id, tasks['xor']!.id)!
  await verifier.close()
  await mesh.close()
  return best
}

/** Carol lies: she signs what she likes and answers pulls with another body. */
async function openCarol() {
  const mesh = await joinMesh()
  const keys: Keys = await openKeys(join(base, 'carol'))
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
  let sequence = Date.now()
  // She asks the relay itself for the champion's body by its digest, and hands that over in place of what was asked for.
  mesh.requests.serve(async (from, question) => {
    const [wanted, had] = [otherCid(champion.claim.genotype), champion.claim.genotype].map((cid) => text(digestOf(cid)))
    const instead = Buffer.from(text(question).replace(wanted!, had!), 'hex')
    const answer = await mesh.requests.request(from, instead, { timeoutMs: 5_000, maxBytes: 100_000 })
    return answer.ok ? answer.value : undefined
  })
  return {
    mesh,
    async sign(lie: Partial<Claim>): Promise<Uint8Array> {
      const by = { author: text(keys.owner), device: text(keys.device) }
      const statement = { ...champion.claim, ...by, time: Date.now(), sequence: sequence++, ...lie }
      return encodeClaim(statement, keys.delegation, await keys.sign(claimMessage(statement, keys.delegation)))
    },
    /** Broadcast is lossy until gossip has met the relay. */
    async becomesHeard() {
      let attempts = 0
      await expect.poll(async () => {
        mesh.channel.publish(new Uint8Array([0xff, attempts++]))
        return refusedFor('malformed')
      }, patience).toBeGreaterThan(0)
    },
    async isRefused(reason: string, bytes: Uint8Array) {
      const before = await refusedFor(reason)
      mesh.channel.publish(bytes)
      await expect.poll(() => refusedFor(reason), { ...patience, message: `refused as ${reason}` }).toBeGreaterThan(before)
    },
  }
}

const base32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** A CID that names no genotype that anybody has. */
function otherCid(cid: string): string {
  return cid.slice(0, 20) + base32[(base32.indexOf(cid[20]!) + 1) % 32] + cid.slice(21)
}

/** The last 32 bytes that a CIDv1 in base32 says. */
function digestOf(cid: string): Uint8Array {
  const bits = [...cid.slice(1)].map((character) => base32.indexOf(character).toString(2).padStart(5, '0')).join('')
  return Uint8Array.from(bits.match(/.{8}/g)!, (byte) => parseInt(byte, 2)).subarray(-32)
}
