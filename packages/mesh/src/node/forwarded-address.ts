// Who is behind a reverse proxy: budgets per address need the visitor's address, and only a proxy that the operator named is believed.

import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { createPrefixSet, isIpPrefix, plainAddress } from './ip-prefix.ts'

export interface ForwardedAddress {
  /** Whether `ip` is one of the named proxies. */
  isProxy(ip: string): boolean
  /** The nearest address of `X-Forwarded-For` that is no named proxy; the proxy's own when the header names none. */
  clientOf(request: IncomingMessage): string
}

/** Proxies that stand in a row. */
const MAX_HOPS = 8

/** @param proxies IP addresses or subnets such as 10.0.0.0/8 @throws RangeError for anything else */
export function createForwardedAddress(proxies: readonly string[]): ForwardedAddress {
  const strange = proxies.find((proxy) => !isIpPrefix(proxy))
  if (strange !== undefined) throw new RangeError(`Not an address or subnet: ${strange}`)
  const isProxy = createPrefixSet(proxies)

  return {
    isProxy,
    clientOf(request) {
      const own = request.socket.remoteAddress ?? ''
      // Each hop adds at the end; what a visitor wrote into the header itself stands before that.
      const hops = [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',').slice(-MAX_HOPS).reverse()
      for (const hop of hops) {
        const ip = plainAddress(hop.trim())
        if (isIP(ip) === 0) return own
        if (!isProxy(ip)) return ip
      }
      return own
    },
  }
}
