// Long-lived streams over a member of the memory network: numbered conversations, a first byte that says what a piece is, and
// a receipt for each message read, so that who sends is held back here as by a real stream.

import { MAX_STREAM_MESSAGE_BYTES } from '../limits.ts'
import type { Neighbour, PeerId, PeerStream, Streams } from '../ports.ts'
import type { MemoryMember } from './memory-network.ts'

const [OPEN, OPENED, MESSAGE, READ, END] = [0, 1, 2, 3, 4]
/** Messages on their way or unread before `send` waits. */
const WINDOW = 4
/** Kind, whether the sender opened it, number. */
const HEADER_BYTES = 6

interface Conversation {
  readonly stream: PeerStream
  readonly opened: ((stream: PeerStream | undefined) => void) | undefined
  take(kind: number, content: Uint8Array): void
  end(): void
}

export interface MemoryStreams {
  readonly streams: Streams
  arrived(from: PeerId, bytes: Uint8Array): void
  /** Ends those with whom there is no link any more. */
  keepTo(neighbours: readonly Neighbour[]): void
}

export function createMemoryStreams(member: MemoryMember): MemoryStreams {
  const conversations = new Map<string, Conversation>()
  let listener: ((stream: PeerStream) => void) | undefined
  let opened = 0

  function converse(peer: PeerId, number: number, isOurs: boolean, whenOpened?: (stream: PeerStream | undefined) => void): Conversation {
    const key = `${peer} ${isOurs} ${number}`
    const unread: Uint8Array[] = []
    let [onTheWay, ended] = [0, false]
    let reader: ((bytes: Uint8Array | undefined) => void) | undefined
    let writer: ((sent: boolean) => void) | undefined
    const say = (kind: number, content: Uint8Array = new Uint8Array()): void => member.stream(peer, piece(kind, isOurs, number, content))
    const conversation: Conversation = {
      opened: whenOpened,
      stream: {
        peer,
        send(bytes) {
          if (bytes.length > MAX_STREAM_MESSAGE_BYTES) throw new RangeError(`A message has at most ${MAX_STREAM_MESSAGE_BYTES} bytes, got ${bytes.length}`)
          if (ended) return Promise.resolve(false)
          say(MESSAGE, bytes)
          onTheWay++
          return onTheWay < WINDOW ? Promise.resolve(true) : new Promise((resolve) => (writer = resolve))
        },
        receive() {
          const next = unread.shift()
          if (next !== undefined) say(READ)
          if (next !== undefined || ended) return Promise.resolve(next)
          return new Promise((resolve) => (reader = resolve))
        },
        close() {
          if (ended) return
          say(END)
          unread.length = 0
          conversation.end()
        },
      },
      take(kind, content) {
        if (kind === READ) {
          onTheWay--
          writer?.(true)
          writer = undefined
        } else if (reader !== undefined) {
          say(READ)
          reader(content)
          reader = undefined
        } else unread.push(content)
      },
      end() {
        ended = true
        conversations.delete(key)
        whenOpened?.(undefined)
        writer?.(false)
        reader?.(undefined)
      },
    }
    conversations.set(key, conversation)
    return conversation
  }

  return {
    streams: {
      open: (to, timeoutMs) => new Promise((resolve) => {
        if (!member.neighbours().some(({ peer }) => peer === to)) return resolve(undefined)
        const conversation = converse(to, opened, true, resolve)
        member.stream(to, piece(OPEN, true, opened++, new Uint8Array()))
        let isOpen = false
        const { opened: told } = conversation
        conversations.set(`${to} true ${opened - 1}`, { ...conversation, opened: (stream) => {
          isOpen = true
          told?.(stream)
        } })
        member.after(timeoutMs, () => {
          if (!isOpen) conversation.end()
        })
      }),
      accept(next) {
        if (listener !== undefined) throw new RangeError('Streams have one listener at a time, and one is listening')
        listener = next
        return () => {
          if (listener === next) listener = undefined
        }
      },
    },
    arrived(from, bytes) {
      const kind = bytes[0]!
      const isOurs = bytes[1] === 0
      const number = new DataView(bytes.buffer, bytes.byteOffset).getUint32(2, true)
      const conversation = conversations.get(`${from} ${isOurs} ${number}`)
      if (kind === OPEN) {
        if (listener === undefined) return member.stream(from, piece(END, false, number, new Uint8Array()))
        member.stream(from, piece(OPENED, false, number, new Uint8Array()))
        listener(converse(from, number, false).stream)
      } else if (kind === OPENED) conversation?.opened?.(conversation.stream)
      else if (kind === END) conversation?.end()
      else conversation?.take(kind, bytes.slice(HEADER_BYTES))
    },
    keepTo(neighbours) {
      const here = new Set(neighbours.map(({ peer }) => peer))
      for (const { stream, end } of conversations.values()) if (!here.has(stream.peer)) end()
    },
  }
}

function piece(kind: number, isOurs: boolean, number: number, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + content.length)
  bytes[0] = kind
  bytes[1] = isOurs ? 1 : 0
  new DataView(bytes.buffer).setUint32(2, number, true)
  bytes.set(content, HEADER_BYTES)
  return bytes
}
