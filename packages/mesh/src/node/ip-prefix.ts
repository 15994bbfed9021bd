// Network addresses as the relay counts and bans them: by the prefix that one household, school or hosting customer has,
// since a single IPv6 customer owns more addresses than any map should hold.

import { BlockList, isIP } from 'node:net'

const IPV4_BITS = 24
const IPV6_BITS = 48
const SITE_BITS = 64
const GROUP_BITS = 16
const GROUPS = 8

/** @returns the address without a zone, an IPv4 address inside IPv6 as IPv4 */
export function plainAddress(ip: string): string {
  const [address = ''] = ip.toLowerCase().split('%')
  return /^::ffff:\d+\.\d+\.\d+\.\d+$/.test(address) ? address.slice('::ffff:'.length) : address
}

/** @returns the /24 or /48 that the address is in, such as `192.0.2.0/24` or `2001:db8:0::/48`; the text itself if it is none */
export function prefixOf(ip: string): string {
  const address = plainAddress(ip)
  const version = isIP(address)
  if (version === 0) return address
  if (version === 4) return `${address.split('.').slice(0, 3).join('.')}.0/${IPV4_BITS}`
  return ipv6Prefix(address, IPV6_BITS)
}

/** @returns whom an address belongs to as far as one can tell: itself, or the /64 of IPv6, which one machine has to itself */
export function holderOf(ip: string): string {
  const address = plainAddress(ip)
  return isIP(address) === 6 ? ipv6Prefix(address, SITE_BITS) : address
}

function ipv6Prefix(address: string, bits: number): string {
  const [before = '', after = ''] = address.split('::')
  const [left, right] = [before, after].map((part) => part.split(':').filter((group) => group !== '')) as [string[], string[]]
  const written = [...left, ...right].reduce((sum, group) => sum + (group.includes('.') ? 2 : 1), 0)
  const zeros = Array.from({ length: Math.max(0, GROUPS - written) }, () => '0')
  return `${[...left, ...zeros, ...right].slice(0, bits / GROUP_BITS).join(':')}::/${bits}`
}

/** Whether `text` is an address, or an address with the bits that count, such as `192.0.2.0/24`. */
export function isIpPrefix(text: string): boolean {
  return parse(text) !== undefined
}

/** @param prefixes as `isIpPrefix` takes them; others are left out. @returns whether an address is in one of them */
export function createPrefixSet(prefixes: Iterable<string>): (ip: string) => boolean {
  const list = new BlockList()
  for (const text of prefixes) {
    const parsed = parse(text)
    if (parsed !== undefined) list.addSubnet(parsed.address, parsed.bits, parsed.family)
  }
  return (ip) => {
    const address = plainAddress(ip)
    const version = isIP(address)
    return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6')
  }
}

function parse(text: string): { readonly address: string; readonly bits: number; readonly family: 'ipv4' | 'ipv6' } | undefined {
  const match = /^([0-9a-fA-F:.]{2,45})(?:\/(\d{1,3}))?$/.exec(text)
  const address = plainAddress(match?.[1] ?? '')
  const version = isIP(address)
  const most = version === 4 ? 32 : 128
  const bits = match?.[2] === undefined ? most : Number(match[2])
  return version === 0 || bits > most ? undefined : { address, bits, family: version === 4 ? 'ipv4' : 'ipv6' }
}
