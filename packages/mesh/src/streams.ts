// The exchange's Streams on libp2p: frames on one stream, led by a byte that says message or receipt. Runs over direct connections
// only, never over a circuit: what travels here is many megabytes.

import type { Libp2p, Stream } from '@libp2p/interface'
import { MAX_STREAM_MESSAGE_BYTES, type PeerStream, type Streams } from '@megabrain/exchange'
import { frame, readFrames, send } from './frame.ts'
import { MAX_STREAMS_PER_PEER, STREAM_STALL_MS } from './limits.ts'
import { watchLinks } from './working-link.ts'

const MESSAGE = 0
/** A piece of a message that goes on: a data channel stalls on one write of half a megabyte. */
const PIECE = 2
const PIECE_BYTES = 65_536
/** Of so many bytes that have been read: four, little-endian. */
const RECEIPT = 1
const RECEIPT_BYTES = 4
/** On their way or unread, at most: one largest message. */
const WINDOW_BYTES = MAX_STREAM_MESSAGE_BYTES + 1

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

/**
 * One end. A sender has no more on its way or unread than one largest message, and learns from receipts what has been read: WebRTC's
 * channels have no window of their own, and libp2p ends a stream of which it would have to hold 4 MiB.
 */
function peerStream(stream: Stream, peer: string): PeerStream {
  const frames = readFrames(stream, PIECE_BYTES + 1)
  const unread: Uint8Array[] = []
  const pieces: Uint8Array[] = []
  let begun = 0
  let unreadBytes = 0
  let onTheWay = 0
  let ended = false
  let reader: ((bytes: Uint8Array | undefined) => void) | undefined
  let wake: (() => void) | undefined

  function end(reason?: string): void {
    if (ended) return
    ended = true
    if (stream.status === 'open') stream.abort(new Error(reason ?? 'The other side has ended it'))
    wake?.()
    reader?.(undefined)
    reader = undefined
  }

  function handOver(bytes: Uint8Array): Uint8Array {
    const receipt = new Uint8Array(RECEIPT_BYTES)
    new DataView(receipt.buffer).setUint32(0, costOf(bytes), true)
    unreadBytes -= costOf(bytes)
    void send(stream, frame(receipt, RECEIPT), STREAM_STALL_MS).catch(() => end('It takes no receipts'))
    return bytes
  }

  async function read(): Promise<void> {
    const never = new AbortController().signal
    for (;;) {
      const next = await frames.next(never)
      if (!next.ok) return end(next.reason === 'closed' ? undefined : `A message is ${next.reason}`)
      let content = next.value.subarray(1)
      if (next.value[0] === PIECE && content.length === PIECE_BYTES && begun + PIECE_BYTES <= MAX_STREAM_MESSAGE_BYTES) {
        pieces.push(content)
        begun += PIECE_BYTES
      } else if (next.value[0] === MESSAGE) {
        content = joined(pieces.splice(0), content)
        begun = 0
        unreadBytes += costOf(content)
        if (unreadBytes > WINDOW_BYTES) return end('More than it was allowed to send')
        if (reader === undefined) unread.push(content)
        else {
          const hand = reader
          reader = undefined
          hand(handOver(content))
        }
      } else if (next.value[0] === RECEIPT && content.length === RECEIPT_BYTES) {
        const bytes = new DataView(content.buffer, content.byteOffset).getUint32(0, true)
        if (bytes > onTheWay) return end('A receipt for more than was sent')
        onTheWay -= bytes
        wake?.()
      } else return end('No message and no receipt')
    }
  }
  void read()

  return {
    peer,
    async send(bytes) {
      if (bytes.length > MAX_STREAM_MESSAGE_BYTES) throw new RangeError(`A message has at most ${MAX_STREAM_MESSAGE_BYTES} bytes, got ${bytes.length}`)
      const framed: Uint8Array[] = [] // before the first await: the bytes are the caller's again afterwards
      let at = 0
      for (; bytes.length - at > PIECE_BYTES; at += PIECE_BYTES) framed.push(frame(bytes.subarray(at, at + PIECE_BYTES), PIECE))
      framed.push(frame(bytes.subarray(at), MESSAGE))
      while (!ended && onTheWay + costOf(bytes) > WINDOW_BYTES) await new Promise<void>((resolve) => (wake = resolve))
      if (ended || stream.status !== 'open') return false
      onTheWay += costOf(bytes)
      try {
        for (const one of framed) await send(stream, one, STREAM_STALL_MS)
        return true
      } catch {
        end('It takes no messages')
        return false
      }
    },
    receive() {
      const next = unread.shift()
      if (next !== undefined) return Promise.resolve(handOver(next))
      return ended ? Promise.resolve(undefined) : new Promise((resolve) => (reader = resolve))
    },
    close() {
      unread.length = 0
      end('Closed')
    },
  }
}

/** An empty message is not for nothing. */
const costOf = ({ length }: Uint8Array): number => length + 1

function joined(pieces: readonly Uint8Array[], last: Uint8Array): Uint8Array {
  if (pieces.length === 0) return last
  const bytes = new Uint8Array(pieces.length * PIECE_BYTES + last.length)
  pieces.forEach((piece, i) => bytes.set(piece, i * PIECE_BYTES))
  bytes.set(last, pieces.length * PIECE_BYTES)
  return bytes
}
