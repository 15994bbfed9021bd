// A mesh without a network: links between named members on a virtual clock, with seeded latency, loss, duplication and
// reordering. Synchronous at its core, so that the simulator replays to the same trace; `portsOf` puts the same
// `MeshPorts` on top of it that a libp2p mesh offers.

import { createRandom, exp, type Random } from '@megabrain/evolve'
import { sha256 } from '@noble/hashes/sha2.js'
import { hexText } from '../bytes/text.ts'
import { MAX_ANNOUNCEMENT_BYTES, MAX_REQUEST_BYTES } from '../limits.ts'
import type { Delivery, Found, Neighbour, PeerId, RequestResult, Service, Verdict } from '../ports.ts'
import type { CreateChannelModel, Station } from './channel-model.ts'
import { createEventQueue } from './event-queue.ts'
import { createFlooding } from './flooding.ts'
import { createMemoryDirectory } from './memory-directory.ts'

export interface MemoryNetworkOptions {
  readonly seed: number
  /** Virtual time at the start, ms. @default 0 */
  readonly start?: number
  /**
   * One-way delay of a link, ms: uniform between two figures, or lognormal with a median and a spread in natural logarithms
   * (0.5: two thirds lie within a factor of 1.65). @default [5, 25]
   */
  readonly latencyMs?: readonly [number, number] | { readonly medianMs: number; readonly sigma: number }
  /** Share of broadcasts and of request or answer messages that never arrive. @default 0 */
  readonly loss?: number
  /** Share of broadcasts that a link delivers twice. @default 0 */
  readonly duplication?: number
  /** Share of broadcasts held back for up to ten times the longest (lognormal: ten times the median) delay. @default 0 */
  readonly reordering?: number
  /** Who passes a broadcast on to whom. @default flooding */
  readonly channelModel?: CreateChannelModel
}

/** What happens at a member. All calls are synchronous; bytes are shared and must not be changed. */
export interface MemoryListener {
  delivered(delivery: Delivery): void
  neighbours(neighbours: readonly Neighbour[]): void
  /** `answer` may be called later, once; `undefined` refuses. */
  requested(from: PeerId, bytes: Uint8Array, answer: (bytes: Uint8Array | undefined) => void): void
  /** A piece of a stream, in the order in which its sender sent them. @default nobody takes streams here */
  streamed?(from: PeerId, bytes: Uint8Array): void
}

/** One member's hands on the network. Bytes are shared: who hands them over must not change them afterwards. */
export interface MemoryMember {
  readonly self: PeerId
  listen(listener: MemoryListener): void
  publish(bytes: Uint8Array): void
  verdict(id: string, verdict: Verdict): void
  request(to: PeerId, bytes: Uint8Array, limits: { readonly timeoutMs: number; readonly maxBytes: number }, done: (result: RequestResult) => void): void
  neighbours(): readonly Neighbour[]
  /** Sends a piece of a stream; never lost while the link lasts. */
  stream(to: PeerId, bytes: Uint8Array): void
  /** Runs `action` after `ms` of virtual time. */
  after(ms: number, action: () => void): void
  advertise(service: Service, key: string): void
  withdraw(service: Service, key: string): void
  /** @returns ends the search at once */
  find(service: Service, key: string, limits: { readonly timeoutMs: number; readonly most: number }, done: (found: Found) => void): () => void
  /** Links the two if a search has named `peer`. */
  reach(peer: PeerId, timeoutMs: number, done: (reached: boolean) => void): void
}

/** Faults that may change while the network runs. */
export interface LinkFaults {
  readonly loss: number
  readonly duplication: number
  readonly reordering: number
}

export interface MemoryNetwork {
  /** @throws RangeError when the name is taken */
  join(peer: PeerId, kind?: Neighbour['kind']): MemoryMember
  /** Ends all links of `peer` and forgets it. */
  leave(peer: PeerId): void
  connect(a: PeerId, b: PeerId): void
  disconnect(a: PeerId, b: PeerId): void
  /** Cuts all links between those who may not meet, and lets nobody find or reach them; undefined ends it and links nobody. */
  divide(mayMeet: ((a: PeerId, b: PeerId) => boolean) | undefined): void
  isConnected(a: PeerId, b: PeerId): boolean
  neighboursOf(peer: PeerId): readonly Neighbour[]
  setFaults(faults: LinkFaults): void
  /** Runs what is due in the next `ms` of virtual time. */
  advance(ms: number): void
  now(): number
  /** Runs `action` after `ms` of virtual time: the driver's clock. */
  after(ms: number, action: () => void): void
  /** Things waiting for their time. */
  pending(): number
  /** Messages and bytes handed to links, verdicts `reject` that were given, and messages that were lost, doubled or held back. */
  counters(): { readonly messages: number; readonly bytes: number; readonly rejected: number; readonly faults: number }
}

interface Node extends Station {
  readonly kind: Neighbour['kind']
  readonly links: Map<PeerId, Node>
  listener: MemoryListener | undefined
  isHere: boolean
}

export function createMemoryNetwork(options: MemoryNetworkOptions): MemoryNetwork {
  const { latencyMs = [5, 25] } = options
  let { loss = 0, duplication = 0, reordering = 0 } = options
  const random: Random = createRandom(options.seed)
  const queue = createEventQueue(options.start ?? 0)
  const nodes = new Map<PeerId, Node>()
  /** When the last piece of a stream arrives, by sender and receiver. */
  const streamsAt = new WeakMap<Node, Map<PeerId, number>>()
  let joined = 0
  let messages = 0
  let bytesSent = 0
  let rejected = 0
  let faults = 0

  const delay = delayOf(latencyMs, random)
  const longest = 'medianMs' in latencyMs ? latencyMs.medianMs : latencyMs[1]
  const lost = (): boolean => struck(loss > 0 && random.uniform() < loss)
  const struck = (isFault: boolean): boolean => {
    if (isFault) faults++
    return isFault
  }
  const linked = (a: Node, b: Node): boolean => a.links.get(b.peer) === b
  const after = (ms: number, action: () => void): void => queue.at(queue.now() + ms, action)

  const model = (options.channelModel ?? createFlooding)({
    random: createRandom(random.integer(4_294_967_296)),
    now: queue.now,
    after,
    station: (peer) => nodes.get(peer),
    carry(from, to, bytes, arrive) {
      messages++
      bytesSent += bytes
      if (lost()) return
      const held = struck(reordering > 0 && random.uniform() < reordering) ? longest * 10 * random.uniform() : 0
      after(delay() + held, () => {
        if (linked(from as Node, to as Node)) arrive(false)
      })
      if (!struck(duplication > 0 && random.uniform() < duplication)) return
      after(delay() + held, () => {
        if (linked(from as Node, to as Node)) arrive(true)
      })
    },
    waste(bytes) {
      messages++
      bytesSent += bytes
    },
    deliver: (to, delivery) => (to as Node).listener?.delivered(delivery),
  })

  let mayMeet = (_a: PeerId, _b: PeerId): boolean => true
  const directory = createMemoryDirectory({ after, delay: () => 2 * delay(), lost, mayMeet: (a, b) => mayMeet(a, b) })

  function viewOf(node: Node): readonly Neighbour[] {
    return Array.from(node.links.values(), ({ peer, kind }) => ({ peer, kind, transport: 'memory' as const }))
  }

  function ask(node: Node, to: PeerId, request: Uint8Array, limits: { timeoutMs: number; maxBytes: number }, done: (result: RequestResult) => void): void {
    let open = true
    function finish(result: RequestResult): void {
      if (!open) return
      open = false
      done(result)
    }
    const server = node.links.get(to)
    if (server === undefined) return after(0, () => finish({ ok: false, reason: 'unreachable' }))
    if (request.length > MAX_REQUEST_BYTES) return after(0, () => finish({ ok: false, reason: 'too-large' }))
    after(limits.timeoutMs, () => finish({ ok: false, reason: 'timeout' }))
    messages++
    bytesSent += request.length
    if (lost()) return
    after(delay(), () => {
      if (!linked(node, server)) return finish({ ok: false, reason: 'unreachable' })
      if (server.listener === undefined) return finish({ ok: false, reason: 'refused' })
      server.listener.requested(node.peer, request, (answer) => {
        messages++
        bytesSent += answer?.length ?? 0
        if (lost()) return
        after(delay(), () => {
          if (!linked(node, server)) finish({ ok: false, reason: 'unreachable' })
          else if (answer === undefined) finish({ ok: false, reason: 'refused' })
          else if (answer.length > limits.maxBytes) finish({ ok: false, reason: 'too-large' })
          else finish({ ok: true, value: answer })
        })
      })
    })
  }

  /** In order: nothing overtakes what was sent before it on the same link. */
  function stream(node: Node, to: PeerId, bytes: Uint8Array): void {
    const other = node.links.get(to)
    if (other === undefined) return
    messages++
    bytesSent += bytes.length
    const arrivals = streamsAt.get(node) ?? new Map<PeerId, number>()
    streamsAt.set(node, arrivals)
    const at = Math.max(arrivals.get(to) ?? 0, queue.now() + delay())
    arrivals.set(to, at)
    queue.at(at, () => {
      if (linked(node, other)) other.listener?.streamed?.(node.peer, bytes)
    })
  }

  function disconnect(a: Node, b: Node): void {
    a.links.delete(b.peer)
    b.links.delete(a.peer)
    model.unlinked?.(a, b)
    for (const node of [a, b]) node.listener?.neighbours(viewOf(node))
  }

  function connect(a: PeerId, b: PeerId): void {
    const [one, other] = [nodes.get(a), nodes.get(b)]
    if (one === undefined || other === undefined || one === other || linked(one, other)) return
    one.links.set(b, other)
    other.links.set(a, one)
    model.linked?.(one, other)
    for (const node of [one, other]) node.listener?.neighbours(viewOf(node))
  }

  function reach(node: Node, to: PeerId, timeoutMs: number, done: (reached: boolean) => void): void {
    if (!directory.hasNamed(node.peer, to) || !mayMeet(node.peer, to) || lost()) return after(timeoutMs, () => done(false))
    after(Math.min(timeoutMs, 2 * delay()), () => {
      if (node.isHere && mayMeet(node.peer, to)) connect(node.peer, to)
      done(node.links.has(to))
    })
  }

  return {
    join(peer, kind = 'island') {
      if (nodes.has(peer)) throw new RangeError(`A member's name must be free, got ${peer}`)
      const node: Node = { peer, index: joined++, kind, links: new Map(), listener: undefined, isHere: true }
      nodes.set(peer, node)
      model.joined?.(node)
      return {
        self: peer,
        listen(listener) {
          node.listener = listener
        },
        publish(bytes) {
          if (bytes.length > MAX_ANNOUNCEMENT_BYTES) throw new RangeError(`An announcement must have at most ${MAX_ANNOUNCEMENT_BYTES} bytes, got ${bytes.length}`)
          if (node.isHere) model.publish(node, hexText(sha256(bytes)), bytes)
        },
        verdict(id, verdict) {
          if (verdict === 'reject') rejected++
          model.verdict(node, id, verdict)
        },
        request: (to, bytes, limits, done) => ask(node, to, bytes, limits, done),
        neighbours: () => viewOf(node),
        stream: (to, bytes) => stream(node, to, bytes),
        after,
        advertise(service, key) {
          if (node.isHere) directory.advertise(peer, `${service} ${key}`)
        },
        withdraw: (service, key) => directory.withdraw(peer, `${service} ${key}`),
        find: (service, key, limits, done) => directory.find(peer, `${service} ${key}`, limits, done),
        reach: (to, timeoutMs, done) => reach(node, to, timeoutMs, done),
      }
    },
    leave(peer) {
      const node = nodes.get(peer)
      if (node === undefined) return
      for (const other of [...node.links.values()]) disconnect(node, other)
      node.isHere = false
      nodes.delete(peer)
      directory.leave(peer)
      model.left?.(node)
    },
    connect,
    disconnect(a, b) {
      const [one, other] = [nodes.get(a), nodes.get(b)]
      if (one !== undefined && other !== undefined && linked(one, other)) disconnect(one, other)
    },
    divide(next) {
      mayMeet = next ?? (() => true)
      for (const node of nodes.values()) for (const other of [...node.links.values()]) if (!mayMeet(node.peer, other.peer)) disconnect(node, other)
    },
    isConnected: (a, b) => nodes.get(a)?.links.has(b) === true,
    neighboursOf: (peer) => (nodes.has(peer) ? viewOf(nodes.get(peer)!) : []),
    setFaults: (shares) => void ({ loss, duplication, reordering } = shares),
    advance: (ms) => queue.runUntil(queue.now() + ms),
    now: queue.now,
    after,
    pending: queue.size,
    counters: () => ({ messages, bytes: bytesSent, rejected, faults }),
  }
}

function delayOf(latencyMs: NonNullable<MemoryNetworkOptions['latencyMs']>, random: Random): () => number {
  if ('medianMs' in latencyMs) return () => latencyMs.medianMs * exp(latencyMs.sigma * random.normal())
  const [least, most] = latencyMs
  return () => least + (most - least) * random.uniform()
}
