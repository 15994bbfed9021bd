// An experiment on the gossip model alone, after the evaluation of gossipsub v1.1 (Protocol Labs, PL-TechRep-2020-001): some
// honest members publish, sybils outnumber them, and what counts is how much of it arrives everywhere in time.

import { createRandom, type Random } from '@megabrain/evolve'
import { createGossipChannel, type GossipChannel } from '../../src/memory/gossip-channel.ts'
import { gossipSettingsFor, type GossipSettings } from '../../src/memory/gossip-settings.ts'
import { createMemoryNetwork, type MemoryMember, type MemoryNetwork } from '../../src/memory/memory-network.ts'
import type { PeerId } from '../../src/ports.ts'
import { createLinks, type LinkPolicy, type Links } from './links.ts'
import { createSybilRouter, INVALID, type SybilPlan } from './sybil-router.ts'

export interface Attack {
  readonly name: string
  /** What each sybil does. */
  plan(world: Setting): SybilPlan
  /** Whom the sybils dial. */
  victims(world: Setting): readonly PeerId[]
  /** Whether the sybils are connected before the honest know each other, at the same time, or after the warm-up. */
  readonly arrives: 'before' | 'with' | 'after'
  /** From when on deliveries count, ms after the warm-up. @default 0 */
  readonly countFromMs?: number
}

export interface WorldOptions {
  readonly seed: number
  readonly honest: number
  readonly sybilsPerHonest: number
  /** Links that each honest member dials to honest ones; it has about twice as many. */
  readonly dials: number
  /** Whether inbound links count as well, so that a member with enough of them dials nobody: what our mesh did. @default false */
  readonly countsInbound?: boolean
  /** Links that each sybil dials. */
  readonly sybilDials: number
  /** Most links of an honest member; further ones are refused, as by `MAX_NEIGHBOURS` of the mesh. @default Infinity */
  readonly maxLinks?: number
  /**
   * Whether honest members choose whom to dial from everybody, sybils included, as introductions by a relay do, instead of
   * from the honest. @default false
   */
  readonly blindDials?: boolean
  /** How honest members keep their links. @default never given up, any number of inbound ones up to `maxLinks` */
  readonly links?: LinkPolicy
  /** Relays that every honest member and every sybil is linked to. @default 0 */
  readonly relays?: number
  readonly settings?: GossipSettings
  readonly relaySettings?: GossipSettings
  /** Share of the honest that publish. @default 0.1 */
  readonly publishers?: number
  /** Broadcasts each second, all publishers together. @default 10 */
  readonly perSecond?: number
  readonly warmUpMs?: number
  readonly countedMs?: number
}

/** What an attack may build on. */
export interface Setting {
  readonly honest: readonly PeerId[]
  readonly publishers: readonly PeerId[]
  readonly relays: readonly PeerId[]
  /** The one that `eclipse one` and `censor one` are after: the first publisher. */
  readonly target: PeerId
  readonly startsAt: number
  /** Author of a broadcast of this experiment. */
  authorOf(bytes: Uint8Array): PeerId
}

export interface AttackResult {
  /** Share of (broadcast, other honest member) pairs that arrived within 6 s. */
  readonly inTime: number
  /** The same over broadcasts of the target alone, and over the target as receiver. */
  readonly inTimeFromTarget: number
  readonly inTimeToTarget: number
  /** Share that ever arrived. */
  readonly ever: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly pairs: number
  /** Mean number of honest and hostile neighbours in an honest member's mesh at the end. */
  readonly honestInMesh: number
  readonly sybilsInMesh: number
  /** Copies that honest members and relays received per delivery. */
  readonly copiesPerDelivery: number
}

export const DEADLINE_MS = 6_000
const BYTES = 256
const START = 1_000_000

interface Broadcast {
  readonly at: number
  readonly author: PeerId
  readonly heard: Map<PeerId, number>
}

export function runAttack(attack: Attack, options: WorldOptions): AttackResult {
  const { seed, perSecond = 10, publishers: share = 0.1, warmUpMs = 30_000, countedMs = 90_000 } = options
  const random = createRandom(seed)
  const names = (prefix: string, count: number): PeerId[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`)
  const honest = names('h', options.honest)
  const relays = names('r', options.relays ?? 0)
  const sybils = attack.name === 'baseline' ? [] : names('s', Math.trunc(options.honest * options.sybilsPerHonest))
  const publishers = honest.slice(0, Math.max(1, Math.trunc(options.honest * share)))
  const setting: Setting = { honest, publishers, relays, target: publishers[0]!, startsAt: START + warmUpMs, authorOf: (bytes) => publishers[bytes[0]! + bytes[1]! * 256]! }

  const plan = attack.plan(setting)
  const settings = options.settings ?? gossipSettingsFor(6)
  const relaySettings = options.relaySettings ?? gossipSettingsFor(400)
  const gossip = createGossipChannel({
    settingsOf: (peer) => (peer.startsWith('r') ? relaySettings : settings),
    routerOf: (peer) => (peer.startsWith('s') ? createSybilRouter(plan) : undefined),
  })
  const network = createMemoryNetwork({ seed: random.integer(4_294_967_296), start: START, latencyMs: [22.5, 27.5], channelModel: gossip.createModel })
  const broadcasts = new Map<string, Broadcast>()
  const members = new Map<PeerId, MemoryMember>()
  for (const name of [...relays, ...honest, ...sybils]) members.set(name, join(network, name, broadcasts))

  const links = createLinks(network, gossip, options, random)
  const victims = attack.victims(setting)
  const dialSybils = (): void => connectSybils(links, sybils, victims, options, random)
  if (attack.arrives === 'before') dialSybils()
  for (const relay of relays) for (const name of [...honest, ...sybils]) network.connect(name, relay)
  connectHonest(links, honest, sybils, options, random)
  if (attack.arrives === 'with') dialSybils()
  links.rotate(honest, options.blindDials === true ? [...honest, ...sybils] : honest)
  if (options.links !== undefined && sybils.length > 0) redial(links, network, sybils, victims, options, random)

  const until = START + warmUpMs + countedMs
  publishFor(network, setting, members, broadcasts, { perSecond, until, random })
  network.advance(warmUpMs)
  if (attack.arrives === 'after') dialSybils()
  network.advance(countedMs + 2 * DEADLINE_MS)

  const from = setting.startsAt + (attack.countFromMs ?? 0)
  return resultOf([...broadcasts.values()].filter(({ at }) => at >= from && at < until), setting, gossip)
}

function join(network: MemoryNetwork, name: PeerId, broadcasts: ReadonlyMap<string, Broadcast>): MemoryMember {
  const node = network.join(name, name.startsWith('r') ? 'relay' : 'island')
  node.listen({
    delivered({ id, bytes }) {
      if (bytes[0] === INVALID[0] && bytes.length === INVALID.length) return node.verdict(id, 'reject')
      const heard = broadcasts.get(keyOf(bytes))?.heard
      if (heard?.has(name) === false) heard.set(name, network.now())
      network.after(VERDICT_MS, () => node.verdict(id, 'forward'))
    },
    neighbours: () => undefined,
    requested: (_, __, answer) => answer(undefined),
  })
  return node
}

/** A signature check. */
const VERDICT_MS = 1

function connectHonest(links: Links, honest: readonly PeerId[], sybils: readonly PeerId[], options: WorldOptions, random: Random): void {
  const known = options.blindDials === true ? [...honest, ...sybils] : honest
  for (let round = 0; round < options.dials; round++) {
    for (const name of honest) {
      if (options.countsInbound === true && links.countOf(name) >= options.dials) continue
      for (let tries = 0; tries < 20; tries++) if (links.dial(name, known[random.integer(known.length)]!)) break
    }
  }
}

function connectSybils(links: Links, sybils: readonly PeerId[], victims: readonly PeerId[], { sybilDials }: WorldOptions, random: Random): void {
  for (const sybil of sybils) {
    const count = Math.min(sybilDials, victims.length)
    for (let i = 0; i < count; i++) links.dial(sybil, count === victims.length ? victims[i]! : victims[random.integer(victims.length)]!)
  }
}

/** Sybils do not give in: whatever link they lost, they dial another, twice a second each. */
function redial(links: Links, network: MemoryNetwork, sybils: readonly PeerId[], victims: readonly PeerId[], { sybilDials }: WorldOptions, random: Random): void {
  function again(): void {
    for (const sybil of sybils) if (network.neighboursOf(sybil).length < sybilDials) links.dial(sybil, victims[random.integer(victims.length)]!)
    network.after(REDIAL_MS, again)
  }
  network.after(REDIAL_MS, again)
}

const REDIAL_MS = 500

function keyOf(bytes: Uint8Array): string {
  return `${bytes[0]}/${bytes[1]}/${bytes[2]}/${bytes[3]}/${bytes[4]}`
}

interface Publishing {
  readonly perSecond: number
  readonly until: number
  readonly random: Random
}

function publishFor(
  network: MemoryNetwork,
  { publishers }: Setting,
  members: ReadonlyMap<PeerId, MemoryMember>,
  broadcasts: Map<string, Broadcast>,
  { perSecond, until, random }: Publishing,
): void {
  let count = 0
  function publish(): void {
    if (network.now() >= until) return
    const author = count % publishers.length
    const bytes = new Uint8Array(BYTES)
    bytes.set([author & 255, author >>> 8, count & 255, (count >>> 8) & 255, count >>> 16])
    count++
    broadcasts.set(keyOf(bytes), { at: network.now(), author: publishers[author]!, heard: new Map() })
    members.get(publishers[author]!)!.publish(bytes)
    network.after((1_000 / perSecond) * (0.5 + random.uniform()), publish)
  }
  network.after(3_000, publish)
}

function resultOf(counted: readonly Broadcast[], { honest, target }: Setting, gossip: GossipChannel): AttackResult {
  const latencies: number[] = []
  const tally = { pairs: 0, inTime: 0, fromTarget: 0, fromTargetInTime: 0, toTarget: 0, toTargetInTime: 0 }
  for (const { at, author, heard } of counted) {
    for (const name of honest) {
      if (name === author) continue
      const took = (heard.get(name) ?? Number.POSITIVE_INFINITY) - at
      const inTime = took <= DEADLINE_MS ? 1 : 0
      if (Number.isFinite(took)) latencies.push(took)
      tally.pairs++
      tally.inTime += inTime
      if (author === target) {
        tally.fromTarget++
        tally.fromTargetInTime += inTime
      }
      if (name === target) {
        tally.toTarget++
        tally.toTargetInTime += inTime
      }
    }
  }
  latencies.sort((a, b) => a - b)
  const quantile = (q: number): number => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * q))] ?? Number.NaN
  const meshes = honest.map((name) => gossip.routerOf(name).mesh())
  const meanOf = (isCounted: (peer: PeerId) => boolean): number => meshes.reduce((sum, mesh) => sum + mesh.filter(isCounted).length, 0) / meshes.length
  return {
    inTime: tally.inTime / tally.pairs,
    inTimeFromTarget: tally.fromTargetInTime / tally.fromTarget,
    inTimeToTarget: tally.toTargetInTime / tally.toTarget,
    ever: latencies.length / tally.pairs,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    pairs: tally.pairs,
    honestInMesh: meanOf((peer) => !peer.startsWith('s')),
    sybilsInMesh: meanOf((peer) => peer.startsWith('s')),
    copiesPerDelivery: gossip.counts().copies / Math.max(1, latencies.length),
  }
}
