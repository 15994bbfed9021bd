// HTTP and WebSocket on one port, over TLS where there is a certificate. `@libp2p/websockets` owns its HTTP server and answers
// 400 to pages; this wraps its listener so that plain requests reach the app, upgrades reach libp2p, and both see the true
// remote address. It also starts Node's checks for slow requests, which run only in a server that listens itself, and libp2p's never does.

import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import type { Server as SocketServer, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Listener } from '@libp2p/interface'
import { webSockets } from '@libp2p/websockets'
import { createForwardedAddress } from './forwarded-address.ts'
import { withListener } from './with-listener.ts'

export type OnHttp = (request: IncomingMessage, response: ServerResponse) => void

/** A certificate with its chain, and its key, in PEM. */
export interface TlsCertificate {
  readonly cert: string
  readonly key: string
}

export interface SharedPortOptions {
  readonly onHttp: OnHttp
  /** With one the port speaks TLS only. */
  readonly tls?: TlsCertificate
  /** Addresses and subnets of reverse proxies, whose word about the remote address counts. @default none */
  readonly trustedProxies?: readonly string[]
  /** Why a socket of this address may not stay; undefined when it may, and `left` is called when it goes. */
  readonly arrived: (ip: string) => string | undefined
  readonly left: (ip: string) => void
  /** Whether WebSockets are refused for now, which HTTP can say. */
  readonly isOverloaded: () => boolean
  /** How long a socket may take to send its first byte, and the headers of each request, ms. */
  readonly headersMs: number
}

export interface SharedPortCounts {
  sockets: number
  httpRequests: number
  upgrades: number
  refusedSockets: number
  /** Requests that came before the ones ahead of them on their socket were answered. */
  refusedRequests: number
  /** WebSockets that sent what is no WebSocket frame, or more or in smaller pieces than we take. */
  malformedWebSockets: number
}

export interface SharedPort {
  readonly transport: ReturnType<typeof webSockets>
  readonly counts: Readonly<SharedPortCounts>
  /** For handshakes from now on; what is open stays. Does nothing without `tls`. @throws Error when the two do not belong together */
  setCertificate(certificate: TlsCertificate): void
  /** No socket that arrives from now on is taken. */
  refuseNew(): void
  /** Why the port cannot be listened on: Node's own error, which libp2p only logs. */
  listenError(): unknown
  /** @returns what went through the socket of this address and port, bytes, as the network saw it */
  traffic(ip: string, port: number): { readonly read: number; readonly written: number } | undefined
  /** Ends the socket of this address and port, if there is one. */
  endSocket(ip: string, port: number): void
  /** Ends the sockets whose address is one of those. */
  endSocketsOf(isEnded: (ip: string) => boolean): void
  /** Ends every socket, also those that never sent a byte: libp2p's listener would wait for them for ever. */
  endSockets(): void
}

type Accept = (isAccepted: boolean, code?: number, message?: string, headers?: Readonly<Record<string, string>>) => void

/** The parts of libp2p's WebSocketListener that are private in its types; versions are pinned, and the tests watch them. */
interface ListenerInside {
  readonly server: SocketServer
  readonly wsServer: {
    readonly options: {
      maxPayload?: number
      maxFragments?: number
      maxBufferedChunks?: number
      verifyClient?: (info: unknown, accept: Accept) => void
    }
    handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, done: (webSocket: ServerWebSocket, request: IncomingMessage) => void): void
  }
  readonly http: Server | undefined
  readonly https: SecureServer | undefined
}

/** Of ws, as far as it matters here. */
interface ServerWebSocket {
  on(event: 'error', listener: () => void): void
  close(code?: number, reason?: string): void
  terminate(): void
}

/** "Must not be set as a status code in a Close control frame" (RFC 6455, 7.4.1). */
const ABNORMAL_CLOSURE = 1006

/** A WebSocket frame, bytes: yamux and noise stay below 64 KiB. ws would accept 100 MiB. */
const MAX_WEBSOCKET_FRAME_BYTES = 1_048_576
/** Pieces of one message, each of which costs hundreds of bytes however small it is. ws would hold 16,384 of them for each socket. */
const MAX_FRAGMENTS = 64
/** Reads from the network that make one frame: a full one in TCP's smallest usual segments has 1,957. ws would hold 262,144. */
const MAX_CHUNKS = 4_096
/** Requests of one socket that wait for their answer. */
const MAX_UNANSWERED = 8
/** A whole request may take this many times as long as its headers. */
const REQUEST_TO_HEADERS = 1.5
/** Slow requests are looked for this many times within the time that headers may take. */
const CHECKS_PER_DEADLINE = 5
/** When to come back after a refusal that will pass, s. */
const RETRY_AFTER_S = 15
const COME_BACK = `HTTP/1.1 503 Service Unavailable\r\nRetry-After: ${RETRY_AFTER_S}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`

export function createSharedPort(options: SharedPortOptions): SharedPort {
  const sockets = new Set<Socket>()
  /** Sockets by `ip port`: as many as `sockets`, and those that proxies opened for others twice. */
  const byRemote = new Map<string, Socket>()
  const counts: SharedPortCounts = { sockets: 0, httpRequests: 0, upgrades: 0, refusedSockets: 0, refusedRequests: 0, malformedWebSockets: 0 }
  const silent = new WeakMap<Socket, ReturnType<typeof setTimeout>>()
  const unanswered = new WeakMap<Socket, number>()
  const { headersMs } = options
  const forwarded = createForwardedAddress(options.trustedProxies ?? [])
  let secure: SecureServer | undefined
  let takesNew = true
  let listenError: unknown

  /** Has the socket counted as one of `ip` until it closes; ends it when that may have no more. */
  function charge(socket: Socket, ip: string): boolean {
    const reason = options.arrived(ip)
    if (reason !== undefined) {
      counts.refusedSockets++
      // Who is banned hears nothing; others hear when to come back, in the one language that everybody speaks on this port.
      if (reason.startsWith('banned') || options.tls !== undefined) socket.destroy()
      else socket.on('error', () => {}).end(COME_BACK, () => socket.destroy())
      return false
    }
    const remote = `${ip} ${socket.remotePort}`
    byRemote.set(remote, socket)
    socket.once('close', () => {
      if (byRemote.get(remote) === socket) byRemote.delete(remote)
      options.left(ip)
    })
    return true
  }

  function admit(socket: Socket): void {
    if (!takesNew) return void socket.destroy()
    const ip = socket.remoteAddress ?? ''
    // A proxy's sockets are charged to those for whom it opens a WebSocket.
    if (!forwarded.isProxy(ip) && !charge(socket, ip)) return
    sockets.add(socket)
    counts.sockets = sockets.size
    // libp2p waits for the first byte before it hands the socket to the HTTP server, which cannot watch it until then.
    silent.set(socket, setTimeout(() => socket.destroy(), headersMs))
    socket.once('close', () => {
      clearTimeout(silent.get(socket))
      sockets.delete(socket)
      counts.sockets = sockets.size
    })
  }

  /** Where IPv6 is listened on, IPv4 addresses look like `::ffff:192.0.2.1`. */
  const socketOf = (ip: string, port: number): Socket | undefined => byRemote.get(`${ip} ${port}`) ?? byRemote.get(`::ffff:${ip} ${port}`)

  /** Browsers wait for an answer before they ask again on the same socket; Node would prepare any number of answers at once. */
  function mayAnswer(socket: Socket, response: ServerResponse): boolean {
    const owed = (unanswered.get(socket) ?? 0) + 1
    if (owed > MAX_UNANSWERED) {
      counts.refusedRequests++
      socket.destroy()
      return false
    }
    unanswered.set(socket, owed)
    response.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1))
    return true
  }

  function upgrade(request: IncomingMessage, socket: Socket): void {
    counts.upgrades++
    if (!forwarded.isProxy(socket.remoteAddress ?? '')) return
    const ip = forwarded.clientOf(request)
    // libp2p reads it here, for its own budgets and for the connection's address; a socket that is ended it lets go.
    if (charge(socket, ip)) Object.defineProperty(socket, 'remoteAddress', { value: ip })
  }

  function share(inside: ListenerInside): void {
    const { wsServer } = inside
    Object.assign(wsServer.options, { maxPayload: MAX_WEBSOCKET_FRAME_BYTES, maxFragments: MAX_FRAGMENTS, maxBufferedChunks: MAX_CHUNKS })
    const handleUpgrade = wsServer.handleUpgrade.bind(wsServer)
    wsServer.handleUpgrade = (request, socket, head, done) => handleUpgrade(request, socket, head, (webSocket, from) => {
      // libp2p listens for no errors of a WebSocket, so that one broken frame of anybody would end the process.
      webSocket.on('error', () => {
        counts.malformedWebSockets++
        webSocket.terminate()
      })
      // To abort a connection libp2p closes it with a code that ws refuses to send, and the socket would stay open.
      const close = webSocket.close.bind(webSocket)
      webSocket.close = (code, ...reason) => (code === ABNORMAL_CLOSURE ? webSocket.terminate() : close(code, ...reason))
      done(webSocket, from)
    })
    wsServer.options.verifyClient = (_, accept) => {
      if (options.isOverloaded()) accept(false, 503, 'Service Unavailable', { 'Retry-After': String(RETRY_AFTER_S) })
      else accept(true)
    }
    secure = inside.https
    const server = inside.https ?? inside.http
    if (server === undefined) return
    server.prependListener('connection', (socket: Socket) => clearTimeout(silent.get(socket)))
    server.removeAllListeners('request')
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      counts.httpRequests++
      if (mayAnswer(request.socket, response)) options.onHttp(request, response)
    })
    server.prependListener('upgrade', upgrade)
    server.emit('listening') // starts the checks; closing the server ends them
  }

  return {
    counts,
    transport(components) {
      const http = {
        keepAliveTimeout: 5_000,
        maxHeaderSize: 16_384,
        headersTimeout: headersMs,
        requestTimeout: headersMs * REQUEST_TO_HEADERS,
        connectionsCheckingInterval: headersMs / CHECKS_PER_DEADLINE,
      }
      const https = { ...http, ...options.tls, handshakeTimeout: headersMs, ALPNProtocols: ['http/1.1'] }
      return withListener(webSockets({ http, https })(components), wrap)
    },
    setCertificate: (certificate) => secure?.setSecureContext(certificate),
    refuseNew() {
      takesNew = false
    },
    listenError: () => listenError,
    endSocket: (ip, port) => void socketOf(ip, port)?.destroy(),
    traffic(ip, port) {
      const socket = socketOf(ip, port)
      return socket === undefined ? undefined : { read: socket.bytesRead, written: socket.bytesWritten }
    },
    endSocketsOf(isEnded) {
      for (const socket of sockets) if (isEnded(socket.remoteAddress ?? '')) socket.destroy()
    },
    endSockets() {
      for (const socket of sockets) socket.destroy()
    },
  }

  function wrap(listener: Listener): Listener {
    const inside = listener as unknown as ListenerInside
    inside.server.prependListener('connection', admit)
    const listen = listener.listen.bind(listener)
    listener.listen = async (address) => {
      try {
        await listen(address)
      } catch (error) {
        listenError = error
        throw error
      }
      share(inside)
    }
    return listener
  }
}
