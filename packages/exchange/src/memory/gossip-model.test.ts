import { createRandom } from '@megabrain/evolve'
import { expect, test } from 'vitest'
import { createGossipChannel, type GossipChannel } from './gossip-channel.ts'
import type { GossipRouter, GossipRpc } from './gossip-router.ts'
import { createGossipRouter } from './gossip-model.ts'
import { gossipSettingsFor } from './gossip-settings.ts'
import { createMemoryNetwork, type MemoryMember, type MemoryNetwork } from './memory-network.ts'

interface Sent {
  readonly to: string
  readonly rpc: GossipRpc
}

/** One router with everything that it sends, on a clock that the test moves. */
function alone(): { readonly router: GossipRouter; readonly sent: Sent[]; pass(ms: number): void } {
  let now = 1_000_000
  const sent: Sent[] = []
  const wires = { self: 'alice', random: createRandom(1), now: () => now, send: (to: string, rpc: GossipRpc) => void sent.push({ to, rpc }), deliver: () => undefined }
  return { router: createGossipRouter(wires, gossipSettingsFor(6)), sent, pass: (ms) => void (now += ms) }
}

function meet(router: GossipRouter, count: number, isOutbound = false): readonly string[] {
  const peers = Array.from({ length: count }, (_, i) => `peer-${i}`)
  for (const peer of peers) {
    router.connected(peer, isOutbound)
    router.received(peer, { subscribe: true })
  }
  return peers
}

interface Crowd {
  readonly network: MemoryNetwork
  readonly gossip: GossipChannel
  readonly names: readonly string[]
  readonly members: ReadonlyMap<string, MemoryMember>
  /** Deliveries by member. */
  readonly heard: Map<string, number>
}

function crowd(count: number, seed: number): Crowd {
  const members = new Map<string, MemoryMember>()
  const gossip = createGossipChannel()
  const network = createMemoryNetwork({ seed, channelModel: gossip.createModel, latencyMs: [20, 30] })
  const random = createRandom(seed)
  const names = Array.from({ length: count }, (_, i) => `member-${i}`)
  const heard = new Map<string, number>()
  for (const name of names) {
    const node = network.join(name)
    node.listen({
      delivered({ id }) {
        heard.set(name, (heard.get(name) ?? 0) + 1)
        node.verdict(id, 'forward')
      },
      neighbours: () => undefined,
      requested: (_, __, answer) => answer(undefined),
    })
    members.set(name, node)
  }
  for (const name of names) for (let i = 0; i < 8; i++) network.connect(name, names[random.integer(count)]!)
  return { network, gossip, heard, names, members }
}

test('fills its mesh at once up to D_lo and at heartbeats up to D, and keeps it between D_lo and D_hi', () => {
  const { router, pass } = alone()
  const peers = meet(router, 30)
  expect(router.mesh()).toHaveLength(3)
  router.received(peers[0]!, { prune: 60_000 })
  pass(1_000)
  router.beat()
  expect(router.mesh()).toHaveLength(6)
  for (const peer of peers) router.received(peer, { graft: true })
  expect(router.mesh()).toHaveLength(12)
  expect(router.mesh()).not.toContain(peers[0])
})

test('a neighbour that grafts during its backoff is pruned and loses its score, until it is not listened to at all', () => {
  const { router, sent, pass } = alone()
  meet(router, 5)
  router.received('peer-0', { prune: 60_000 })
  for (let i = 0; i < 20; i++) {
    router.received('peer-0', { graft: true })
    pass(100)
  }
  expect(router.mesh()).not.toContain('peer-0')
  expect(sent.filter(({ to, rpc }) => to === 'peer-0' && rpc.prune !== undefined)).toHaveLength(8)
  expect(router.scoreOf('peer-0')).toBeLessThan(-80)
})

test('nine rejected messages graylist a neighbour, and a minute forgives it', () => {
  const { router, pass } = alone()
  meet(router, 2)
  const reject = (id: string): void => {
    router.received('peer-0', { messages: [{ id, bytes: new Uint8Array(1) }] })
    router.verdict(id, 'reject')
  }
  for (let i = 0; i < 9; i++) reject(`lie-${i}`)
  expect(router.scoreOf('peer-0')).toBeLessThan(-80)
  for (let i = 0; i < 60; i++) {
    pass(1_000)
    router.beat()
  }
  expect(router.scoreOf('peer-0')).toBeGreaterThanOrEqual(0)
})

test('an IHAVE that is asked for and not kept counts against the neighbour', () => {
  const { router, sent, pass } = alone()
  meet(router, 1)
  for (let i = 0; i < 20; i++) {
    router.received('peer-0', { ihave: [`nothing-${i}`] })
    pass(1_000)
    router.beat()
  }
  expect(sent.some(({ rpc }) => rpc.iwant?.[0] === 'nothing-0')).toBe(true)
  expect(router.scoreOf('peer-0')).toBeLessThan(0)
})

test('a broadcast reaches all of 60 members once, over a mesh of bounded degree, the same way for the same seed', () => {
  const run = (seed: number): readonly [number, number, readonly (readonly [string, number])[]] => {
    const { network, gossip, heard, names, members } = crowd(60, seed)
    network.advance(5_000)
    const before = gossip.counts().copies
    for (let i = 0; i < 10; i++) members.get(names[i]!)!.publish(Uint8Array.of(i))
    network.advance(6_000)
    for (const name of names) expect(gossip.routerOf(name).mesh().length).toBeLessThanOrEqual(12)
    return [gossip.counts().copies - before, network.counters().messages, [...heard]]
  }
  const [copies, , heard] = run(3)
  expect(heard.reduce((sum, [, count]) => sum + count, 0)).toBe(10 * 59)
  expect(copies).toBeLessThan(10 * 59 * 12)
  expect(run(3)).toEqual(run(3))
})
