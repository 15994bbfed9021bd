// Attacks beneath the protocols: on the handshake, on the muxer, on what a peer says about itself.

import { randomBytes } from 'node:crypto'
import { openStranger, pour, type Stranger, type StrangerOptions } from './stranger.ts'
import type { Target } from './target.ts'
import { field, framed, join, numberField, repeat, YAMUX, yamuxHeader } from './wire.ts'

const FLOOD_MS = 1_000
/** Bare headers that are sent in any case, more than the relay takes. */
const LEAST_HEADERS = 3_000
/** For the relay to end a connection that it should end, however busy the machine is. */
const END_MS = 10_000
/** To see whether it ends one that it may keep. */
const GLANCE_MS = 300
/** As libp2p's key protobuf names it. */
const ED25519 = 1
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Opens, attacks, closes. @returns whether the relay ended the connection */
async function withStranger(target: Target, patienceMs: number, attack: (stranger: Stranger) => Promise<void>): Promise<string> {
  const stranger = await openStranger(target)
  try {
    await attack(stranger)
    for (const end = Date.now() + patienceMs; Date.now() < end && stranger.connection.status === 'open';) await pause(20)
    return stranger.connection.status === 'open' ? 'kept' : 'disconnected'
  } finally {
    await stranger.close()
  }
}

/** Frames of yamux, `batch` at a time, for as long as the relay reads. */
async function flood(stranger: Stranger, frames: (at: number) => Uint8Array, count: number, batch = 100): Promise<void> {
  const end = Date.now() + FLOOD_MS
  const least = batch === 1 ? 0 : LEAST_HEADERS
  for (let at = 0; at < count && (at < least || Date.now() < end) && stranger.connection.status === 'open'; at += batch) {
    const flowing = stranger.raw(join(...Array.from({ length: batch }, (_, more) => frames(at + more))))
    await pause(flowing ? 0 : 10)
  }
}

/** Ours are odd; far above what the real muxer has in use. */
const streamNumber = (at: number): number => 10_001 + 2 * at

async function refusedKeys(target: Target, keys: readonly NonNullable<StrangerOptions['claimedKey']>[]): Promise<string> {
  let refused = 0
  for (const claimedKey of keys) {
    // An attacker's dial succeeds before the relay has judged it.
    const stranger = await openStranger(target, { claimedKey }).catch(() => undefined)
    for (let looks = 0; looks < 100 && stranger?.connection.status === 'open'; looks++) await pause(20)
    if (stranger?.connection.status !== 'open') refused++
    await stranger?.close()
  }
  return `${refused} of ${keys.length} refused`
}

const RSA_OID = Buffer.from('300d06092a864886f70d0101010500', 'hex')
/** DER whose lengths say more than there is: the first of the outer sequence, then of the bit string within. */
const lyingDer = [
  Buffer.from('308480000000', 'hex'),
  Buffer.from('30887fffffffffffffff', 'hex'),
  Buffer.from('30ff', 'hex'),
  join(Buffer.from('3082ffff', 'hex'), RSA_OID, Buffer.from('0384ffffffff00', 'hex')),
  join(Buffer.from('3020', 'hex'), RSA_OID, Buffer.from('030e003082ffff0284ffffffff', 'hex')),
]

export const streamAttacks: Readonly<Record<string, (target: Target) => Promise<string>>> = {
  'der-key-claims-gigabytes': (target) => refusedKeys(target, [
    ...lyingDer.map((raw) => ({ type: 'RSA', raw } as const)),
    { type: 'Ed25519', raw: new Uint8Array(31) },
    { type: 'secp256k1', raw: randomBytes(33) },
  ]),
  'streams-without-end': (target) => withStranger(target, END_MS, (stranger) => flood(stranger, (at) => yamuxHeader(YAMUX.window, YAMUX.syn, streamNumber(at), 0), 50_000)),
  'streams-opened-and-reset': (target) => withStranger(target, END_MS, (stranger) => flood(stranger, (at) => join(
    yamuxHeader(YAMUX.window, YAMUX.syn, streamNumber(at), 0), yamuxHeader(YAMUX.window, YAMUX.reset, streamNumber(at), 0)), 50_000)),
  'muxer-frame-claims-gigabytes': (target) => withStranger(target, END_MS, async (stranger) => {
    stranger.raw(join(yamuxHeader(YAMUX.window, YAMUX.syn, 10_001, 0), yamuxHeader(YAMUX.data, 0, 10_001, 0xffff_ffff)))
    await flood(stranger, () => new Uint8Array(60_000), 100, 1)
  }),
  'data-beyond-the-window': (target) => withStranger(target, GLANCE_MS, async (stranger) => {
    stranger.raw(yamuxHeader(YAMUX.window, YAMUX.syn, 10_001, 0))
    await flood(stranger, () => join(yamuxHeader(YAMUX.data, 0, 10_001, 50_000), new Uint8Array(50_000)), 400, 1)
  }),
  'windows-beyond-4-gib': (target) => withStranger(target, GLANCE_MS, (stranger) => flood(stranger, (at) => yamuxHeader(YAMUX.window, at === 0 ? YAMUX.syn : 0, 10_001, 0xffff_ffff), 20_000)),
  'muxer-pings': (target) => withStranger(target, END_MS, (stranger) => flood(stranger, (at) => yamuxHeader(YAMUX.ping, YAMUX.syn, 0, at), 100_000)),
  'unknown-muxer-frames': (target) => withStranger(target, END_MS, (stranger) => flood(stranger, () => randomBytes(12), 2_000)),
  'protocol-names-without-end': (target) => withStranger(target, GLANCE_MS, async (stranger) => {
    // Each stream negotiates by itself: a thousand names that the relay does not have.
    stranger.raw(yamuxHeader(YAMUX.window, YAMUX.syn, 10_001, 0))
    const names = join(framed(Buffer.from('/multistream/1.0.0\n')), repeat(framed(Buffer.from(`/${'n'.repeat(500)}\n`)), 100))
    await flood(stranger, () => join(yamuxHeader(YAMUX.data, 0, 10_001, names.length), names), 30, 1)
  }),
  'identify-with-27000-protocols': async (target) => {
    const names = join(...Array.from({ length: 2_600 }, (_, at) => field(3, String.fromCharCode(33 + (at % 90)))))
    for (let peer = 0; peer < 12; peer++) {
      const stranger = await openStranger(target, {
        identify(stream, node) {
          const key = field(1, join(numberField(1, ED25519), field(2, node.peerId.publicKey!.raw)))
          void pour(stream, Array.from({ length: 12 }, (_, at) => framed(join(at === 0 ? key : new Uint8Array(), names))), 2_000)
        },
      })
      await pause(60)
      await stranger.close()
    }
    return '12 peers told'
  },
  'identify-that-never-ends': async (target) => {
    const held = await Promise.all(Array.from({ length: 20 }, () => openStranger(target, {
      identify: (stream) => { stream.send(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x7f)) },
    })))
    await pause(500)
    await Promise.all(held.map((stranger) => stranger.close()))
    return '20 peers silent'
  },
}
