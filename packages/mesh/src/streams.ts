// The exchange's Streams on libp2p: frames on one stream, each end held back by the other's window. Runs over direct connections
// only, never over a circuit: what travels here is many megabytes.

import type { Libp2p, Stream } from '@libp2p/interface'
import { MAX_STREAM_MESSAGE_BYTES, type PeerStream, type Streams } from '@megabrain/exchange'
import { frame, readFrames, send } from './frame.ts'
import { MAX_STREAMS_PER_PEER, STREAM_STALL_MS } from './limits.ts'
import { watchLinks } from './working-link.ts'

/** Registers the protocol; must run before the node starts, so that the first identify message names it. */
export async function openStreams(node: Libp2p, protocol: string): Promise<Streams> {
  let listener: ((stream: PeerStream) => void) | undefined
  const linkTo = watchLinks(node)
  await node.handle(protocol, (stream, connection) => {
    if (listener === undefined) stream.abort(new Error('No streams are accepted here'))
    else listener(peerStream(stream, connection.remotePeer.toString()))
  }, { maxInboundStreams: MAX_STREAMS_PER_PEER, maxOutboundStreams: MAX_STREAMS_PER_PEER, runOnLimitedConnection: false })

  return {
    async open(to, timeoutMs) {
      const connection = linkTo(to)
      if (connection === undefined) return undefined
      try {
        return peerStream(await connection.newStream(protocol, { signal: AbortSignal.timeout(timeoutMs), runOnLimitedConnection: false }), to)
      } catch {
        return undefined // the link is gone, or the peer speaks no such protocol
      }
    },
    accept(next) {
      if (listener !== undefined) throw new RangeError('Streams have one listener at a time, and one is listening')
      listener = next
      return () => {
        if (listener === next) listener = undefined
      }
    },
  }
}

function peerStream(stream: Stream, peer: string): PeerStream {
  const frames = readFrames(stream, MAX_STREAM_MESSAGE_BYTES)
  const never = new AbortController().signal
  return {
    peer,
    async send(bytes) {
      if (bytes.length > MAX_STREAM_MESSAGE_BYTES) throw new RangeError(`A message has at most ${MAX_STREAM_MESSAGE_BYTES} bytes, got ${bytes.length}`)
      if (stream.status !== 'open') return false
      try {
        await send(stream, frame(bytes), STREAM_STALL_MS)
        return true
      } catch (error) {
        stream.abort(error instanceof Error ? error : new Error(String(error)))
        return false
      }
    },
    async receive() {
      const next = await frames.next(never)
      if (next.ok) return next.value
      if (next.reason !== 'closed') stream.abort(new Error(`A message is ${next.reason}`))
      return undefined
    },
    close: () => stream.abort(new Error('Closed')),
  }
}
