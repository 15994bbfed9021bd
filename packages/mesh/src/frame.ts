// Length-prefixed frames on a libp2p stream: an unsigned varint and that many bytes. Apart from libp2p's own reader because
// this one enforces each frame's limit while bytes arrive, never throws for what a peer does, and holds the peer back.

import type { Stream } from '@libp2p/interface'
import { Uint8ArrayList } from 'uint8arraylist'

export type FrameFailure = 'too-large' | 'malformed' | 'closed' | 'timeout'
export type FrameResult = { readonly ok: true; readonly value: Uint8Array } | { readonly ok: false; readonly reason: FrameFailure }

export interface FrameReader {
  /**
   * The next frame. One call at a time. After a failure every later call fails the same way.
   * @param patience milliseconds, or what ends the wait. A timer of its own is gone with the call, where one of `AbortSignal.timeout` stays
   * for its whole time: a relay has thousands of such waits
   */
  next(patience?: AbortSignal | number): Promise<FrameResult>
}

/** Four bytes hold 2^28 - 1, far above every limit here. */
const MAX_PREFIX_BYTES = 4
/** What may wait unread beyond one whole frame, bytes: a muxer's or data channel's message. */
const SLACK_BYTES = 65_536

/**
 * Must be called in the same turn as the stream's arrival, or libp2p buffers (at most 4 MiB, then it resets the stream).
 * @param maxBytes of one frame's content
 */
export function readFrames(stream: Stream, maxBytes: number): FrameReader {
  const unread = new Uint8ArrayList()
  let failure: FrameFailure | undefined
  let ended = false
  let wake: (() => void) | undefined

  stream.addEventListener('message', (event) => {
    if (failure !== undefined) return
    unread.append(event.data)
    if (unread.byteLength > maxBytes + SLACK_BYTES && stream.readStatus === 'readable') stream.pause()
    wake?.()
  })
  const end = (): void => {
    ended = true
    wake?.()
  }
  stream.addEventListener('remoteCloseWrite', end)
  stream.addEventListener('close', end)
  if (stream.status !== 'open') ended = true

  function fail(reason: FrameFailure): FrameResult {
    failure = reason
    unread.consume(unread.byteLength)
    return { ok: false, reason }
  }

  function take(): FrameResult | undefined {
    let length = 0
    let prefix = 0
    for (;;) {
      if (prefix === MAX_PREFIX_BYTES) return fail('malformed')
      if (prefix === unread.byteLength) return undefined
      const byte = unread.get(prefix)
      length += (byte & 0x7f) * 2 ** (7 * prefix)
      prefix++
      if (byte < 0x80) break
    }
    if (length > maxBytes) return fail('too-large')
    if (unread.byteLength < prefix + length) return undefined
    const value = unread.slice(prefix, prefix + length)
    unread.consume(prefix + length)
    return { ok: true, value }
  }

  return {
    async next(patience) {
      const signal = typeof patience === 'number' ? undefined : patience
      let isLate = signal?.aborted ?? false
      const giveUp = (): void => {
        isLate = true
        wake?.()
      }
      const timer = typeof patience === 'number' ? setTimeout(giveUp, patience) : undefined
      signal?.addEventListener('abort', giveUp)
      try {
        for (;;) {
          if (failure !== undefined) return { ok: false, reason: failure }
          const frame = take()
          if (frame !== undefined) return frame
          if (ended) return fail('closed')
          if (isLate) return fail('timeout')
          if (stream.readStatus === 'paused') {
            stream.resume() // hands over what has waited, at once: perhaps a whole frame
            continue
          }
          await new Promise<void>((resolve) => { wake = resolve })
          wake = undefined
        }
      } finally {
        clearTimeout(timer)
        signal?.removeEventListener('abort', giveUp)
      }
    },
  }
}

/** @returns `content` behind its length, with `lead` as its first byte where that is given */
export function frame(content: Uint8Array, lead?: number): Uint8Array {
  const prefix: number[] = []
  for (let rest = content.length + (lead === undefined ? 0 : 1); ; rest >>>= 7) {
    if (rest < 0x80) {
      prefix.push(rest)
      break
    }
    prefix.push((rest & 0x7f) | 0x80)
  }
  if (lead !== undefined) prefix.push(lead)
  const bytes = new Uint8Array(prefix.length + content.length)
  bytes.set(prefix)
  bytes.set(content, prefix.length)
  return bytes
}

/** Sends all of `bytes` or throws: when the stream ends, or patience (ms, or a signal) does while the peer does not read. */
export async function send(stream: Stream, bytes: Uint8Array, patience: AbortSignal | number): Promise<void> {
  if (stream.send(bytes)) return
  await stream.onDrain({ signal: typeof patience === 'number' ? AbortSignal.timeout(patience) : patience })
}
