// Both sides of a sharded run on the `Streams` port: what the state machines ask for is sent in order, one message after the
// other, each when there is room for it.

import type { PeerId, PeerStream, Streams, Unsubscribe } from '../../ports.ts'
import { createShardDonor, type OpenPart, type ShardDonor } from './shard-donor.ts'
import type { ShardEvent, ShardRun } from './shard-run.ts'

/** How long a peer may take to accept a stream, ms. */
const OPEN_TIMEOUT_MS = 10_000
const TICK_MS = 1_000
/** Askers that one donor serves at a time: each may make it hold `MAX_VALUES_HELD`. */
const MAX_ASKERS = 2

export interface RunOptions {
  readonly streams: Streams
  readonly run: ShardRun
  /** Ms that never go back. */
  now(): number
  every(ms: number, action: () => void): Unsubscribe
  /** Called after everything that happens. */
  readonly onChange?: () => void
}

export interface OpenRun {
  /** Opens a stream to a donor and gives it work; does nothing where it accepts none. */
  add(peer: PeerId): Promise<void>
  readonly answers: Promise<Float64Array>
  /** Ends every stream. */
  close(): void
}

export function runOverStreams({ streams, run, now, every, onChange }: RunOptions): OpenRun {
  const open = new Map<PeerId, { readonly stream: PeerStream; readonly queue: Uint8Array[]; isSending: boolean }>()
  let finish: (values: Float64Array) => void
  const answers = new Promise<Float64Array>((resolve) => (finish = resolve))

  function happen(event: ShardEvent): void {
    for (const effect of run.step(event, now())) {
      switch (effect.kind) {
        case 'send': {
          const seat = open.get(effect.to)
          seat?.queue.push(effect.bytes)
          if (seat?.isSending === false) void drain(effect.to)
          break
        }
        case 'drop':
          open.get(effect.peer)?.stream.close()
          open.delete(effect.peer)
          break
        case 'answers':
          finish(effect.values)
      }
    }
    onChange?.()
  }

  async function drain(peer: PeerId): Promise<void> {
    const seat = open.get(peer)
    if (seat === undefined) return
    seat.isSending = true
    for (let next = seat.queue.shift(); next !== undefined; next = seat.queue.shift()) {
      if (!(await seat.stream.send(next))) break
    }
    seat.isSending = false
  }

  async function read(peer: PeerId, stream: PeerStream): Promise<void> {
    for (let bytes = await stream.receive(); bytes !== undefined; bytes = await stream.receive()) {
      happen({ kind: 'received', from: peer, bytes })
    }
    if (open.get(peer)?.stream !== stream) return
    open.delete(peer)
    happen({ kind: 'left', peer })
  }

  const stop = every(TICK_MS, () => happen({ kind: 'tick' }))
  return {
    async add(peer) {
      if (open.has(peer)) return
      const stream = await streams.open(peer, OPEN_TIMEOUT_MS)
      if (stream === undefined) return
      open.set(peer, { stream, queue: [], isSending: false })
      void read(peer, stream)
      happen({ kind: 'joined', peer })
    },
    answers,
    close() {
      stop()
      for (const { stream } of open.values()) stream.close()
      open.clear()
    },
  }
}

export interface ShardService {
  /** One per asker, as `ShardDonor.view` tells. */
  view(): readonly ReturnType<ShardDonor['view']>[]
  readonly stop: Unsubscribe
}

/** Computes for whoever opens a stream, `MAX_ASKERS` at a time. */
export function serveShards(streams: Streams, open: OpenPart): ShardService {
  const donors = new Map<PeerStream, ShardDonor>()

  async function serve(stream: PeerStream): Promise<void> {
    if (donors.size >= MAX_ASKERS) return stream.close()
    const donor = createShardDonor(open)
    donors.set(stream, donor)
    for (let bytes = await stream.receive(); bytes !== undefined; bytes = await stream.receive()) {
      const answers = donor.receive(bytes)
      if (answers === undefined) break
      for (const answer of answers) if (!(await stream.send(answer))) break
    }
    donors.delete(stream)
    stream.close()
  }

  const stop = streams.accept((stream) => void serve(stream))
  return { view: () => [...donors.values()].map((donor) => donor.view()), stop }
}
