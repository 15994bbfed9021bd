// HTTP and WebSocket on one port. `@libp2p/websockets` owns its HTTP server and answers 400 to pages; this wraps its listener
// so that plain requests reach the app, upgrades reach libp2p, and both see the true remote address. It also starts Node's
// checks for slow requests, which run only in a server that listens itself, and libp2p's HTTP server never does.

import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Server as SocketServer, Socket } from 'node:net'
import type { Listener, Transport } from '@libp2p/interface'
import { webSockets } from '@libp2p/websockets'

export type OnHttp = (request: IncomingMessage, response: ServerResponse) => void

export interface SharedPortOptions {
  readonly onHttp: OnHttp
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
}

export interface SharedPort {
  readonly transport: ReturnType<typeof webSockets>
  readonly counts: Readonly<SharedPortCounts>
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
  readonly wsServer: { readonly options: { maxPayload?: number; verifyClient?: (info: unknown, accept: Accept) => void } }
  readonly http: Server | undefined
}

/** A WebSocket frame, bytes: yamux and noise stay below 64 KiB. ws would accept 100 MiB. */
const MAX_WEBSOCKET_FRAME_BYTES = 1_048_576
/** A whole request may take this many times as long as its headers. */
const REQUEST_TO_HEADERS = 1.5
/** Slow requests are looked for this many times within the time that headers may take. */
const CHECKS_PER_DEADLINE = 5
/** When to come back after a refusal that will pass, s. */
const RETRY_AFTER_S = 15
const COME_BACK = `HTTP/1.1 503 Service Unavailable\r\nRetry-After: ${RETRY_AFTER_S}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`

export function createSharedPort(options: SharedPortOptions): SharedPort {
  const sockets = new Set<Socket>()
  /** Sockets by `ip port`: as many as `sockets`. */
  const byRemote = new Map<string, Socket>()
  const counts: SharedPortCounts = { sockets: 0, httpRequests: 0, upgrades: 0, refusedSockets: 0 }
  const silent = new WeakMap<Socket, ReturnType<typeof setTimeout>>()
  const { headersMs } = options
  let listenError: unknown

  function admit(socket: Socket): void {
    const ip = socket.remoteAddress ?? ''
    const reason = options.arrived(ip)
    if (reason !== undefined) {
      counts.refusedSockets++
      // Who is banned hears nothing; others hear when to come back, in the one language that everybody speaks on this port.
      if (reason.startsWith('banned')) socket.destroy()
      else socket.on('error', () => {}).end(COME_BACK, () => socket.destroy())
      return
    }
    const remote = `${ip} ${socket.remotePort}`
    byRemote.set(remote, socket)
    sockets.add(socket)
    counts.sockets = sockets.size
    // libp2p waits for the first byte before it hands the socket to the HTTP server, which cannot watch it until then.
    silent.set(socket, setTimeout(() => socket.destroy(), headersMs))
    socket.once('close', () => {
      clearTimeout(silent.get(socket))
      sockets.delete(socket)
      if (byRemote.get(remote) === socket) byRemote.delete(remote)
      counts.sockets = sockets.size
      options.left(ip)
    })
  }

  /** Where IPv6 is listened on, IPv4 addresses look like `::ffff:192.0.2.1`. */
  const socketOf = (ip: string, port: number): Socket | undefined => byRemote.get(`${ip} ${port}`) ?? byRemote.get(`::ffff:${ip} ${port}`)

  function share(inside: ListenerInside): void {
    inside.wsServer.options.maxPayload = MAX_WEBSOCKET_FRAME_BYTES
    inside.http?.prependListener('connection', (socket) => clearTimeout(silent.get(socket)))
    inside.http?.removeAllListeners('request')
    inside.http?.on('request', (request, response) => {
      counts.httpRequests++
      options.onHttp(request, response)
    })
    inside.http?.prependListener('upgrade', () => void counts.upgrades++)
    inside.wsServer.options.verifyClient = (_, accept) => {
      if (options.isOverloaded()) accept(false, 503, 'Service Unavailable', { 'Retry-After': String(RETRY_AFTER_S) })
      else accept(true)
    }
    inside.http?.emit('listening') // starts the checks; closing the server ends them
  }

  return {
    counts,
    transport(components) {
      const transport = webSockets({
        http: {
          keepAliveTimeout: 5_000,
          maxHeaderSize: 16_384,
          headersTimeout: headersMs,
          requestTimeout: headersMs * REQUEST_TO_HEADERS,
          connectionsCheckingInterval: headersMs / CHECKS_PER_DEADLINE,
        },
      })(components)
      return new Proxy(transport, {
        get(target, key) {
          const value: unknown = Reflect.get(target, key)
          if (key === 'createListener') return (init: Parameters<Transport['createListener']>[0]) => wrap(target.createListener(init))
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
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
