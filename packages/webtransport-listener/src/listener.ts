// Listens: the public port, the endpoint behind it, the change of certificates, and what makes a session a libp2p connection (Noise
// on its first stream, then streams as they come).

import { TypedEventEmitter } from '@libp2p/interface'
import type { CreateListenerOptions, Listener, ListenerEvents, Logger } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { getNetConfig, getThinWaistAddresses } from '@libp2p/utils'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { WebTransport } from '@multiformats/multiaddr-matcher'
import { isSessionUrl, withCerthashes } from './address.ts'
import type { NativeRequest, NativeSession, NativeStream } from './binding.ts'
import { decodeCertificates, encodeCertificates, type Certificate } from './certificate.ts'
import { openEndpoint, type Endpoint } from './endpoint.ts'
import { DEFAULT_FLOW_LIMITS, openFlows, type Flows } from './flows.ts'
import { rollingAt, servesUntil, type Rolling } from './rolling.ts'
import { connectionOver, muxerOver, streamOver } from './session.ts'
import type { WebTransportComponents, WebTransportInit } from './transport.ts'

/** How often to look whether a certificate's time is over. */
const LOOK_MS = 60_000
/** The native server tells no remote address. */
const SOMEWHERE = multiaddr('/ip4/0.0.0.0/udp/0/quic-v1/webtransport')

export class WebTransportListener extends TypedEventEmitter<ListenerEvents> implements Listener {
  readonly #components: WebTransportComponents
  readonly #init: WebTransportInit
  readonly #upgrader: CreateListenerOptions['upgrader']
  readonly #log: Logger
  readonly #shutdown = new AbortController()
  readonly #sessions = new Set<NativeSession>()
  #address: Multiaddr | undefined
  #flows: Flows | undefined
  #rolling: Rolling | undefined
  /** Newest last; all but the last only keep what they have. */
  #endpoints: { readonly certificate: Certificate; readonly endpoint: Endpoint }[] = []
  #looking: ReturnType<typeof setInterval> | undefined

  constructor(components: WebTransportComponents, init: WebTransportInit, { upgrader }: CreateListenerOptions) {
    super()
    this.#components = components
    this.#init = init
    this.#upgrader = upgrader
    this.#log = components.logger.forComponent('libp2p:webtransport:listener')
  }

  /** @throws BindingUnavailableError where WebTransport cannot be had; Error when the port cannot */
  async listen(address: Multiaddr): Promise<void> {
    const { host, port } = getNetConfig(address)
    this.#address = address
    await this.#roll()
    const flows = await openFlows({ host, port: port ?? 0, limits: { ...DEFAULT_FLOW_LIMITS, ...this.#init.limits }, now: () => performance.now() })
    this.#flows = flows
    await this.#serve(this.#rolling!.current)
    this.#looking = setInterval(() => void this.#look(), this.#init.lookMs ?? LOOK_MS)
    this.#looking.unref()
    this.safeDispatchEvent('listening')
  }

  getAddrs(): Multiaddr[] {
    if (this.#flows === undefined || this.#address === undefined) return []
    return getThinWaistAddresses(this.#address, this.#flows.port).map((address) => this.#complete(address.encapsulate('/quic-v1/webtransport')))
  }

  updateAnnounceAddrs(addresses: Multiaddr[]): void {
    for (const [index, address] of addresses.entries()) {
      if (WebTransport.exactMatch(address) && !address.getComponents().some(({ name }) => name === 'certhash')) addresses[index] = this.#complete(address)
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#looking)
    this.#shutdown.abort()
    for (const session of this.#sessions) session.close(0, '')
    await Promise.all(this.#endpoints.map(({ endpoint }) => endpoint.close()))
    this.#endpoints = []
    await this.#flows?.close()
    this.#flows = undefined
    this.safeDispatchEvent('close')
  }

  #complete(address: Multiaddr): Multiaddr {
    const { current, next } = this.#rolling!
    return withCerthashes(address, [current.multihash, next.multihash])
  }

  #now(): number {
    return (this.#init.now ?? Date.now)()
  }

  async #roll(): Promise<void> {
    const { store } = this.#init
    const kept = this.#rolling === undefined ? await store?.load() : undefined
    const known = this.#rolling === undefined ? (kept && decodeCertificates(kept)) ?? [] : certificatesOf(this.#rolling)
    this.#rolling = await rollingAt(this.#now(), known)
    await store?.save(encodeCertificates(certificatesOf(this.#rolling)))
  }

  async #serve(certificate: Certificate): Promise<void> {
    const endpoint = await openEndpoint(certificate, (request) => void this.#admit(request))
    this.#endpoints.push({ certificate, endpoint })
    this.#flows?.leadTo(endpoint.port)
  }

  /** Moves on to the next certificate when its time has come, and ends endpoints that nobody uses any more. */
  async #look(): Promise<void> {
    try {
      const serving = this.#endpoints.at(-1)
      if (serving !== undefined && this.#now() >= servesUntil(serving.certificate)) {
        await this.#roll()
        await this.#serve(this.#rolling!.current)
        this.#log('moved on to the next certificate')
        this.safeDispatchEvent('listening')
      }
      const idle = this.#endpoints.slice(0, -1).filter(({ endpoint }) => this.#flows?.countOf(endpoint.port) === 0)
      this.#endpoints = this.#endpoints.filter((one) => !idle.includes(one))
      await Promise.all(idle.map(({ endpoint }) => endpoint.close()))
    } catch (error) {
      this.#log.error('could not change the certificate - %e', error)
    }
  }

  async #admit(request: NativeRequest): Promise<void> {
    const signal = this.#upgrader.createInboundAbortSignal(this.#shutdown.signal)
    let session: NativeSession | undefined
    try {
      if (!isSessionUrl(await request.url)) return await request.reject(404)
      session = await request.ok()
      this.#sessions.add(session)
      await this.#upgrade(session, signal)
    } catch (error) {
      this.#log.error('a session did not become a connection - %e', error)
      session?.close(1, 'upgrade failed')
    } finally {
      signal.clear()
      if (session !== undefined) this.#forgetLater(session)
    }
  }

  async #upgrade(session: NativeSession, signal: AbortSignal): Promise<void> {
    const first = await firstStream(session, signal)
    const handshake = streamOver(first, 'inbound', this.#log, 'handshake')
    const { previous, current, next } = this.#rolling!
    const webtransportCerthashes = [previous, current, next].flatMap((one) => one?.multihash ?? [])
    const { remotePeer } = await noise({ extensions: { webtransportCerthashes } })(this.#components)
      .secureInbound(handshake, { signal, skipStreamMuxerNegotiation: true })
    handshake.close({ signal }).catch(() => undefined)
    const connection = connectionOver({ session, remoteAddr: SOMEWHERE, direction: 'inbound', log: this.#log.newScope('connection') })
    await this.#upgrader.upgradeInbound(connection, { skipEncryption: true, skipProtection: true, remotePeer, muxerFactory: muxerOver(session), signal })
  }

  #forgetLater(session: NativeSession): void {
    const forget = (): void => void this.#sessions.delete(session)
    session.closed().then(forget, forget)
  }
}

function certificatesOf({ previous, current, next }: Rolling): readonly Certificate[] {
  return previous === undefined ? [current, next] : [previous, current, next]
}

async function firstStream(session: NativeSession, signal: AbortSignal): Promise<NativeStream> {
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('No stream was opened in time', { cause: signal.reason })), { once: true })
  })
  return Promise.race([session.acceptBi(), late])
}
