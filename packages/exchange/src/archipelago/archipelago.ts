// Many islands on one virtual clock: real members, real formats, real mutations, over the memory network with every fault
// that the options ask for, from one seed. The same seed gives the same trace, message by message.

import { createRandom } from '@megabrain/evolve'
import { hexText } from '../bytes/text.ts'
import { createMemoryNetwork } from '../memory/memory-network.ts'
import { createMemoryKeys } from '../memory/memory-keys.ts'
import { createRealm } from '../realm/realm.ts'
import { startAttackers } from './attacker.ts'
import { endFaults, startFaults } from './faults.ts'
import { createInvariants } from './invariants.ts'
import { checkOptions, type ArchipelagoOptions } from './options.ts'
import { archiveName, watchPartition } from './partition.ts'
import { composeReport, type ArchipelagoReport } from './report.ts'
import { createClimber } from './search.ts'
import { createSharedReading } from './shared-reading.ts'
import { startIsland, type IslandHooks, type SimulatedIsland } from './simulated-island.ts'
import { createSpread } from './spread.ts'
import { createSybil } from './sybil.ts'
import { createTopology } from './topology.ts'
import { createTrace } from './trace.ts'
import { createTraceLines } from './trace-lines.ts'
import { createTraffic } from './traffic.ts'

/** What one looks at while it runs. */
export interface ArchipelagoView {
  readonly virtualMs: number
  readonly islandsUp: number
  readonly links: number
  readonly bestFitness: number
  readonly messages: number
  readonly bytes: number
  readonly published: number
  readonly admitted: number
  readonly refused: number
  readonly isCut: boolean
  /** Different archives among the sample. */
  readonly archives: number
  /** Of a sample of islands in the order of their names: the best fitness each holds, undefined while it is away. */
  readonly sample: readonly (number | undefined)[]
  readonly violations: readonly string[]
}

export interface Archipelago {
  readonly endMs: number
  /** Lets up to this much virtual time pass. @returns whether there is more to come */
  advance(ms: number): boolean
  view(): ArchipelagoView
  /** Of what has happened so far; the end's invariants only at the end. */
  report(): ArchipelagoReport
  /** Sentences about invariants that did not hold so far. */
  violations(): readonly string[]
  /** The last events as text, if they were asked for. */
  traceLines(): readonly string[]
}

const START = 1_800_000_000_000
const MINUTE_MS = 60_000
const VIEW_SAMPLE = 240

/** @throws RangeError for options out of range */
export function createArchipelago(options: ArchipelagoOptions): Archipelago {
  checkOptions(options)
  const { islands: count, minutes, seed, task, evaluator, degree = 3, attackers = [] } = options
  const random = createRandom(seed)
  // A stream for each purpose, so that one more fault does not shift the others.
  const stream = () => createRandom(random.integer(4_294_967_296))
  const [networkRandom, linkRandom, faultRandom, attackRandom] = [stream(), stream(), stream(), stream()]
  const network = createMemoryNetwork({
    seed: networkRandom.integer(4_294_967_296),
    start: START,
    ...(options.latencyMs === undefined ? {} : { latencyMs: options.latencyMs }),
    ...(options.channelModel === undefined ? {} : { channelModel: options.channelModel }),
  })
  const { loss = 0, duplication = 0, reordering = 0 } = options
  network.setFaults({ loss, duplication, reordering })
  const length = minutes * MINUTE_MS
  const end = START + length
  const calmFrom = end - Math.min(options.calmMs ?? MINUTE_MS, length / 3)
  const searchUntil = end - Math.min(options.quietMs ?? MINUTE_MS / 2, length / 2)
  const reading = createSharedReading(options.evaluate)
  const policy = createRealm({ name: 'archipelago', owner: hexText(createMemoryKeys('archipelago').owner), tasks: [task.id] })
  const realm = options.model === undefined ? policy : { ...policy, model: options.model }
  const createSearch = options.search ?? createClimber(task, options.evaluate, options.mutantsPerSecond ?? 0.05)
  const liars = Math.trunc(count * (options.liars ?? 0) + 0.5)

  const all: SimulatedIsland[] = []
  const names = Array.from({ length: count }, (_, i) => `island-${i}`)
  const topology = createTopology(network, names, degree, linkRandom)
  const trace = createTrace()
  const lines = createTraceLines(options.traceLines ?? 0)
  const spread = createSpread(network, all)
  const traffic = createTraffic(network)
  const honestPeers = new Set(names.slice(liars))
  const sybils = Array.from({ length: Math.trunc((count - liars) * (options.sybils ?? 0) + 0.5) }, (_, i) => createSybil(`sybil-${i}`))
  const hostile = [...attackers, ...sybils]
  const invariants = createInvariants({
    islands: all, reading, tasks: 1, now: () => network.now() - START, isHonest: (peer) => honestPeers.has(peer),
    expectsCalm: hostile.length === 0 && liars === 0 && (loss === 0 || options.lossEnds === true),
  })
  const counts = { adoptions: 0, published: 0 }

  const hooks: IslandHooks = {
    stepped(island, event, effects) {
      trace.add(network.now(), island.index, event, effects)
      lines.add(network.now() - START, island.name, event, effects)
      invariants.stepped(island, event, effects)
    },
    noticed(island, notice) {
      invariants.noticed(island, notice)
      if (island.lies !== undefined || (notice.kind !== 'admitted' && notice.kind !== 'refused')) return
      const cid = notice.kind === 'admitted' ? notice.claim.genotype : notice.cid
      if (cid !== undefined) spread.decided(island, cid)
    },
    kept(island, entry, replaces) {
      invariants.kept(island, entry, replaces)
      if (island.lies !== undefined || entry.claim.author !== island.author) return
      counts.published++
      spread.published(island, entry)
    },
    adopted: (island) => void (counts.adoptions += island.lies === undefined ? 1 : 0),
    restarted: invariants.restarted,
  }

  for (const [index, name] of names.entries()) {
    const own = stream()
    all.push(startIsland({
      index, name, network, random: own, reading, searchUntil, hooks,
      options: { realm, evaluators: { [task.id]: evaluator }, ...(options.immigration === undefined ? {} : { immigration: options.immigration }) },
      region: options.regionOf?.(index),
      search: createSearch(own),
      crashes: options.faults !== undefined,
      lies: index < liars ? 1_000_000 - index : undefined,
    }))
  }
  topology.connect()
  startAttackers(hostile, {
    network, realm, task, evaluator, measure: reading.measure, random: attackRandom, islands: all.filter(({ lies }) => lies === undefined),
  })
  const scene = { network, islands: all, topology, random: faultRandom, until: calmFrom, changed: spread.changed }
  if (options.faults !== undefined) {
    startFaults(options.faults, scene)
    network.after(calmFrom - START, () => endFaults(scene))
  }
  network.after(calmFrom - START, () => network.setFaults({ loss: options.lossEnds === true ? 0 : loss, duplication: 0, reordering: 0 }))
  const partition = watchPartition(options.partition, { ...scene, length })
  const tick = (): void => {
    traffic.minute(all.filter(({ isUp }) => isUp).length)
    network.after(MINUTE_MS, tick)
  }
  network.after(MINUTE_MS, tick)
  let hasEnded = false

  return {
    endMs: length,
    advance(ms) {
      network.advance(Math.min(ms, end - network.now()))
      if (network.now() < end) return true
      if (!hasEnded) invariants.ended()
      hasEnded = true
      return false
    },
    view() {
      const honest = all.filter(({ lies, isUp }) => lies === undefined && isUp)
      const sample = all.filter((_, i) => i % Math.ceil(all.length / VIEW_SAMPLE) === 0)
      const { messages, bytes } = network.counters()
      return {
        virtualMs: network.now() - START,
        islandsUp: all.filter(({ isUp }) => isUp).length,
        links: topology.links.filter(([a, b]) => network.isConnected(a, b)).length,
        bestFitness: bestOf(honest),
        messages,
        bytes,
        published: counts.published,
        admitted: honest.reduce((sum, { state }) => sum + state.counters.admitted, 0),
        refused: honest.reduce((sum, { state }) => sum + sumOf(state.counters.refused.values()), 0),
        isCut: topology.isCut(),
        archives: new Set(sample.filter(({ lies, isUp }) => lies === undefined && isUp).map(({ state }) => archiveName(state.niches))).size,
        sample: sample.map((island) => (island.isUp ? bestOf([island]) : undefined)),
        violations: invariants.violations,
      }
    },
    report() {
      const elapsedMs = network.now() - START
      return composeReport({ options, network, islands: all, partition, spread, traffic, invariants, trace, counts, start: START, elapsedMs })
    },
    violations: () => invariants.violations,
    traceLines: lines.last,
  }
}

/** From the first to the last virtual minute. */
export function runArchipelago(options: ArchipelagoOptions): ArchipelagoReport {
  const archipelago = createArchipelago(options)
  archipelago.advance(archipelago.endMs)
  return archipelago.report()
}

function bestOf(islands: readonly SimulatedIsland[]): number {
  let best = 0
  for (const { state } of islands) for (const { claim } of state.niches.values()) best = Math.max(best, claim.fitness)
  return best
}

function sumOf(numbers: Iterable<number>): number {
  let sum = 0
  for (const number of numbers) sum += number
  return sum
}
