// The transport: what libp2p asks for addresses to listen on and to dial.

import { InvalidParametersError, serviceCapabilities, transportSymbol, UnexpectedPeerError } from '@libp2p/interface'
import type {
  ComponentLogger, Connection, CreateListenerOptions, DialTransportOptions, Listener, Logger, PeerId, PrivateKey, Transport, Upgrader,
} from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import type { Multiaddr } from '@multiformats/multiaddr'
import { WebTransport } from '@multiformats/multiaddr-matcher'
import { dialTargetOf } from './address.ts'
import { loadBinding, type NativeSession } from './binding.ts'
import type { FlowLimits } from './flows.ts'
import { WebTransportListener } from './listener.ts'
import type { CertificateStore } from './rolling.ts'
import { connectionOver, muxerOver, streamOver } from './session.ts'

export interface WebTransportComponents {
  readonly peerId: PeerId
  readonly privateKey: PrivateKey
  readonly logger: ComponentLogger
  readonly upgrader: Upgrader
}

export interface WebTransportInit {
  /** Without one, certificates are new after every start, and addresses learned before are of no use. */
  readonly store?: CertificateStore
  /** Each overrides its default: see `DEFAULT_FLOW_LIMITS`. */
  readonly limits?: Partial<FlowLimits>
  /** Milliseconds since 1970: when certificates begin and end. @default Date.now */
  readonly now?: () => number
  /** How often to look whether a certificate's time is over, ms. @default 60_000 */
  readonly lookMs?: number
}

class WebTransportTransport implements Transport {
  readonly [Symbol.toStringTag] = '@megabrain/webtransport-listener'
  readonly [transportSymbol] = true
  readonly [serviceCapabilities]: string[] = ['@libp2p/transport']
  readonly #components: WebTransportComponents
  readonly #init: WebTransportInit
  readonly #log: Logger

  constructor(components: WebTransportComponents, init: WebTransportInit) {
    this.#components = components
    this.#init = init
    this.#log = components.logger.forComponent('libp2p:webtransport')
  }

  createListener(options: CreateListenerOptions): Listener {
    return new WebTransportListener(this.#components, this.#init, options)
  }

  listenFilter(addresses: Multiaddr[]): Multiaddr[] {
    return addresses.filter((address) => WebTransport.exactMatch(address))
  }

  dialFilter(addresses: Multiaddr[]): Multiaddr[] {
    return addresses.filter((address) => WebTransport.exactMatch(address) && address.getComponents().some(({ name }) => name === 'certhash'))
  }

  async dial(address: Multiaddr, options: DialTransportOptions): Promise<Connection> {
    const { signal } = options
    signal.throwIfAborted()
    const { url, certhashes, remotePeer } = dialTargetOf(address)
    const client = loadBinding().NapiClient.withCertificateHashes(certhashes.map((hash) => Buffer.from(hash.subarray(2))))
    const session = await abortable(client.connect(url), signal)
    const end = (): void => session.close(1, 'aborted')
    signal.addEventListener('abort', end, { once: true })
    try {
      const authenticated = await this.#authenticate(session, certhashes, options)
      if (remotePeer !== undefined && !remotePeer.equals(authenticated)) throw new UnexpectedPeerError(`${url} is not ${remotePeer}`)
      const connection = connectionOver({ session, remoteAddr: address, direction: 'outbound', log: this.#log.newScope('connection') })
      return await options.upgrader.upgradeOutbound(connection, {
        ...options, skipEncryption: true, skipProtection: true, remotePeer: authenticated, muxerFactory: muxerOver(session),
      })
    } catch (error) {
      end()
      throw error
    } finally {
      signal.removeEventListener('abort', end)
    }
  }

  async #authenticate(session: NativeSession, certhashes: readonly Uint8Array[], { signal }: DialTransportOptions): Promise<PeerId> {
    const handshake = streamOver(await session.openBi(), 'outbound', this.#log, 'handshake')
    const { remoteExtensions, remotePeer } = await noise()(this.#components)
      .secureOutbound(handshake, { signal, skipStreamMuxerNegotiation: true })
    await handshake.close({ signal })
    const offered = (remoteExtensions?.webtransportCerthashes ?? []).map((hash) => Buffer.from(hash).toString('hex'))
    // Else somebody between could have added the hash of a certificate of their own to the address.
    if (!certhashes.every((hash) => offered.includes(Buffer.from(hash).toString('hex')))) {
      throw new InvalidParametersError('The certificate hashes of the address are not all the peer\'s own')
    }
    return remotePeer
  }
}

/** A session that is ready after nobody waits for it is closed. */
function abortable(connecting: Promise<NativeSession>, signal: AbortSignal): Promise<NativeSession> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => {
      connecting.then((session) => session.close(1, 'aborted'), () => undefined)
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', aborted, { once: true })
    connecting.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted))
  })
}

/**
 * WebTransport for a js-libp2p node on Node: listens on `/ip4/…/udp/…/quic-v1/webtransport` and dials such addresses, certhashes
 * included (libp2p's specification of WebTransport, r0). Making it needs nothing; listening and dialling need the native binding.
 */
export function webTransport(init: WebTransportInit = {}): (components: WebTransportComponents) => Transport {
  return (components) => new WebTransportTransport(components, init)
}
