// A member's side of introductions with one relay: joins the realm, asks for peers while there are too few neighbours, and
// tells by the relay's silence when the connection is dead although nothing closed it.

import type { Connection } from '@libp2p/interface'
import { SLEPT_MS, type PeerId } from '@megabrain/exchange'
import { frame, readFrames } from '../frame.ts'
import { MAX_INTRODUCED, MAX_INTRODUCTION_BYTES } from '../limits.ts'
import { INTRODUCTION_PROTOCOL } from '../names.ts'
import { CLOSING, decodeIntroduction, encodeJoin } from './messages.ts'

export interface AskerOptions {
  readonly realm: string
  /** How many more neighbours are wanted now. */
  readonly want: () => number
  /** @returns whether any of them was new */
  readonly onIntroduced: (peers: readonly PeerId[]) => boolean
  /** Records of other relays, unchecked. */
  readonly onRelays: (records: readonly Uint8Array[]) => void
  readonly onRefused: (refusal: number) => void
  /** The relay closes and asks to come back after so many milliseconds. */
  readonly onClosing: (returnMs: number) => void
  /** How often this machine has woken or changed its network: after each time the relay must show that it is still there. */
  readonly wakings: () => number
}

/** How often to ask while neighbours are wanted, ms. */
const ASK_MS = 4_000
/** And how often at least, when the relay knows nobody new: newcomers are told of without being asked for. */
const SELDOM_ASK_MS = 16_000
/** How often to show that we are alive otherwise, ms. */
const ALIVE_MS = 45_000
/** How long the relay may owe an answer, ms. Hidden tabs notice late; that errs on the patient side. */
const ANSWER_MS = 30_000
/** And after a waking, when the connection has likely died. */
const WOKEN_ANSWER_MS = 8_000
const OPEN_MS = 10_000

/**
 * Runs until the stream ends or the relay owes an answer for too long.
 * @returns why it ended: `silent` means that the connection is dead
 */
export async function askForIntroductions(connection: Connection, options: AskerOptions, stop: AbortSignal): Promise<'ended' | 'silent'> {
  const stream = await connection.newStream(INTRODUCTION_PROTOCOL, { signal: AbortSignal.any([stop, AbortSignal.timeout(OPEN_MS)]) })
  const frames = readFrames(stream, MAX_INTRODUCTION_BYTES)
  let askedAt = 0
  let owedSince: number | undefined
  let silent = false
  let lookedAt = Date.now()
  let wakings = options.wakings()
  let patienceMs = ANSWER_MS
  let askMs = ASK_MS
  let lastWant = 0
  /** Until when a relay without room asked us to wait. */
  let patientUntil = 0

  function ask(): void {
    const now = Date.now()
    const isAwake = options.wakings() === wakings && now - lookedAt < SLEPT_MS
    lookedAt = now
    if (!isAwake) {
      wakings = options.wakings()
      owedSince = undefined
      patienceMs = WOKEN_ANSWER_MS
      askedAt = 0
      patientUntil = 0
    }
    if (owedSince !== undefined && now - owedSince > patienceMs) {
      silent = true
      stream.abort(new Error('The relay does not answer'))
      return
    }
    if (now < patientUntil) return
    const want = Math.max(0, options.want())
    if (want > lastWant) askMs = ASK_MS
    lastWant = want
    if (now - askedAt < (want > 0 ? askMs : ALIVE_MS) || stream.writeStatus !== 'writable') return
    askedAt = now
    owedSince ??= now
    stream.send(frame(encodeJoin({ realm: options.realm, want: Math.min(MAX_INTRODUCED, want) })))
  }

  const timer = setInterval(ask, 1_000)
  const end = (): void => stream.abort(new Error('Closing'))
  stop.addEventListener('abort', end, { once: true })
  try {
    ask()
    for (;;) {
      const message = await frames.next()
      if (!message.ok) return silent ? 'silent' : 'ended'
      const introduction = decodeIntroduction(message.value)
      if (!introduction.ok) return 'ended'
      owedSince = undefined
      patienceMs = ANSWER_MS
      const { refusal, peers, relays, returnMs = 0 } = introduction.value
      if (relays.length > 0) options.onRelays(relays)
      if (refusal === CLOSING) {
        options.onClosing(returnMs)
        return 'ended'
      }
      patientUntil = refusal === 0 ? 0 : Date.now() + returnMs
      if (refusal !== 0) options.onRefused(refusal)
      else if (peers.length > 0) askMs = options.onIntroduced(peers) ? ASK_MS : Math.min(SELDOM_ASK_MS, askMs * 2)
    }
  } finally {
    clearInterval(timer)
    stop.removeEventListener('abort', end)
    stream.abort(new Error('The introduction ended'))
  }
}
