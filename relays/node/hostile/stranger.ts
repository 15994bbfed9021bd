// A libp2p peer that says what it is told to: no service of its own answers, and the bytes under its muxer can be reached.

import { noise } from '@libp2p/noise'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'
import type { Target } from './target.ts'

export type Connection = Awaited<ReturnType<Libp2p['dial']>>
export type Stream = Awaited<ReturnType<Connection['newStream']>>
type Beneath = Parameters<ReturnType<ReturnType<typeof yamux>>['createStreamMuxer']>[0]

export interface Stranger {
  readonly node: Libp2p
  readonly connection: Connection
  /** Writes beneath the muxer, inside the encryption; the relay reads it as frames of yamux. False: wait. */
  raw(bytes: Uint8Array): boolean
  open(protocol: string): Promise<Stream>
  close(): Promise<void>
}

export interface StrangerOptions {
  /** What it answers when it is asked who it is; nothing without this. */
  readonly identify?: (stream: Stream, node: Libp2p) => void
  /** Says during the handshake that this is its key. */
  readonly claimedKey?: { readonly type: 'RSA' | 'Ed25519' | 'secp256k1' | 'ECDSA'; readonly raw: Uint8Array }
}

const DIAL_MS = 10_000

/** @throws when the relay does not complete the handshake */
export async function openStranger(target: Target, options: StrangerOptions = {}): Promise<Stranger> {
  let beneath: Beneath | undefined
  const muxer = yamux()
  const { claimedKey, identify } = options
  const node = await createLibp2p({
    transports: [webSockets()],
    connectionEncrypters: [claimedKey === undefined ? noise() : (components) => noise()(withKey(components, claimedKey))],
    streamMuxers: [() => {
      const factory = muxer()
      const createStreamMuxer: typeof factory.createStreamMuxer = (connection) => {
        // The real one would hang up on itself for an answer to a ping that it did not send.
        return Object.assign(factory.createStreamMuxer(beneath = connection), { handlePingResponse: () => undefined })
      }
      return { protocol: factory.protocol, createStreamMuxer }
    }],
    connectionMonitor: { enabled: false },
  })
  if (identify !== undefined) await node.handle('/ipfs/id/1.0.0', (stream) => identify(stream, node))
  try {
    const connection = await node.dial(multiaddr(target.address), { signal: AbortSignal.timeout(DIAL_MS) })
    return {
      node,
      connection,
      raw: (bytes) => beneath!.send(bytes),
      open: (protocol) => connection.newStream(protocol, { signal: AbortSignal.timeout(DIAL_MS) }),
      close: async () => { await node.stop() },
    }
  } catch (error) {
    await node.stop()
    throw error
  }
}

type NoiseComponents = Parameters<ReturnType<typeof noise>>[0]

function withKey(components: NoiseComponents, { type, raw }: NonNullable<StrangerOptions['claimedKey']>): NoiseComponents {
  const privateKey = { type, publicKey: { type, raw }, sign: async () => new Uint8Array(64) } as unknown as NoiseComponents['privateKey']
  return new Proxy(components, { get: (all, key) => (key === 'privateKey' ? privateKey : Reflect.get(all, key) as unknown) })
}

/** Sends with regard for the reader, so that what grows is the relay and not the attacker. @returns how many were sent before the stream ended */
export async function pour(stream: Stream, chunks: Iterable<Uint8Array>, ms: number): Promise<number> {
  const signal = AbortSignal.timeout(ms)
  let sent = 0
  try {
    for (const chunk of chunks) {
      if (signal.aborted || stream.writeStatus !== 'writable') break
      if (!stream.send(chunk)) await stream.onDrain({ signal })
      sent++
    }
  } catch {
    // The relay ended the stream, or reads no more: both are answers to an attack.
  }
  return sent
}

/** How a stream ended within `ms`; `open` when it did not. */
export async function fateOf(stream: Stream, ms: number): Promise<string> {
  const end = Date.now() + ms
  while (stream.status === 'open' && stream.remoteWriteStatus === 'writable' && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20))
  return stream.status === 'open' ? (stream.remoteWriteStatus === 'writable' ? 'open' : 'closed') : stream.status
}
