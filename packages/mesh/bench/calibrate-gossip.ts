// Fifty real gossipsub nodes over WebSocket on the loopback, and fifty of the simulator's gossip model on the same links with
// the same broadcasts: do they agree? Run by hand: `node packages/mesh/bench/calibrate-gossip.ts [seed]`, about a minute.
// The table goes to `docs/experiments/2026-11-25-gossip-model.md`.

import { createHash } from 'node:crypto'
import { identify } from '@libp2p/identify'
import type { Libp2p } from '@libp2p/interface'
import { TopicValidatorResult } from '@libp2p/gossipsub'
import { noise } from '@libp2p/noise'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createGossipChannel, createMemoryNetwork, gossipSettingsFor, type GossipSettings } from '@megabrain/exchange/memory'
import { createLibp2p } from 'libp2p'
import { gossipService, gossipSettings, type Gossip } from '../src/gossip.ts'

interface Scenario {
  readonly name: string
  readonly nodes: number
  readonly links: readonly (readonly [number, number])[]
  readonly degree: number
}

interface Outcome {
  readonly delivered: number
  readonly hops: readonly number[]
  readonly latencies: readonly number[]
  /** Copies of broadcasts received, over all nodes. */
  readonly copies: number
  readonly ihaves: number
  readonly grafts: number
  /** Neighbours in the mesh, mean over nodes, at the end. */
  readonly mesh: number
}

const TOPIC = `/megabrain/1/${'c'.repeat(64)}`
const NODES = 50
const BROADCASTS = 40
const BROADCAST_EVERY_MS = 600
const BYTES = 256
/** How long a node takes for its verdict: makes a hop cost the same in both worlds, whatever the machine does. */
const VERDICT_MS = 250
const WARM_UP_MS = 5_000
const DRAIN_MS = 8_000

/** Hears, traces and judges; the same for both worlds. */
function createRecord(now: () => number) {
  const sentAt = new Map<string, number>()
  /** Broadcast → node → who handed it over and when. */
  const heard = new Map<string, Map<number, { readonly from: number; readonly at: number }>>()
  return {
    published(id: string): void {
      sentAt.set(id, now())
    },
    delivered(id: string, node: number, from: number): void {
      const nodes = heard.get(id) ?? new Map<number, { from: number; at: number }>()
      if (!nodes.has(node)) nodes.set(node, { from, at: now() })
      heard.set(id, nodes)
    },
    outcome(nodes: number): Pick<Outcome, 'delivered' | 'hops' | 'latencies'> {
      const hops: number[] = []
      const latencies: number[] = []
      for (const [id, at] of sentAt) {
        for (const [node, { at: heardAt }] of heard.get(id) ?? []) {
          let count = 0
          for (let here: number | undefined = node; here !== undefined && count < nodes; count++) here = heard.get(id)!.get(here)?.from
          hops.push(count - 1)
          latencies.push(heardAt - at)
        }
      }
      return { delivered: hops.length / (sentAt.size * (nodes - 1)), hops, latencies }
    },
  }
}

function contentOf(number: number): Uint8Array {
  return Uint8Array.from({ length: BYTES }, (_, i) => (i < 4 ? (number >>> (8 * i)) & 255 : (number * 31 + i * 7) & 255))
}

const keyOf = (bytes: Uint8Array): string => String(bytes[0]! + bytes[1]! * 256)
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function runReal({ nodes: count, links, degree }: Scenario): Promise<Outcome> {
  const record = createRecord(() => performance.now())
  const totals = { copies: 0, ihaves: 0, grafts: 0 }
  const nodes = await Promise.all(Array.from({ length: count }, async () => createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0/ws'] },
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false }, // a machine that pauses must not tear the links down
    connectionManager: { maxConnections: 200, inboundConnectionThreshold: 1_000, maxIncomingPendingConnections: 200 },
    services: { identify: identify({ maxInboundStreams: 64, maxOutboundStreams: 64 }), gossip: gossipService({ topics: [TOPIC], degree }) },
  }) as unknown as Promise<Libp2p<{ gossip: Gossip; identify: unknown }>>))
  const indexOf = new Map(nodes.map((node, i) => [node.peerId.toString(), i]))
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
      record.delivered(keyOf(msg.data), i, indexOf.get(propagationSource.toString())!)
      setTimeout(() => gossip.reportMessageValidationResult(msgId, propagationSource.toString(), TopicValidatorResult.Accept), VERDICT_MS)
    })
    gossip.subscribe(TOPIC)
  })
  for (const [a, b] of links) await nodes[a]!.dial(nodes[b]!.getMultiaddrs())
  await pause(WARM_UP_MS)
  totals.copies = 0
  totals.ihaves = 0
  for (let i = 0; i < BROADCASTS; i++) {
    record.published(keyOf(contentOf(i)))
    await nodes[i % count]!.services.gossip.publish(TOPIC, contentOf(i)).catch(() => undefined)
    await pause(BROADCAST_EVERY_MS)
  }
  await pause(DRAIN_MS)
  const mesh = meanOf(nodes.map(({ services: { gossip } }) => (gossip as unknown as { mesh: ReadonlyMap<string, ReadonlySet<string>> }).mesh.get(TOPIC)?.size ?? 0))
  const outcome = { ...record.outcome(count), ...totals, mesh }
  await Promise.all(nodes.map((node) => node.stop()))
  return outcome
}

function runModel({ nodes: count, links, degree }: Scenario, seed: number): Outcome {
  const gossip = createGossipChannel({ settingsOf: () => gossipSettingsFor(degree) })
  const network = createMemoryNetwork({ seed, latencyMs: [1, 3], channelModel: gossip.createModel })
  const record = createRecord(() => network.now())
  const nodes = Array.from({ length: count }, (_, i) => network.join(`node-${i}`))
  nodes.forEach((node, i) => node.listen({
    delivered({ id, from, bytes }) {
      record.delivered(keyOf(bytes), i, Number(from.slice(5)))
      network.after(VERDICT_MS, () => node.verdict(id, 'forward'))
    },
    neighbours: () => undefined,
    requested: (_, __, answer) => answer(undefined),
  }))
  for (const [a, b] of links) {
    network.connect(`node-${a}`, `node-${b}`)
    network.advance(10)
  }
  network.advance(WARM_UP_MS)
  const before = gossip.counts()
  for (let i = 0; i < BROADCASTS; i++) {
    record.published(keyOf(contentOf(i)))
    nodes[i % count]!.publish(contentOf(i))
    network.advance(BROADCAST_EVERY_MS)
  }
  network.advance(DRAIN_MS)
  return { ...record.outcome(count), copies: gossip.counts().copies - before.copies, ihaves: gossip.counts().ihaves - before.ihaves, grafts: gossip.counts().grafts, mesh: meanOf(nodes.map(({ self }) => gossip.routerOf(self).mesh().length)) }
}

/** Every setting that both sides have, by the model's name; a difference ends the run. */
function assertSameSettings(degree: number): void {
  const real = gossipSettings({ topics: [TOPIC], degree })
  const model: GossipSettings = gossipSettingsFor(degree)
  const topic = real.scoreParams!.topics![TOPIC]!
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['D', real.D, model.degree], ['Dlo', real.Dlo, model.leastDegree], ['Dhi', real.Dhi, model.mostDegree],
    ['Dscore', real.Dscore, model.scoredDegree], ['Dout', real.Dout, model.outboundDegree], ['floodPublish', real.floodPublish, model.floodPublish],
    ['P1', topic.timeInMeshWeight, model.score.timeInMeshWeight], ['P1 cap', topic.timeInMeshCap, model.score.timeInMeshCap],
    ['P2', topic.firstMessageDeliveriesWeight, model.score.firstDeliveryWeight], ['P2 decay', topic.firstMessageDeliveriesDecay, model.score.firstDeliveryDecay],
    ['P2 cap', topic.firstMessageDeliveriesCap, model.score.firstDeliveryCap], ['P3', topic.meshMessageDeliveriesWeight, 0],
    ['P4', topic.invalidMessageDeliveriesWeight, model.score.invalidWeight], ['P4 decay', topic.invalidMessageDeliveriesDecay, model.score.invalidDecay],
    ['P6', real.scoreParams!.IPColocationFactorWeight, 0], ['P7', real.scoreParams!.behaviourPenaltyWeight, model.score.behaviourWeight],
    ['P7 threshold', real.scoreParams!.behaviourPenaltyThreshold, model.score.behaviourThreshold],
    ['opportunistic graft', real.scoreThresholds!.opportunisticGraftThreshold, model.thresholds.opportunisticGraft],
  ]
  for (const [name, ours, theirs] of pairs) if (ours !== theirs) throw new RangeError(`The model must have the mesh's ${name}, got ${String(theirs)} for ${String(ours)}`)
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

function rowsOf(real: Outcome, model: Outcome): readonly (readonly [string, number, number])[] {
  const perDelivery = ({ copies, hops }: Outcome): number => copies / hops.length
  return [
    ['delivered', real.delivered, model.delivered],
    ['hops p50', quantile(real.hops, 0.5), quantile(model.hops, 0.5)],
    ['hops p99', quantile(real.hops, 0.99), quantile(model.hops, 0.99)],
    ['hops mean', meanOf(real.hops), meanOf(model.hops)],
    ['latency p50, ms', quantile(real.latencies, 0.5), quantile(model.latencies, 0.5)],
    ['latency p99, ms', quantile(real.latencies, 0.99), quantile(model.latencies, 0.99)],
    ['copies per delivery', perDelivery(real), perDelivery(model)],
    ['mesh size', real.mesh, model.mesh],
    ['grafts', real.grafts, model.grafts],
    ['IHAVE per broadcast', real.ihaves / BROADCASTS, model.ihaves / BROADCASTS],
  ]
}

const seed = Number(process.argv[2] ?? 1)
/** Whom the nodes dial, the same in both worlds. */
const draw = (i: number): number => createHash('sha256').update(`${seed}/${i}`).digest().readUInt32LE() % NODES
const scenarios: readonly Scenario[] = [
  { name: 'random graph, 8 links dialled by each, D 6', nodes: NODES, degree: 6, links: Array.from({ length: NODES * 8 }, (_, i) => [Math.floor(i / 8), draw(i)] as const).filter(([a, b]) => a !== b) },
  { name: 'star around one node, D 6', nodes: NODES, degree: 6, links: Array.from({ length: NODES - 1 }, (_, i) => [i + 1, 0] as const) },
]
console.log(`seed ${seed}, ${NODES} nodes, ${BROADCASTS} broadcasts of ${BYTES} bytes, one each ${BROADCAST_EVERY_MS} ms, verdict after ${VERDICT_MS} ms\n`)
for (const scenario of scenarios) {
  assertSameSettings(scenario.degree)
  const model = runModel(scenario, seed)
  const real = await runReal(scenario)
  console.log(`| ${scenario.name} | real | model | difference |\n|---|---|---|---|`)
  for (const [name, ours, theirs] of rowsOf(real, model)) {
    console.log(`| ${name} | ${ours.toFixed(3)} | ${theirs.toFixed(3)} | ${(((theirs - ours) / ours) * 100).toFixed(1)} % |`)
  }
  console.log('')
}
process.exit(0)
