// Streams whose request has been answered, kept a while for the next one, as HTTP keeps its connections: opening one is a negotiation,
// a write to libp2p's peer store on both sides, and more packets than a request and its answer together.

import type { Connection, Stream } from '@libp2p/interface'
import type { FrameReader } from './frame.ts'
import { MAX_SPARE_STREAMS, SPARE_STREAM_MS, STREAM_CLOSE_MS } from './limits.ts'

export interface AskingStream {
  readonly stream: Stream
  /** Reads answers of at most `maxBytes`. */
  readonly frames: FrameReader
  readonly maxBytes: number
}

export interface SpareStreams {
  /** @returns one that is open and reads answers of this size; it is the caller's from now on */
  take(connection: Connection, maxBytes: number): AskingStream | undefined
  /** Closes it instead where there are enough, or where the other side keeps none. */
  keep(connection: Connection, asking: AskingStream): void
}

export function createSpareStreams(): SpareStreams {
  /** Each with what ends the watch over it. */
  const spares = new WeakMap<Connection, Map<AskingStream, () => void>>()

  return {
    take(connection, maxBytes) {
      const mine = spares.get(connection)
      for (const [asking, unwatch] of mine ?? []) {
        if (asking.maxBytes !== maxBytes) continue
        mine?.delete(asking)
        unwatch()
        return asking
      }
      return undefined
    },
    keep(connection, asking) {
      const { stream } = asking
      const mine = spares.get(connection) ?? new Map<AskingStream, () => void>()
      spares.set(connection, mine)
      if (mine.size >= MAX_SPARE_STREAMS || stream.remoteWriteStatus !== 'writable') return closeStream(stream)
      const drop = (): void => {
        if (!mine.delete(asking)) return
        unwatch()
        closeStream(stream)
      }
      const timer = setTimeout(drop, SPARE_STREAM_MS)
      const unwatch = (): void => {
        clearTimeout(timer)
        stream.removeEventListener('remoteCloseWrite', drop)
        stream.removeEventListener('close', drop)
      }
      stream.addEventListener('remoteCloseWrite', drop)
      stream.addEventListener('close', drop)
      mine.set(asking, unwatch)
    },
  }
}

/** Says goodbye, or resets it where the other side does not listen. */
export function closeStream(stream: Stream): void {
  stream.close({ signal: AbortSignal.timeout(STREAM_CLOSE_MS) }).catch((error: Error) => stream.abort(error))
}
