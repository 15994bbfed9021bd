// Yamux for a relay, with the bounds that the library leaves out: it collects a frame of any claimed length before it looks at
// the window, and takes any number of streams and pings as long as they end at once. Whoever goes beyond is disconnected.

import type { MessageStream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'
import { yamux } from '@libp2p/yamux'
import { createRateBudget } from './rate-budget.ts'

export interface MuxerCounts {
  /** Connections that were ended for a frame that claims too much. */
  oversized: number
  /** Connections that were ended for streams or pings without end. */
  flooding: number
}

export interface GuardedMuxer {
  readonly factory: () => StreamMuxerFactory
  readonly counts: Readonly<MuxerCounts>
}

/** Parts of libp2p's YamuxMuxer that are private in its types; versions are pinned, and the hostile tests watch them. */
interface Inside {
  readonly decoder: { readFrame(): unknown; readonly buffer: { readonly byteLength: number; get(index: number): number } }
  handleFrame(frame: { readonly header: { readonly type: number; readonly flag: number } }): void
}

/** What may come on one stream before we have read it, bytes, and so the most that one frame may bring. The library's own is 16 MiB. */
const WINDOW_BYTES = 1_048_576
/** Streams of one connection at a time. Each protocol of ours allows at most 32. */
const MAX_STREAMS = 256
/** Streams and pings of one connection: this many at once, and as many again within the period. Members open a few within a second. */
const MAX_OPENED = 1_000
const OPENED_PERIOD_MS = 10_000

const HEADER_BYTES = 12
const DATA = 0
const SYN = 1

export function createGuardedMuxer(now: () => number = Date.now): GuardedMuxer {
  const counts: MuxerCounts = { oversized: 0, flooding: 0 }

  function guard(muxer: StreamMuxer): StreamMuxer {
    const inside = muxer as unknown as Inside
    const { decoder } = inside
    const mayOpen = createRateBudget(MAX_OPENED, OPENED_PERIOD_MS, now)
    const readFrame = decoder.readFrame.bind(decoder)
    const handleFrame = inside.handleFrame.bind(inside)
    // Both throw into the muxer's own reader, which ends the connection.
    decoder.readFrame = () => {
      if (claimedBytes(decoder.buffer) > WINDOW_BYTES) {
        counts.oversized++
        throw new RangeError(`A frame claims more than ${WINDOW_BYTES} bytes`)
      }
      return readFrame()
    }
    inside.handleFrame = (frame) => {
      if ((frame.header.flag & SYN) !== 0 && !mayOpen('')) {
        counts.flooding++
        throw new RangeError(`More than ${MAX_OPENED} streams were opened within ${OPENED_PERIOD_MS} ms`)
      }
      handleFrame(frame)
    }
    return muxer
  }

  return {
    counts,
    factory() {
      const factory = yamux({ maxInboundStreams: MAX_STREAMS, streamOptions: { maxWriteBufferLength: 4_194_304, maxStreamWindowSize: WINDOW_BYTES } })()
      return { protocol: factory.protocol, createStreamMuxer: (connection: MessageStream) => guard(factory.createStreamMuxer(connection)) }
    },
  }
}

/** What the header at the front says that follows it; 0 while there is no whole header, or for frames without content. */
function claimedBytes(buffer: Inside['decoder']['buffer']): number {
  if (buffer.byteLength < HEADER_BYTES || buffer.get(1) !== DATA) return 0
  return buffer.get(8) * 2 ** 24 + (buffer.get(9) << 16) + (buffer.get(10) << 8) + buffer.get(11)
}
