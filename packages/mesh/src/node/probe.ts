// A peer that dials addresses to see whether they work, and has nothing else to do with a mesh. Unlike everybody else it dials
// whatever it is given: its user names the addresses.

import { generateKeyPair } from '@libp2p/crypto/keys'
import { noise } from '@libp2p/noise'
import { ping, type Ping } from '@libp2p/ping'
import { webRTCDirect } from '@libp2p/webrtc'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import type { Libp2p } from '@libp2p/interface'
import { endNode } from '../end-node.ts'
import { NODE_INFO } from '../member-node.ts'
import { holdNativeThreads } from './native-threads.ts'
import type { ListeningTransport } from './relay-options.ts'

export interface Probe {
  /**
   * Connects over the transport that the address names, hears an answer and hangs up.
   * @param address a multiaddr, with `/p2p/…` of who must answer
   * @returns the time until the connection stood, ms
   * @throws Error of libp2p or of the transport when it does not work, AbortError or TimeoutError as `signal` says
   */
  dial(address: string, signal: AbortSignal): Promise<number>
  close(): Promise<void>
}

/** @param webTransport one that can dial. @default no WebTransport */
export async function openProbe(webTransport?: ListeningTransport): Promise<Probe> {
  const node = await createLibp2p({
    privateKey: await generateKeyPair('Ed25519'),
    nodeInfo: NODE_INFO,
    transports: [webSockets(), webRTCDirect({ rtcConfiguration: { iceServers: [] } }), ...(webTransport === undefined ? [] : [webTransport])],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    connectionManager: { reconnectRetries: 0 },
    services: { ping: ping() },
  }) as unknown as Libp2p<{ ping: Ping }>
  const release = holdNativeThreads()
  return {
    async dial(address, signal) {
      const from = performance.now()
      const connection = await node.dial(multiaddr(address), { signal, force: true })
      const took = performance.now() - from
      try {
        await node.services.ping.ping(connection.remotePeer, { signal })
      } finally {
        await connection.close({ signal }).catch(() => connection.abort(new Error('The probe hangs up')))
      }
      return took
    },
    async close() {
      await endNode(node)
      release()
    },
  }
}
