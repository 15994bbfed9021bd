// A mesh without a network: links between named members on a virtual clock, with seeded latency, loss, duplication and
// reordering. Synchronous at its core, so that the simulator replays to the same trace; `portsOf` puts the same
// `MeshPorts` on top of it that a libp2p mesh offers.

import { createRandom, type Random } from '@megabrain/evolve'
import { sha256 } from '@noble/hashes/sha2.js'
import { hexText } from '../bytes/text.ts'
import { MAX_ANNOUNCEMENT_BYTES, MAX_REQUEST_BYTES } from '../limits.ts'
import type { Delivery, Neighbour, PeerId, RequestResult, Verdict } from '../ports.ts'
import { createEventQueue } from './event-queue.ts'

export interface MemoryNetworkOptions {
  readonly seed: number
  /** Virtual time at the start, ms. @default 0 */
  readonly start?: number
  /** One-way delay of a link, ms: uniform between both. @default [5, 25] */
  readonly latencyMs?: readonly [number, number]
  /** Share of broadcasts and of request or answer messages that never arrive. @default 0 */
  readonly loss?: number
  /** Share of broadcasts that a link delivers twice. @default 0 */
  readonly duplication?: number
  /** Share of broadcasts held back for up to ten times the longest delay. @default 0 */
  readonly reordering?: number
}

/** What happens at a member. All calls are synchronous. */
export interface MemoryListener {
  delivered(delivery: Delivery): void
  neighbours(neighbours: readonly Neighbour[]): void
  /** `answer` may be called later, once; `undefined` refuses. */
  requested(from: PeerId, bytes: Uint8Array, answer: (bytes: Uint8Array | undefined) => void): void
}

/** One member's hands on the network. */
export interface MemoryMember {
  readonly self: PeerId
  listen(listener: MemoryListener): void
  publish(bytes: Uint8Array): void
  verdict(id: string, verdict: Verdict): void
  request(to: PeerId, bytes: Uint8Array, limits: { readonly timeoutMs: number; readonly maxBytes: number }, done: (result: RequestResult) => void): void
  neighbours(): readonly Neighbour[]
}

export interface MemoryNetwork {
  /** @throws RangeError when the name is taken */
  join(peer: PeerId, kind?: Neighbour['kind']): MemoryMember
  /** Ends all links of `peer` and forgets it. */
  leave(peer: PeerId): void
  connect(a: PeerId, b: PeerId): void
  disconnect(a: PeerId, b: PeerId): void
  neighboursOf(peer: PeerId): readonly Neighbour[]
  /** Runs what is due in the next `ms` of virtual time. */
  advance(ms: number): void
  now(): number
  /** Runs `action` after `ms` of virtual time: the driver's clock. */
  after(ms: number, action: () => void): void
  /** Messages and bytes handed to links, and verdicts `reject` that were given. */
  counters(): { readonly messages: number; readonly bytes: number; readonly rejected: number }
}

/** How long a member remembers a broadcast and waits for its verdict; gossipsub's seen time. */
const SEEN_MS = 120_000
/** Broadcasts remembered per member; the oldest goes first. */
const MAX_SEEN = 4_096

interface Node {
  readonly peer: PeerId
  readonly kind: Neighbour['kind']
  readonly links: Set<PeerId>
  /** Broadcast id → until when it is remembered. */
  readonly seen: Map<string, number>
  /** Broadcasts delivered and not judged: id → bytes and the neighbour they came from. */
  readonly unjudged: Map<string, Delivery>
  listener: MemoryListener | undefined
}

export function createMemoryNetwork(options: MemoryNetworkOptions): MemoryNetwork {
  const { loss = 0, duplication = 0, reordering = 0, latencyMs: [least, most] = [5, 25] } = options
  const random: Random = createRandom(options.seed)
  const queue = createEventQueue(options.start ?? 0)
  const nodes = new Map<PeerId, Node>()
  let messages = 0
  let bytesSent = 0
  let rejected = 0

  const delay = (): number => least + (most - least) * random.uniform()
  const lost = (): boolean => loss > 0 && random.uniform() < loss
  const linked = (a: PeerId, b: PeerId): boolean => nodes.get(a)?.links.has(b) === true

  function viewOf(node: Node): readonly Neighbour[] {
    return [...node.links].map((peer) => ({ peer, kind: nodes.get(peer)!.kind, transport: 'memory' as const }))
  }

  function remember(node: Node, id: string): boolean {
    const now = queue.now()
    if ((node.seen.get(id) ?? -1) >= now) return false
    node.seen.delete(id)
    node.seen.set(id, now + SEEN_MS)
    if (node.seen.size > MAX_SEEN) forgetOldest(node.seen)
    return true
  }

  function spread(node: Node, id: string, bytes: Uint8Array, except: PeerId | undefined): void {
    for (const peer of node.links) {
      if (peer === except) continue
      messages++
      bytesSent += bytes.length
      if (lost()) continue
      const held = reordering > 0 && random.uniform() < reordering ? most * 10 * random.uniform() : 0
      queue.at(queue.now() + delay() + held, () => receive(node.peer, peer, id, bytes, false))
      const twice = duplication > 0 && random.uniform() < duplication
      if (twice) queue.at(queue.now() + delay() + held, () => receive(node.peer, peer, id, bytes, true))
    }
  }

  function receive(from: PeerId, to: PeerId, id: string, bytes: Uint8Array, again: boolean): void {
    const node = nodes.get(to)
    if (node === undefined || !linked(from, to)) return
    // A channel may duplicate: a second copy passes the memory of what was seen, but is no second right to forward.
    if (!remember(node, id) && !again) return
    if (node.listener === undefined) return
    const delivery = { id, from, bytes: bytes.slice() }
    if (!node.unjudged.has(id)) node.unjudged.set(id, { ...delivery, bytes })
    if (node.unjudged.size > MAX_SEEN) forgetOldest(node.unjudged)
    node.listener.delivered(delivery)
  }

  function ask(node: Node, to: PeerId, request: Uint8Array, limits: { timeoutMs: number; maxBytes: number }, done: (result: RequestResult) => void): void {
    let open = true
    function finish(result: RequestResult): void {
      if (!open) return
      open = false
      done(result)
    }
    if (!linked(node.peer, to)) return queue.at(queue.now(), () => finish({ ok: false, reason: 'unreachable' }))
    if (request.length > MAX_REQUEST_BYTES) return queue.at(queue.now(), () => finish({ ok: false, reason: 'too-large' }))
    queue.at(queue.now() + limits.timeoutMs, () => finish({ ok: false, reason: 'timeout' }))
    messages++
    bytesSent += request.length
    if (lost()) return
    queue.at(queue.now() + delay(), () => {
      const server = nodes.get(to)
      if (server === undefined || !linked(node.peer, to)) return finish({ ok: false, reason: 'unreachable' })
      if (server.listener === undefined) return finish({ ok: false, reason: 'refused' })
      server.listener.requested(node.peer, request.slice(), (answer) => {
        messages++
        bytesSent += answer?.length ?? 0
        if (lost()) return
        const copy = answer?.slice()
        queue.at(queue.now() + delay(), () => {
          if (!linked(node.peer, to)) finish({ ok: false, reason: 'unreachable' })
          else if (copy === undefined) finish({ ok: false, reason: 'refused' })
          else if (copy.length > limits.maxBytes) finish({ ok: false, reason: 'too-large' })
          else finish({ ok: true, value: copy })
        })
      })
    })
  }

  function changed(...peers: readonly PeerId[]): void {
    for (const peer of peers) {
      const node = nodes.get(peer)
      node?.listener?.neighbours(viewOf(node))
    }
  }

  function disconnect(a: PeerId, b: PeerId): void {
    if (!linked(a, b)) return
    nodes.get(a)!.links.delete(b)
    nodes.get(b)!.links.delete(a)
    changed(a, b)
  }

  return {
    join(peer, kind = 'island') {
      if (nodes.has(peer)) throw new RangeError(`A member's name must be free, got ${peer}`)
      const node: Node = { peer, kind, links: new Set(), seen: new Map(), unjudged: new Map(), listener: undefined }
      nodes.set(peer, node)
      return {
        self: peer,
        listen(listener) {
          node.listener = listener
        },
        publish(bytes) {
          if (bytes.length > MAX_ANNOUNCEMENT_BYTES) throw new RangeError(`An announcement must have at most ${MAX_ANNOUNCEMENT_BYTES} bytes, got ${bytes.length}`)
          const copy = bytes.slice()
          const id = hexText(sha256(copy))
          if (remember(node, id)) spread(node, id, copy, undefined)
        },
        verdict(id, verdict) {
          const delivery = node.unjudged.get(id)
          if (delivery === undefined) return
          node.unjudged.delete(id)
          if (verdict === 'reject') rejected++
          if (verdict === 'forward') spread(node, id, delivery.bytes, delivery.from)
        },
        request: (to, bytes, limits, done) => ask(node, to, bytes.slice(), limits, done),
        neighbours: () => viewOf(node),
      }
    },
    leave(peer) {
      for (const other of [...(nodes.get(peer)?.links ?? [])]) disconnect(peer, other)
      nodes.delete(peer)
    },
    connect(a, b) {
      if (a === b || linked(a, b) || !nodes.has(a) || !nodes.has(b)) return
      nodes.get(a)!.links.add(b)
      nodes.get(b)!.links.add(a)
      changed(a, b)
    },
    disconnect,
    neighboursOf: (peer) => (nodes.has(peer) ? viewOf(nodes.get(peer)!) : []),
    advance: (ms) => queue.runUntil(queue.now() + ms),
    now: queue.now,
    after: (ms, action) => queue.at(queue.now() + ms, action),
    counters: () => ({ messages, bytes: bytesSent, rejected }),
  }
}

function forgetOldest(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    map.delete(key)
    return
  }
}
