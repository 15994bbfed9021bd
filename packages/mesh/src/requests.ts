// The exchange's Requests: a request, its answer, and on the same stream perhaps the next. Bytes on the wire: a frame with the request;
// back, a frame with one status byte and the answer. Runs over any direct connection, never over a circuit.

import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { MAX_REQUEST_BYTES, type PeerId, type RequestResult, type Requests } from '@megabrain/exchange'
import { frame, readFrames, send, type FrameResult } from './frame.ts'
import { MAX_OWN_REQUESTS_PER_PEER, MAX_REQUESTS, MAX_REQUESTS_PER_PEER, NEXT_REQUEST_MS, REQUEST_ANSWER_MS, REQUEST_READ_MS } from './limits.ts'
import { closeStream, createSpareStreams, type AskingStream } from './spare-streams.ts'
import { watchLinks } from './working-link.ts'

const ANSWERED = 0
const REFUSED = 1
const NOTHING = new Uint8Array()

type Answer = (from: PeerId, bytes: Uint8Array) => Promise<Uint8Array | undefined>

export interface RequestCounts {
  sent: number
  answered: number
  refused: number
  failed: number
}

export interface OpenRequests {
  readonly requests: Requests
  readonly counts: Readonly<RequestCounts>
}

export interface RequestBounds {
  /** Requests answered at a time. @default MAX_REQUESTS */
  readonly most?: number
  /** Whether a peer may ask now. @default everybody may */
  admits?(from: PeerId): boolean
  /** Whether an answer of so many bytes may be sent now; if not, the request is refused. @default any may */
  affords?(bytes: number): boolean
}

/** Registers the protocol; must run before the node starts, so that the first identify message names it. */
export async function openRequests(node: Libp2p, protocol: string, { most = MAX_REQUESTS, admits = () => true, affords = () => true }: RequestBounds = {}): Promise<OpenRequests> {
  let server: Answer | undefined
  const serving = new Map<PeerId, number>()
  const asking = new Map<PeerId, number>()
  const linkTo = watchLinks(node)
  const spares = createSpareStreams()
  let servingAll = 0
  const counts: RequestCounts = { sent: 0, answered: 0, refused: 0, failed: 0 }

  async function serve(stream: Stream, connection: Connection): Promise<void> {
    const frames = readFrames(stream, MAX_REQUEST_BYTES)
    const from = connection.remotePeer.toString()
    try {
      for (let next: FrameResult | undefined; ;) {
        if (servingAll >= most || (serving.get(from) ?? 0) >= MAX_REQUESTS_PER_PEER || !admits(from)) {
          counts.refused++
          stream.abort(new Error('Too many requests at a time'))
          return
        }
        let isAnswered = false
        servingAll++
        add(serving, from, 1)
        try {
          next ??= await frames.next(REQUEST_READ_MS)
          if (!next.ok && (next.reason === 'closed' || next.reason === 'timeout')) throw new Error('The request did not arrive')
          isAnswered = await answer(stream, from, next)
        } finally {
          servingAll--
          add(serving, from, -1)
        }
        if (!isAnswered) break
        // Between two requests a stream takes nobody's turn.
        next = await frames.next(NEXT_REQUEST_MS)
        if (!next.ok && (next.reason === 'closed' || next.reason === 'timeout')) break
      }
      closeStream(stream)
    } catch (error) {
      counts.failed++
      stream.abort(error instanceof Error ? error : new Error(String(error)))
    }
  }

  /** @returns false for a refusal, after which the stream ends */
  async function answer(stream: Stream, from: PeerId, request: FrameResult): Promise<boolean> {
    const answering = request.ok ? server?.(from, request.value).catch(() => undefined) : undefined
    const made = answering === undefined ? undefined : await within(answering, REQUEST_ANSWER_MS)
    const content = made !== undefined && affords(made.length) ? made : undefined
    counts[content === undefined ? 'refused' : 'answered']++
    await send(stream, frame(content ?? NOTHING, content === undefined ? REFUSED : ANSWERED), REQUEST_READ_MS)
    return content !== undefined
  }

  await node.handle(protocol, (stream, connection) => void serve(stream, connection), {
    maxInboundStreams: MAX_REQUESTS_PER_PEER * 2,
    maxOutboundStreams: MAX_OWN_REQUESTS_PER_PEER,
    runOnLimitedConnection: false,
  })

  async function ask(connection: Connection, framed: Uint8Array, maxBytes: number, signal: AbortSignal): Promise<RequestResult> {
    const spare = spares.take(connection, maxBytes)
    // The other side may let go of it while we write: then nobody has seen the request.
    const result = spare === undefined ? undefined : await askOn(spare, connection, framed, signal).catch(() => undefined)
    if (result !== undefined || signal.aborted) return result ?? { ok: false, reason: 'timeout' }
    const stream = await connection.newStream(protocol, { signal, runOnLimitedConnection: false })
    const answered = await askOn({ stream, frames: readFrames(stream, maxBytes + 1), maxBytes }, connection, framed, signal)
    return answered ?? { ok: false, reason: connection.status === 'open' ? 'refused' : 'unreachable' }
  }

  /** @returns undefined when the stream ended without an answer */
  async function askOn(asking: AskingStream, connection: Connection, framed: Uint8Array, signal: AbortSignal): Promise<RequestResult | undefined> {
    const { stream, frames } = asking
    try {
      await send(stream, framed, signal)
      const answer = await frames.next(signal)
      if (!answer.ok) {
        stream.abort(new Error(`The answer is ${answer.reason}`))
        return answer.reason === 'timeout' || answer.reason === 'too-large' ? { ok: false, reason: answer.reason } : undefined
      }
      spares.keep(connection, asking)
      return answer.value[0] === ANSWERED ? { ok: true, value: answer.value.subarray(1) } : { ok: false, reason: 'refused' }
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error(String(error)))
      throw error
    }
  }

  const requests: Requests = {
    async request(to, bytes, { timeoutMs, maxBytes }) {
      if (bytes.length > MAX_REQUEST_BYTES) return { ok: false, reason: 'too-large' }
      const framed = frame(bytes) // before the first await: the bytes are the caller's again afterwards
      const connection = linkTo(to)
      if (connection === undefined) return { ok: false, reason: 'unreachable' }
      if ((asking.get(to) ?? 0) >= MAX_OWN_REQUESTS_PER_PEER) return { ok: false, reason: 'refused' }
      const signal = AbortSignal.timeout(timeoutMs)
      counts.sent++
      add(asking, to, 1)
      try {
        return await ask(connection, framed, maxBytes, signal)
      } catch (error) {
        if (signal.aborted) return { ok: false, reason: 'timeout' }
        const refused = error instanceof Error && error.name === 'UnsupportedProtocolError'
        return { ok: false, reason: refused ? 'refused' : 'unreachable' }
      } finally {
        add(asking, to, -1)
      }
    },
    serve(answer) {
      if (server !== undefined) throw new RangeError('Requests has one server at a time, and one is serving')
      server = answer
      return () => {
        if (server === answer) server = undefined
      }
    },
  }
  return { requests, counts }
}

function add(counters: Map<PeerId, number>, peer: PeerId, change: number): void {
  const count = (counters.get(peer) ?? 0) + change
  if (count === 0) counters.delete(peer)
  else counters.set(peer, count)
}

/** @returns undefined when the answer takes longer than `ms` */
async function within<T>(answer: Promise<T | undefined>, ms: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
