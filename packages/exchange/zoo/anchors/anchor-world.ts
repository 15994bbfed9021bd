// What others do against liars, on the same network with the same claims, searches and attackers, to be compared with
// admission: `believe` takes every claim at its word, as plain "best fitness wins" gossip does; `quorum` is majority voting
// with quorum 2 as in BOINC (Anderson 2004, https://doi.org/10.1109/GRID.2004.14), where further hosts repeat a claim until two
// agree. Deliberately kind to the quorum: an honest, free and always reachable server draws the voters by lot from all hosts.

import { createRandom, type Random, type TaskInterface } from '@megabrain/evolve'
import { sha256 } from '@noble/hashes/sha2.js'
import type { Entry } from '../../src/archive/entry.ts'
import type { Attacker, AttackerWorld } from '../../src/archipelago/attacker.ts'
import type { CreateSearch, IslandSearch, Measure } from '../../src/archipelago/search.ts'
import { hexText } from '../../src/bytes/text.ts'
import { digestOfCid } from '../../src/claim/cid-digest.ts'
import { claimMessage, decodeClaim, encodeClaim } from '../../src/claim/claim-codec.ts'
import type { Claim } from '../../src/claim/claim.ts'
import { HEARTBEAT_MS } from '../../src/limits.ts'
import type { Discovery } from '../../src/member/events.ts'
import { createMemoryKeys, memorySignature } from '../../src/memory/memory-keys.ts'
import { createMemoryNetwork, type MemoryMember, type MemoryNetwork } from '../../src/memory/memory-network.ts'
import type { PeerId } from '../../src/ports.ts'
import { createRealm, realmId, type Realm } from '../../src/realm/realm.ts'
import { decodeAnswer, decodeRequest, encodeAnswer, encodeRequest, type Answer } from '../../src/wire/messages.ts'
import { cidOf } from '@megabrain/evolve'

export interface AnchorOptions {
  readonly trust: 'believe' | 'quorum'
  readonly islands: number
  readonly minutes: number
  readonly seed: number
  readonly task: { readonly id: string } & TaskInterface
  readonly evaluator: string
  readonly measure: Measure
  readonly search: CreateSearch
  readonly attackers: readonly Attacker[]
  /** Of all hosts, those that vote as the attackers want; the drawn voter is one of them with this chance. */
  readonly hostileShare: number
  /** Links that each island starts, besides one to its successor in a ring. @default 3 */
  readonly degree?: number
}

export interface AnchorReport {
  /** True fitness of the best that any honest host found or holds. */
  readonly bestTrue: number
  /** Mean over honest hosts of the true fitness of what each believes to be the best. */
  readonly meanTrueOfBelieved: number
  /** Mean over honest hosts of the fitness that each believes the best to have. */
  readonly meanBelieved: number
  /** Claims taken in by honest hosts whose fitness is not true. */
  readonly falseEntries: number
  readonly admitted: number
}

interface Host {
  readonly name: PeerId
  readonly node: MemoryMember
  readonly search: IslandSearch
  readonly bodies: Map<string, Uint8Array>
  readonly seen: Set<string>
  believed: { readonly fitness: number; readonly body: Uint8Array } | undefined
  bestTrue: number
  sequence: number
}

const START = 1_800_000_000_000
const PULL_TIMEOUT_MS = 5_000

export function runAnchor(options: AnchorOptions): AnchorReport {
  const { islands, minutes, seed, task, measure, degree = 3 } = options
  const random = createRandom(seed)
  const network = createMemoryNetwork({ seed: random.integer(4_294_967_296), start: START })
  const realm = createRealm({ name: 'archipelago', owner: hexText(createMemoryKeys('archipelago').owner), tasks: [task.id] })
  const counts = { falseEntries: 0, admitted: 0 }
  const hosts: Host[] = []
  const ballots = createBallots(options, hosts, random)

  function take(host: Host, claim: Claim, body: Uint8Array): void {
    if (cidOf(body) !== claim.genotype || claim.fitness <= (host.believed?.fitness ?? -1)) return
    if (options.trust === 'quorum' && !ballots.isAccepted(claim, body)) return
    host.believed = { fitness: claim.fitness, body }
    host.bodies.set(hexText(digestOfCid(claim.genotype)!), body)
    counts.admitted++
    const truth = measure(task.id, body)
    if (truth.ok) host.bestTrue = Math.max(host.bestTrue, truth.fitness)
    if (!truth.ok || truth.fitness !== claim.fitness) counts.falseEntries++
    host.search.adopt({ claim, body } as Entry)
  }

  for (let i = 0; i < islands; i++) hosts.push(startHost(`island-${i}`, { network, options, realm, random, take }))
  hosts.forEach(({ name }, i) => {
    if (islands > 1) network.connect(name, hosts[(i + 1) % islands]!.name)
    for (let k = 0; k < degree; k++) network.connect(name, hosts[random.integer(islands)]!.name)
  })
  for (const attacker of options.attackers) attacker.start(network.join(attacker.name), worldOf(attacker.name, { network, options, realm, random, hosts }))
  network.advance(minutes * 60_000)

  const mean = (of: (host: Host) => number): number => hosts.reduce((sum, host) => sum + of(host), 0) / hosts.length
  return {
    bestTrue: Math.max(...hosts.map(({ bestTrue }) => bestTrue)),
    meanTrueOfBelieved: mean(({ believed }) => trueFitness(measure, task.id, believed?.body)),
    meanBelieved: mean(({ believed }) => believed?.fitness ?? 0),
    ...counts,
  }
}

function trueFitness(measure: Measure, task: string, body: Uint8Array | undefined): number {
  const truth = body === undefined ? undefined : measure(task, body)
  return truth?.ok === true ? truth.fitness : 0
}

interface Ballots {
  isAccepted(claim: Claim, body: Uint8Array): boolean
}

/** Votes once for each claim, whoever asks: colluders confirm one another and deny the honest with one voice. */
function createBallots({ hostileShare, measure, task, islands }: AnchorOptions, hosts: readonly Host[], random: Random): Ballots {
  const decided = new Map<string, boolean>()
  function vote(claim: Claim, body: Uint8Array): boolean {
    const truth = measure(task.id, body)
    const isTrue = truth.ok && truth.fitness === claim.fitness
    let confirming = 1
    let denying = 0
    while (confirming < 2 && denying < 2) {
      const isHostile = random.uniform() < hostileShare
      if (!isHostile) hosts[random.integer(islands)]!.search.verified()
      if (isHostile ? !isTrue : isTrue) confirming++
      else denying++
    }
    return confirming === 2
  }
  return {
    isAccepted(claim, body) {
      const known = decided.get(claim.id)
      if (known !== undefined) return known
      const accepted = vote(claim, body)
      decided.set(claim.id, accepted)
      return accepted
    },
  }
}

interface Scene {
  readonly network: MemoryNetwork
  readonly options: AnchorOptions
  readonly realm: Realm
  readonly random: Random
}

function startHost(name: PeerId, scene: Scene & { take(host: Host, claim: Claim, body: Uint8Array): void }): Host {
  const { network, options, realm, random, take } = scene
  const own = createRandom(random.integer(4_294_967_296))
  const host: Host = {
    name, node: network.join(name), search: options.search(own), bodies: new Map(), seen: new Set(), believed: undefined, bestTrue: 0, sequence: 0,
  }
  const { node } = host
  node.listen({
    delivered({ id, from, bytes }) {
      const decoded = decodeClaim(bytes)
      node.verdict(id, decoded.ok ? 'forward' : 'reject')
      if (!decoded.ok || host.seen.has(decoded.value.claim.id)) return
      const { claim } = decoded.value
      host.seen.add(claim.id)
      if (claim.fitness <= (host.believed?.fitness ?? -1)) return
      pull(host, claim, from, (body) => take(host, claim, body))
    },
    neighbours: () => undefined,
    requested(_, bytes, answer) {
      const request = decodeRequest(bytes)
      const body = request.ok && request.value.kind === 'pull' ? host.bodies.get(hexText(request.value.digest)) : undefined
      answer(body === undefined ? undefined : encodeAnswer({ kind: 'pull', body } as Answer))
    },
  })
  const beat = (): void => {
    for (const discovery of host.search.advance(HEARTBEAT_MS)) tell(host, discovery, scene, realm)
    network.after(HEARTBEAT_MS, beat)
  }
  network.after(own.integer(HEARTBEAT_MS), beat)
  return host
}

/** From the one who handed the claim over; a little later again, since it may be waiting for the body itself. */
function pull({ node, search: _ }: Host, claim: Claim, from: PeerId, done: (body: Uint8Array) => void, attempts = 4): void {
  const bytes = encodeRequest({ kind: 'pull', digest: digestOfCid(claim.genotype)! } as Parameters<typeof encodeRequest>[0])
  node.request(from, bytes, { timeoutMs: PULL_TIMEOUT_MS, maxBytes: 262_208 }, (result) => {
    const answer = result.ok ? decodeAnswer(result.value) : undefined
    if (answer?.ok === true && answer.value.kind === 'pull' && 'body' in answer.value) return done(answer.value.body as Uint8Array)
    const others = node.neighbours()
    if (attempts > 1 && others.length > 0) pull({ node } as Host, claim, others[(attempts * 7) % others.length]!.peer, done, attempts - 1)
  })
}

function tell(host: Host, discovery: Discovery, { network, options }: Scene, realm: Realm): void {
  host.bestTrue = Math.max(host.bestTrue, discovery.fitness)
  if (discovery.fitness <= (host.believed?.fitness ?? -1)) return
  const keys = createMemoryKeys(host.name)
  const genotype = cidOf(discovery.body)
  host.believed = { fitness: discovery.fitness, body: discovery.body }
  host.bodies.set(hexText(sha256(discovery.body)), discovery.body)
  host.sequence = Math.max(host.sequence + 1, Math.floor(network.now() / 1_000))
  const statement = {
    genotype, realm: realmId(realm), task: options.task.id, evaluator: options.evaluator, fitness: discovery.fitness, seedRule: 'public' as const,
    parents: [], operators: [], generation: discovery.generation, license: realm.license, author: hexText(keys.owner), device: hexText(keys.device),
    time: Math.floor(network.now()), sequence: host.sequence,
  }
  host.node.publish(encodeClaim(statement, keys.delegation, memorySignature(keys.device, claimMessage(statement, keys.delegation))))
}

function worldOf(name: PeerId, { network, options, realm, random, hosts }: Scene & { readonly hosts: readonly Host[] }): AttackerWorld {
  return {
    realm,
    task: options.task,
    evaluator: options.evaluator,
    measure: options.measure,
    random: createRandom(random.integer(4_294_967_296)),
    now: network.now,
    after: network.after,
    islands: () => hosts.map((host) => host.name),
    stateOf: () => undefined,
    connect: (peer) => network.connect(name, peer),
    disconnect: (peer) => network.disconnect(name, peer),
    neighboursOf: (peer) => network.neighboursOf(peer).map((neighbour) => neighbour.peer),
  }
}
