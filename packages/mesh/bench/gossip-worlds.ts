// The same scene twice: real gossipsub nodes over WebSocket on the loopback, and the simulator's gossip model on its virtual
// clock, with the same links, settings, broadcasts and verdicts. For the scripts beside it.

import { identify } from '@libp2p/identify'
import type { Libp2p } from '@libp2p/interface'
import { gossipsub, TopicValidatorResult, type GossipsubOpts } from '@libp2p/gossipsub'
import { noise } from '@libp2p/noise'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createGossipChannel, createMemoryNetwork, gossipSettingsFor, type GossipSettings } from '@megabrain/exchange/memory'
import { createLibp2p } from 'libp2p'
import { gossipSettings, type Gossip } from '../src/gossip.ts'

export interface Scene {
  readonly name: string
  readonly nodes: number
  /** Who dials whom. */
  readonly links: readonly (readonly [number, number])[]
  /** Settings of a node as the mesh and as the model call them. */
  degreeOf(node: number): number
  /** Changes to the real settings, and the same change to the model's. @param isRelay of a node of either world */
  readonly change?: {
    real(node: number, settings: Partial<GossipsubOpts>, isRelay: (peer: string) => boolean): Partial<GossipsubOpts>
    model(node: number, settings: GossipSettings, isRelay: (peer: string) => boolean): GossipSettings
  }
  isRelay?(node: number): boolean
  /** Whether a node passes on what it hears, so long after the warm-up, ms. @default always */
  forwards?(node: number, sinceMs: number): boolean
  /** Who publishes broadcast `number`, and how many there are. */
  authorOf(number: number): number
  readonly broadcasts: number
  /** Who must hear them. @default all */
  isListener?(node: number): boolean
  /** Broadcasts up to this one do not count. @default 0 */
  readonly countedFrom?: number
  readonly warmUpMs?: number
}

export interface Outcome {
  /** Of (counted broadcast, other listener) pairs, those that arrived at all, and within six seconds. */
  readonly delivered: number
  readonly inTime: number
  readonly hops: readonly number[]
  readonly latencies: readonly number[]
  /** Copies of broadcasts received, over all nodes. */
  readonly copies: number
  readonly ihaves: number
  readonly grafts: number
  /** Neighbours in the mesh, mean over listeners, at the end. */
  readonly mesh: number
  /** How long one dial took, mean: backoffs may end while links are still being made. */
  readonly linkMs: number
}

export const TOPIC = `/megabrain/1/${'c'.repeat(64)}`
export const BROADCAST_EVERY_MS = 600
export const BYTES = 256
/** How long a node takes for its verdict: makes a hop cost the same in both worlds, whatever the machine does. */
export const VERDICT_MS = 250
const WARM_UP_MS = 5_000
const DRAIN_MS = 8_000
const DEADLINE_MS = 6_000

/** Hears and traces; the same for both worlds. */
function createRecord(scene: Scene, now: () => number) {
  const sentAt = new Map<number, number>()
  /** Broadcast → node → who handed it over and when. */
  const heard = new Map<number, Map<number, { readonly from: number; readonly at: number }>>()
  return {
    published: (number: number): void => void sentAt.set(number, now()),
    delivered(number: number, node: number, from: number): void {
      const nodes = heard.get(number) ?? new Map<number, { from: number; at: number }>()
      if (!nodes.has(node)) nodes.set(node, { from, at: now() })
      heard.set(number, nodes)
    },
    outcome(): Pick<Outcome, 'delivered' | 'inTime' | 'hops' | 'latencies'> {
      const hops: number[] = []
      const latencies: number[] = []
      let pairs = 0
      for (const [number, at] of sentAt) {
        if (number < (scene.countedFrom ?? 0)) continue
        for (let node = 0; node < scene.nodes; node++) {
          if (node === scene.authorOf(number) || scene.isListener?.(node) === false) continue
          pairs++
          const hearing = heard.get(number)?.get(node)
          if (hearing === undefined) continue
          let count = 0
          for (let here: number | undefined = node; here !== undefined && count < scene.nodes; count++) here = heard.get(number)!.get(here)?.from
          hops.push(count - 1)
          latencies.push(hearing.at - at)
        }
      }
      return { delivered: hops.length / pairs, inTime: latencies.filter((ms) => ms <= DEADLINE_MS).length / pairs, hops, latencies }
    },
  }
}

function contentOf(number: number): Uint8Array {
  return Uint8Array.from({ length: BYTES }, (_, i) => (i < 4 ? (number >>> (8 * i)) & 255 : (number * 31 + i * 7) & 255))
}

const numberOf = (bytes: Uint8Array): number => bytes[0]! + bytes[1]! * 256
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export async function runReal(scene: Scene): Promise<Outcome> {
  const { nodes: count, links, warmUpMs = WARM_UP_MS } = scene
  const record = createRecord(scene, () => performance.now())
  const totals = { copies: 0, ihaves: 0, grafts: 0 }
  const relayPeers = new Set<string>()
  const settingsOf = (node: number): Partial<GossipsubOpts> => {
    const settings = gossipSettings({ topics: [TOPIC], degree: scene.degreeOf(node) })
    return scene.change?.real(node, settings, (peer) => relayPeers.has(peer)) ?? settings
  }
  const nodes = await Promise.all(Array.from({ length: count }, async (_, i) => createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0/ws'] },
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false }, // a machine that pauses must not tear the links down
    connectionManager: { maxConnections: 400, inboundConnectionThreshold: 1_000, maxIncomingPendingConnections: 400 },
    services: { identify: identify({ maxInboundStreams: 64, maxOutboundStreams: 64 }), gossip: gossipsub(settingsOf(i)) },
  }) as unknown as Promise<Libp2p<{ gossip: Gossip; identify: unknown }>>))
  nodes.forEach((node, i) => void (scene.isRelay?.(i) === true && relayPeers.add(node.peerId.toString())))
  const indexOf = new Map(nodes.map((node, i) => [node.peerId.toString(), i]))
  let startedAt = Number.POSITIVE_INFINITY
  nodes.forEach(({ services: { gossip } }, i) => {
    const inside = gossip as unknown as { handleReceivedRpc(from: unknown, rpc: { messages: unknown[]; control?: { ihave?: unknown[]; graft?: unknown[] } }): Promise<void> }
    const receive = inside.handleReceivedRpc.bind(gossip)
    inside.handleReceivedRpc = (from, rpc) => {
      totals.copies += rpc.messages.length
      totals.ihaves += rpc.control?.ihave?.length ?? 0
      totals.grafts += rpc.control?.graft?.length ?? 0
      return receive(from, rpc)
    }
    gossip.addEventListener('gossipsub:message', ({ detail: { msg, msgId, propagationSource } }) => {
      record.delivered(numberOf(msg.data), i, indexOf.get(propagationSource.toString())!)
      const passes = scene.forwards?.(i, performance.now() - startedAt) ?? true
      setTimeout(() => gossip.reportMessageValidationResult(msgId, propagationSource.toString(), passes ? TopicValidatorResult.Accept : TopicValidatorResult.Ignore), VERDICT_MS)
    })
    gossip.subscribe(TOPIC)
  })
  const dialledAt = performance.now()
  for (const [a, b] of links) await nodes[a]!.dial(nodes[b]!.getMultiaddrs())
  const linkMs = (performance.now() - dialledAt) / links.length
  await pause(warmUpMs)
  Object.assign(totals, { copies: 0, ihaves: 0 })
  startedAt = performance.now()
  for (let i = 0; i < scene.broadcasts; i++) {
    record.published(i)
    await nodes[scene.authorOf(i)]!.services.gossip.publish(TOPIC, contentOf(i)).catch(() => undefined)
    await pause(BROADCAST_EVERY_MS)
  }
  await pause(DRAIN_MS)
  const sizes = nodes.map(({ services: { gossip } }) => (gossip as unknown as { mesh: ReadonlyMap<string, ReadonlySet<string>> }).mesh.get(TOPIC)?.size ?? 0)
  const outcome = { ...record.outcome(), ...totals, mesh: meanOf(sizes.filter((_, i) => scene.isListener?.(i) !== false)), linkMs }
  await Promise.all(nodes.map((node) => node.stop()))
  return outcome
}

/** @param linkMs how long one dial takes: what it took in the real world */
export function runModel(scene: Scene, seed: number, linkMs: number): Outcome {
  const { nodes: count, links, warmUpMs = WARM_UP_MS } = scene
  const indexOf = (peer: string): number => Number(peer.slice(5))
  const isRelay = (peer: string): boolean => scene.isRelay?.(indexOf(peer)) === true
  const gossip = createGossipChannel({
    settingsOf(peer) {
      const settings = gossipSettingsFor(scene.degreeOf(indexOf(peer)))
      return scene.change?.model(indexOf(peer), settings, isRelay) ?? settings
    },
  })
  const network = createMemoryNetwork({ seed, latencyMs: [1, 3], channelModel: gossip.createModel })
  const record = createRecord(scene, () => network.now())
  const nodes = Array.from({ length: count }, (_, i) => network.join(`node-${i}`))
  let startedAt = Number.POSITIVE_INFINITY
  nodes.forEach((node, i) => node.listen({
    delivered({ id, from, bytes }) {
      record.delivered(numberOf(bytes), i, indexOf(from))
      const passes = scene.forwards?.(i, network.now() - startedAt) ?? true
      network.after(VERDICT_MS, () => node.verdict(id, passes ? 'forward' : 'ignore'))
    },
    neighbours: () => undefined,
    requested: (_, __, answer) => answer(undefined),
  }))
  for (const [a, b] of links) {
    network.connect(`node-${a}`, `node-${b}`)
    network.advance(linkMs)
  }
  network.advance(warmUpMs)
  startedAt = network.now()
  const before = gossip.counts()
  for (let i = 0; i < scene.broadcasts; i++) {
    record.published(i)
    nodes[scene.authorOf(i)]!.publish(contentOf(i))
    network.advance(BROADCAST_EVERY_MS)
  }
  network.advance(DRAIN_MS)
  const { copies, ihaves, grafts } = gossip.counts()
  const sizes = nodes.map(({ self }) => gossip.routerOf(self).mesh().length)
  return {
    ...record.outcome(), copies: copies - before.copies, ihaves: ihaves - before.ihaves, grafts,
    mesh: meanOf(sizes.filter((_, i) => scene.isListener?.(i) !== false)),
    linkMs,
  }
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export function printRows(title: string, real: Outcome, model: Outcome): void {
  const rows: readonly (readonly [string, (outcome: Outcome) => number])[] = [
    ['delivered', ({ delivered }) => delivered],
    ['delivered in 6 s', ({ inTime }) => inTime],
    ['hops p50', ({ hops }) => quantile(hops, 0.5)],
    ['hops p99', ({ hops }) => quantile(hops, 0.99)],
    ['hops mean', ({ hops }) => meanOf(hops)],
    ['latency p50, ms', ({ latencies }) => quantile(latencies, 0.5)],
    ['latency p99, ms', ({ latencies }) => quantile(latencies, 0.99)],
    ['copies per delivery', ({ copies, hops }) => copies / hops.length],
    ['mesh size', ({ mesh }) => mesh],
    ['grafts', ({ grafts }) => grafts],
    ['IHAVE', ({ ihaves }) => ihaves],
  ]
  console.log(`| ${title} | real | model | difference |\n|---|---|---|---|`)
  for (const [name, of] of rows) console.log(`| ${name} | ${of(real).toFixed(3)} | ${of(model).toFixed(3)} | ${(((of(model) - of(real)) / of(real)) * 100).toFixed(1)} % |`)
  console.log('')
}
