// Who is behind a reverse proxy: budgets per address need the visitor's address, and only a proxy that the operator named is believed.

import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'

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
  const named = new BlockList()
  for (const proxy of proxies) addTo(named, proxy)

  const isProxy = (ip: string): boolean => proxies.length > 0 && isIP(plain(ip)) !== 0 && named.check(plain(ip), familyOf(plain(ip)))

  return {
    isProxy,
    clientOf(request) {
      const own = request.socket.remoteAddress ?? ''
      // Each hop adds at the end; what a visitor wrote into the header itself stands before that.
      const hops = [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',').slice(-MAX_HOPS).reverse()
      for (const hop of hops) {
        const ip = plain(hop.trim())
        if (isIP(ip) === 0) return own
        if (!isProxy(ip)) return ip
      }
      return own
    },
  }
}

function addTo(list: BlockList, range: string): void {
  const [ip = '', bits] = range.split('/')
  const family = familyOf(ip)
  const most = family === 'ipv6' ? 128 : 32
  if (isIP(ip) === 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most))) throw new RangeError(`Not an address or subnet: ${range}`)
  list.addSubnet(ip, bits === undefined ? most : Number(bits), family)
}

function familyOf(ip: string): 'ipv4' | 'ipv6' {
  return ip.includes(':') ? 'ipv6' : 'ipv4'
}

/** An IPv4 address that arrived at a socket for both kinds is an IPv4 address. */
function plain(ip: string): string {
  return ip.replace(/^::ffff:(?=\d+\.)/i, '')
}
