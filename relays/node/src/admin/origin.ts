// Where a request really came from, and whether others could read it on its way: the admin token must not travel in the open.

import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { createPrefixSet } from '@megabrain/mesh/node'

export interface Origin {
  /** IP address; of who asked the reverse proxy, when one on this machine says so. */
  readonly ip: string
  /** Over loopback without a proxy, over TLS, or over TLS up to a proxy on this machine. */
  readonly isPrivate: boolean
}

const isLoopback = createPrefixSet(['127.0.0.0/8', '::1'])

export function originOf(request: Pick<IncomingMessage, 'headers' | 'socket'>): Origin {
  const ip = request.socket.remoteAddress ?? ''
  if ((request.socket as { encrypted?: boolean }).encrypted === true) return { ip, isPrivate: true }
  if (!isLoopback(ip)) return { ip, isPrivate: false }
  const { forwarded, 'x-forwarded-for': forwardedFor, 'x-forwarded-proto': proto } = request.headers
  if (forwarded === undefined && forwardedFor === undefined) return { ip, isPrivate: true }
  // The last one is the proxy's own word; whatever stands before it, the client may have written.
  const client = String(forwardedFor ?? '').split(',').at(-1)?.trim() ?? ''
  return { ip: isIP(client) === 0 ? ip : client, isPrivate: String(proto ?? '').split(',').at(-1)?.trim() === 'https' }
}
