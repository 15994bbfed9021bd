// Carries membership messages: one long-lived stream to each neighbour, opened at the first message, and one from it. A stream
// per message would cost ten times its bytes. A message that cannot be sent at once is lost: the protocol reckons with loss.

import type { Libp2p, Stream } from '@libp2p/interface'
import { decodeMembership, encodeMembership, MAX_MEMBERSHIP_BYTES, type MembershipMessage, type PeerId } from '@megabrain/exchange'
import { frame, readFrames } from '../frame.ts'
import { watchLinks } from '../working-link.ts'

export interface Lines {
  send(to: PeerId, message: MembershipMessage): void
}

interface Line {
  stream: Stream | undefined
  /** What waits for the stream to open. */
  readonly waiting: Uint8Array[]
}

export interface LinesOptions {
  readonly onMessage: (from: PeerId, message: MembershipMessage) => void
  /** It is a member, but it speaks another release's protocol. */
  readonly onDeaf: (peer: PeerId) => void
}

const OPEN_MS = 5_000
const MAX_WAITING = 4

/** Must run before the node starts, so that the first identify message names the protocol. */
export async function openLines(node: Libp2p, protocol: string, options: LinesOptions): Promise<Lines> {
  /** Peers that we are connected to: a line ends with its connection. */
  const lines = new Map<PeerId, Line>()
  const linkTo = watchLinks(node)

  async function read(stream: Stream, from: PeerId): Promise<void> {
    const frames = readFrames(stream, MAX_MEMBERSHIP_BYTES)
    for (;;) {
      const next = await frames.next()
      if (!next.ok) break
      const message = decodeMembership(next.value)
      if (message.ok) options.onMessage(from, message.value)
      else if (message.reason !== 'unknown-version') break
    }
    stream.abort(new Error('The membership stream ended'))
  }

  async function open(to: PeerId, line: Line): Promise<void> {
    try {
      const connection = linkTo(to)
      if (connection === undefined) throw new Error('No direct connection')
      const stream = await connection.newStream(protocol, { signal: AbortSignal.timeout(OPEN_MS), runOnLimitedConnection: false })
      stream.addEventListener('close', () => {
        if (lines.get(to) === line) lines.delete(to)
      })
      line.stream = stream
      for (const bytes of line.waiting.splice(0)) stream.send(bytes)
    } catch (error) {
      if (lines.get(to) === line) lines.delete(to)
      line.stream?.abort(new Error('The membership stream failed'))
      if (error instanceof Error && error.name === 'UnsupportedProtocolError') options.onDeaf(to)
    }
  }

  await node.handle(protocol, (stream, connection) => void read(stream, connection.remotePeer.toString()), {
    maxInboundStreams: 2,
    maxOutboundStreams: 2,
    runOnLimitedConnection: false,
  })

  return {
    send(to, message) {
      const bytes = frame(encodeMembership(message))
      const line = lines.get(to)
      if (line === undefined) {
        const opening: Line = { stream: undefined, waiting: [bytes] }
        lines.set(to, opening)
        void open(to, opening)
      } else if (line.stream === undefined) {
        if (line.waiting.length < MAX_WAITING) line.waiting.push(bytes)
      } else if (line.stream.writeStatus === 'writable' && !line.stream.writableNeedsDrain) {
        line.stream.send(bytes)
      }
    },
  }
}
