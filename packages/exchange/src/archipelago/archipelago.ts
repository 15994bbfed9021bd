// Many islands on one virtual clock: real members, real formats, real mutations, over the memory network with loss,
// partition and liars, from one seed. The same seed gives the same trace, message by message.

import { createRandom, type Random, type TaskInterface } from '@megabrain/evolve'
import { sha256 } from '@noble/hashes/sha2.js'
import { asciiBytes, hexText } from '../bytes/text.ts'
import { compareText } from '../bytes/compare.ts'
import { dominates, merge, type Niches } from '../archive/niches.ts'
import { nicheOf } from '../archive/niche.ts'
import { compareEntries } from '../archive/order.ts'
import type { Entry } from '../archive/entry.ts'
import type { CreateChannelModel } from '../memory/channel-model.ts'
import { createMemoryNetwork, type MemoryNetwork, type MemoryNetworkOptions } from '../memory/memory-network.ts'
import { createMemoryKeys } from '../memory/memory-keys.ts'
import { createRealm } from '../realm/realm.ts'
import { currentRoot } from '../member/serve.ts'
import type { Measurement } from '../member/events.ts'
import type { Attacker } from './attacker.ts'
import { createSearch, type Measure } from './search.ts'
import { startIsland, type IslandHooks, type SimulatedIsland } from './simulated-island.ts'

export interface ArchipelagoOptions {
  readonly islands: number
  readonly minutes: number
  readonly seed: number
  readonly task: { readonly id: string } & TaskInterface
  /** Evaluator version of the task, 64 hex characters. */
  readonly evaluator: string
  readonly evaluate: Measure
  /** Share of messages lost on each link. @default 0 */
  readonly loss?: number
  readonly duplication?: number
  readonly reordering?: number
  /** Cuts the mesh in halves from one virtual minute to another. */
  readonly partition?: readonly [number, number]
  /** Share of islands that sign inflated fitness correctly. @default 0 */
  readonly liars?: number
  /** Links that each island starts, besides one to its successor in a ring. @default 3 */
  readonly degree?: number
  /** Virtual time at the end in which nothing new is found, ms. @default 30_000 */
  readonly quietMs?: number
  /** Hostile participants beside the islands: each gets a node of its own name and links itself. @default none */
  readonly attackers?: readonly Attacker[]
  /** How broadcasts spread. @default flooding */
  readonly channelModel?: CreateChannelModel
  readonly latencyMs?: NonNullable<MemoryNetworkOptions['latencyMs']>
}

export interface ArchipelagoReport {
  readonly islands: number
  readonly virtualMinutes: number
  readonly messages: number
  readonly bytesPerIslandPerSecond: number
  /**
   * Over pairs of a published claim and an honest island connected to its author at that time: from publishing to the
   * island's decision. `ratio` also counts an island that holds something at least as good at the end.
   */
  readonly delivery: { readonly p50Ms: number | null; readonly p99Ms: number | null; readonly ratio: number | null }
  /** From the heal until every honest archive dominates the join of all at the heal; null without a partition or when never. */
  readonly convergedAfterHealMs: number | null
  /** Honest archives that lacked something of that join at the heal; null without a partition. */
  readonly behindAtHeal: number | null
  /** Whether all honest archives were equal at the end. */
  readonly archivesEqual: boolean
  /** Entries in honest archives whose fitness does not re-evaluate. */
  readonly falseEntries: number
  /** Sentences about invariants that did not hold. */
  readonly violations: readonly string[]
  readonly published: number
  readonly admitted: number
  /** Times that an island's own search went on from a stranger's champion. */
  readonly adoptions: number
  /** By reason, over honest islands. */
  readonly refused: Readonly<Record<string, number>>
  readonly bestFitness: number
  /** sha256 over every event of every island, hex. */
  readonly traceHash: string
}

interface Announcement {
  readonly at: number
  readonly entry: Entry
  readonly audience: ReadonlySet<string>
  readonly heardBy: Map<string, number>
}

const START = 1_800_000_000_000
const MINUTE_MS = 60_000
const CHECK_EVERY_MS = 250
const MAX_VIOLATIONS = 20
/** Claims this young at the end are not counted as undelivered. */
const TOO_YOUNG_MS = 5_000

export function runArchipelago(options: ArchipelagoOptions): ArchipelagoReport {
  const { islands: count, minutes, seed, task, evaluator, loss = 0, duplication = 0, reordering = 0, degree = 3 } = options
  const random = createRandom(seed)
  const network = createMemoryNetwork({
    seed: random.integer(4_294_967_296), start: START, loss, duplication, reordering,
    ...(options.channelModel === undefined ? {} : { channelModel: options.channelModel }),
    ...(options.latencyMs === undefined ? {} : { latencyMs: options.latencyMs }),
  })
  const measure = cached(options.evaluate)
  const realm = createRealm({ name: 'archipelago', owner: hexText(createMemoryKeys('archipelago').owner), tasks: [task.id] })
  const end = START + minutes * MINUTE_MS
  const liars = Math.trunc(count * (options.liars ?? 0) + 0.5)

  const trace = sha256.create()
  const announcements = new Map<string, Announcement>()
  const violations: string[] = []
  let falseEntries = 0
  let adoptions = 0
  let published = 0

  const hooks: IslandHooks = {
    stepped(island, event, effects) {
      const outcome = effects.map((effect) => ('bytes' in effect ? `${effect.kind}${effect.bytes?.length ?? 0}` : effect.kind)).join(',')
      trace.update(asciiBytes(`${network.now()} ${island.name} ${event.kind} ${outcome};`))
    },
    noticed(island, notice) {
      if (island.lies !== undefined || notice.kind === 'synchronised' || notice.kind === 'published') return
      const cid = notice.kind === 'admitted' ? notice.claim.genotype : notice.cid
      const announcement = cid === undefined ? undefined : announcements.get(cid)
      if (announcement?.heardBy.has(island.name) === false) announcement.heardBy.set(island.name, network.now())
    },
    kept(island, entry) {
      if (island.lies !== undefined) return
      const truth = measure(entry.claim.task, entry.body)
      if (!truth.ok || truth.fitness !== entry.claim.fitness) falseEntries++
      if (entry.claim.author !== hexText(createMemoryKeys(island.name).owner)) return
      published++
      announcements.set(entry.claim.genotype, { at: network.now(), entry, audience: audienceOf(network, all, island), heardBy: new Map() })
    },
    adopted(island) {
      if (island.lies === undefined) adoptions++
    },
  }

  const all: SimulatedIsland[] = []
  const names = Array.from({ length: count }, (_, i) => `island-${i}`)
  const nodes = names.map((name) => network.join(name))
  nodes.forEach((node, i) => {
    const own = createRandom(random.integer(4_294_967_296))
    all.push(
      startIsland({
        network,
        node,
        random: own,
        options: { realm, evaluators: { [task.id]: evaluator }, seed: own.integer(4_294_967_296) },
        measure,
        search: createSearch(task, measure, own),
        lies: i < liars ? 1_000_000 - i : undefined,
        searchUntil: end - (options.quietMs ?? 30_000),
        hooks,
      }),
    )
  })
  const links = linksOf(names, degree, random)
  for (const [a, b] of links) network.connect(a, b)
  const honestNames = all.filter(({ lies }) => lies === undefined).map(({ name }) => name)
  for (const attacker of options.attackers ?? []) {
    const { name } = attacker
    attacker.start(network.join(name), {
      realm, task, evaluator, measure,
      random: createRandom(random.integer(4_294_967_296)),
      now: network.now,
      after: network.after,
      islands: () => honestNames,
      stateOf: (island) => all.find((each) => each.name === island)?.state,
      connect: (peer) => network.connect(name, peer),
      disconnect: (peer) => network.disconnect(name, peer),
      neighboursOf: (peer) => network.neighboursOf(peer).map((neighbour) => neighbour.peer),
    })
  }

  const honest = all.filter(({ lies }) => lies === undefined)
  const nichesOfHonest = (): readonly Niches[] => honest.map(({ state }) => state.niches)
  let convergedAfterHealMs: number | null = null
  let behindAtHeal: number | null = null

  if (options.partition !== undefined) {
    const [from, to] = options.partition
    const left = new Set(names.filter((_, i) => i % 2 === 0))
    const across = links.filter(([a, b]) => left.has(a) !== left.has(b))
    network.after(from * MINUTE_MS, () => across.forEach(([a, b]) => network.disconnect(a, b)))
    network.after(to * MINUTE_MS, () => {
      across.forEach(([a, b]) => network.connect(a, b))
      const healedAt = network.now()
      const goal = nichesOfHonest().reduce(merge)
      behindAtHeal = nichesOfHonest().filter((niches) => !dominates(niches, goal)).length
      const check = (): void => {
        if (nichesOfHonest().every((niches) => dominates(niches, goal))) convergedAfterHealMs = network.now() - healedAt
        else network.after(CHECK_EVERY_MS, check)
      }
      check()
    })
  }

  network.advance(end - START)
  const roots = new Set(honest.map(({ state }) => currentRoot(state)))
  for (const island of honest) checkBounds(island, violations)
  const sent = network.counters()
  return {
    islands: count,
    virtualMinutes: minutes,
    messages: sent.messages,
    bytesPerIslandPerSecond: sent.bytes / count / (minutes * 60),
    delivery: deliveryOf([...announcements.values()].filter(({ at }) => at <= end - TOO_YOUNG_MS), honest),
    convergedAfterHealMs,
    behindAtHeal,
    archivesEqual: roots.size === 1,
    falseEntries,
    violations,
    published,
    admitted: honest.reduce((sum, { state }) => sum + state.counters.admitted, 0),
    adoptions,
    refused: refusedBy(honest),
    bestFitness: Math.max(...honest.flatMap(({ state }) => [...state.niches.values()].map(({ claim }) => claim.fitness)), 0),
    traceHash: hexText(trace.digest()),
  }
}

/** A ring, so that the mesh is one, and `degree` random chords from each island. */
function linksOf(names: readonly string[], degree: number, random: Random): readonly (readonly [string, string])[] {
  const links: [string, string][] = names.map((name, i) => [name, names[(i + 1) % names.length]!])
  for (const name of names) for (let i = 0; i < degree; i++) links.push([name, names[random.integer(names.length)]!])
  return links.filter(([a, b]) => a !== b)
}

/** Honest islands that `from` can reach over links, itself left out. */
function audienceOf(network: MemoryNetwork, all: readonly SimulatedIsland[], from: SimulatedIsland): ReadonlySet<string> {
  const reached = new Set([from.name])
  for (const name of reached) for (const { peer } of network.neighboursOf(name)) reached.add(peer)
  return new Set(all.filter(({ name, lies }) => lies === undefined && name !== from.name && reached.has(name)).map(({ name }) => name))
}

function deliveryOf(announcements: readonly Announcement[], honest: readonly SimulatedIsland[]): ArchipelagoReport['delivery'] {
  const latencies: number[] = []
  let pairs = 0
  let arrived = 0
  for (const { at, entry, audience, heardBy } of announcements) {
    for (const island of honest) {
      if (!audience.has(island.name)) continue
      pairs++
      const heardAt = heardBy.get(island.name)
      if (heardAt !== undefined) latencies.push(heardAt - at)
      const holder = island.state.niches.get(nicheOf(entry))
      if (heardAt !== undefined || (holder !== undefined && compareEntries(holder, entry) <= 0)) arrived++
    }
  }
  latencies.sort((a, b) => a - b)
  const indexOf = (share: number): number => Math.min(latencies.length - 1, Math.floor(latencies.length * share))
  const quantile = (share: number): number | null => latencies[indexOf(share)] ?? null
  return { p50Ms: quantile(0.5), p99Ms: quantile(0.99), ratio: pairs === 0 ? null : arrived / pairs }
}

function checkBounds({ name, state }: SimulatedIsland, violations: string[]): void {
  for (const [niche, entry] of state.niches) {
    if (violations.length >= MAX_VIOLATIONS) return
    if (nicheOf(entry) !== niche) violations.push(`${name} holds ${entry.claim.genotype} in the wrong niche`)
    if (state.byGenotype.get(entry.claim.genotype) !== entry) violations.push(`${name} cannot find ${entry.claim.genotype} by its CID`)
  }
  if (state.byGenotype.size !== state.niches.size) violations.push(`${name} has ${state.byGenotype.size} bodies for ${state.niches.size} niches`)
}

function refusedBy(islands: readonly SimulatedIsland[]): Readonly<Record<string, number>> {
  const sums = new Map<string, number>()
  for (const { state } of islands) for (const [reason, count] of state.counters.refused) sums.set(reason, (sums.get(reason) ?? 0) + count)
  return Object.fromEntries([...sums].sort(([a], [b]) => compareText(a, b)))
}

/** All islands measure alike, so each body is measured once. */
function cached(measure: Measure): Measure {
  const known = new Map<string, Measurement>()
  return (task, body) => {
    const key = `${task}/${hexText(sha256(body))}`
    const measurement = known.get(key) ?? measure(task, body)
    known.set(key, measurement)
    return measurement
  }
}
