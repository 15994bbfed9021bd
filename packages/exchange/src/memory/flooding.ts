// The plainest channel: what a member publishes or forwards goes to all its neighbours but the one it came from, once.
// What was seen is kept by message, not by member, so that ten thousand members cost no more than their bits.

import type { ChannelMedium, ChannelModel, Station } from './channel-model.ts'

/** How long a broadcast is remembered after it was last new to somebody, and waits for verdicts; gossipsub's seen time. */
const SEEN_MS = 120_000
/** Broadcasts remembered; the oldest goes first. */
const MAX_MESSAGES = 16_384

const UNSEEN = 0
const JUDGED = -1

interface Message {
  readonly id: string
  readonly bytes: Uint8Array
  /** By station: not seen, judged, or 1 + index of the neighbour that delivered it and waits for the verdict. */
  states: Int32Array
  freshAt: number
}

export function createFlooding(medium: ChannelMedium): ChannelModel {
  const messages = new Map<string, Message>()

  function messageOf(id: string, bytes: Uint8Array): Message {
    for (const [oldId, { freshAt }] of messages) {
      if (medium.now() - freshAt <= SEEN_MS && messages.size < MAX_MESSAGES) break
      messages.delete(oldId)
    }
    const known = messages.get(id)
    if (known !== undefined) return known
    const message = { id, bytes, states: new Int32Array(256), freshAt: medium.now() }
    messages.set(id, message)
    return message
  }

  /** Whether it was new to `station`. */
  function remember(message: Message, { index }: Station, state: number): boolean {
    if (index >= message.states.length) {
      const wider = new Int32Array(Math.max(index + 1, message.states.length * 2))
      wider.set(message.states)
      message.states = wider
    }
    if (message.states[index] !== UNSEEN) return false
    message.states[index] = state
    message.freshAt = medium.now()
    return true
  }

  function spread(message: Message, from: Station, except: number): void {
    const { bytes, states } = message
    for (const to of from.links.values()) {
      if (to.index === except) continue
      // Waves cross: half of all copies go to members that have it.
      if ((states[to.index] ?? UNSEEN) !== UNSEEN) medium.waste(bytes.length)
      else medium.carry(from, to, bytes.length, (again) => receive(message, from, to, again))
    }
  }

  function receive(message: Message, from: Station, to: Station, again: boolean): void {
    // A channel may duplicate: a second copy passes the memory of what was seen, but is no second right to forward.
    if (!remember(message, to, from.index + 1) && !again) return
    const { id, bytes } = message
    medium.deliver(to, { id, from: from.peer, bytes })
  }

  return {
    publish(from, id, bytes) {
      const message = messageOf(id, bytes)
      if (remember(message, from, JUDGED)) spread(message, from, UNSEEN - 1)
    },
    verdict(at, id, verdict) {
      const message = messages.get(id)
      const state = message?.states[at.index] ?? UNSEEN
      if (message === undefined || state <= UNSEEN) return
      message.states[at.index] = JUDGED
      if (verdict === 'forward') spread(message, at, state - 1)
    },
  }
}

