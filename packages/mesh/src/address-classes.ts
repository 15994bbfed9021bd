// Which hosts are everybody's and which are somebody's own network. A relay or tab that dials an address it was told must not be made to
// knock at the loopback, LAN or cloud metadata service of the machine it runs on, however that address is spelt.

import { multiaddr } from '@multiformats/multiaddr'

/** `forbidden`: link-local, metadata services, unspecified, multicast, reserved, and what is no host at all. */
export type AddressClass = 'public' | 'loopback' | 'private' | 'forbidden'

/** Registered as special (IANA IPv4 and IPv6 Special-Purpose Address Registries, 2024), or known as a cloud's metadata service. First match holds. */
const IP4_CLASSES: readonly (readonly [net: string, AddressClass])[] = [
  ['100.100.100.200/32', 'forbidden'], // Alibaba's metadata service
  ['168.63.129.16/32', 'forbidden'], // Azure's
  ['0.0.0.0/8', 'forbidden'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'private'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'forbidden'], // link-local, with most clouds' metadata service
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'forbidden'],
  ['192.0.2.0/24', 'forbidden'],
  ['192.88.99.0/24', 'forbidden'],
  ['192.168.0.0/16', 'private'],
  ['198.18.0.0/15', 'forbidden'],
  ['198.51.100.0/24', 'forbidden'],
  ['203.0.113.0/24', 'forbidden'],
  ['224.0.0.0/3', 'forbidden'],
]

const LOOPBACK_NAMES = ['localhost', 'localhost.localdomain', 'ip6-localhost', 'ip6-loopback']
const PRIVATE_ENDINGS = ['.local', '.localdomain', '.lan', '.internal', '.intranet', '.private', '.corp', '.home', '.home.arpa']

/**
 * @param host an IP address in any notation that a URL takes (decimal, octal, hex, short, IPv6 with an IPv4 inside), or a name.
 * A name is judged as it reads: what it resolves to is another question.
 */
export function classOfHost(host: string): AddressClass {
  const name = canonical(host)
  if (name === undefined || name === '') return 'forbidden'
  if (name.startsWith('[')) return classOfIp6(groupsOf(name.slice(1, -1)))
  const number = ip4Number(name)
  return number === undefined ? classOfName(name) : classOfIp4(number)
}

/** The class of the host that a multiaddr begins with; `forbidden` when it begins with none. */
export function classOfAddress(address: string): AddressClass {
  try {
    const [first] = multiaddr(address).getComponents()
    const isHost = first !== undefined && ['ip4', 'ip6', 'dns', 'dns4', 'dns6'].includes(first.name)
    return isHost && first.value !== undefined ? classOfHost(first.value) : 'forbidden'
  } catch {
    return 'forbidden'
  }
}

/**
 * Whether an address that we were told may be dialled: a public one always, one of the teller's own network only when the teller was
 * reached in such a network itself.
 */
export function mayDial(told: AddressClass, teller: AddressClass): boolean {
  return told === 'public' || (told === teller && told !== 'forbidden')
}

/** As the platform's own URL parser reads it, so that what is judged is what would be dialled. */
function canonical(host: string): string | undefined {
  if (/[\s/@?#\\%[\]]/.test(host)) return undefined
  try {
    return new URL(`http://${host.includes(':') ? `[${host}]` : host}/`).hostname.replace(/\.+$/, '')
  } catch {
    return undefined
  }
}

function classOfName(name: string): AddressClass {
  if (name === 'metadata.google.internal') return 'forbidden'
  if (LOOPBACK_NAMES.includes(name) || name.endsWith('.localhost')) return 'loopback'
  return name.includes('.') && !PRIVATE_ENDINGS.some((ending) => name.endsWith(ending)) ? 'public' : 'private'
}

/** Undefined unless it is four decimal bytes, which is how a URL writes every IPv4 address. */
function ip4Number(text: string): number | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined
  return text.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0)
}

function classOfIp4(number: number): AddressClass {
  for (const [net, is] of IP4_CLASSES) {
    const [start = '', bits = ''] = net.split('/')
    const size = 2 ** (32 - Number(bits))
    if (Math.floor(number / size) === Math.floor((ip4Number(start) ?? 0) / size)) return is
  }
  return 'public'
}

/** @param text without brackets, compressed as a URL writes it */
function groupsOf(text: string): readonly number[] {
  const [head = '', tail] = text.split('::')
  const read = (part: string): number[] => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)))
  const [first, last] = [read(head), read(tail ?? '')]
  return [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last]
}

/** An address that carries an IPv4 address leads where that one leads. */
function classOfIp6(groups: readonly number[]): AddressClass {
  const [a = 0, b = 0, c = 0, , e = 0, f = 0, g = 0, h = 0] = groups
  const embedded = (high: number, low: number): AddressClass => classOfIp4(high * 65_536 + low)
  const startsWith = (...start: number[]): boolean => start.every((group, at) => groups[at] === group)
  if (startsWith(0, 0, 0, 0, 0, 0, 0)) return h === 1 ? 'loopback' : 'forbidden'
  if (startsWith(0, 0, 0, 0, 0, 0xffff) || startsWith(0, 0, 0, 0, 0, 0)) return embedded(g, h) // mapped, compatible
  if (startsWith(0x64, 0xff9b, 0, 0, 0, 0)) return embedded(g, h) // NAT64
  if (a === 0x2002) return embedded(b, c) // 6to4
  if (startsWith(0xfd00, 0xec2) || startsWith(0xfd20, 0xce)) return 'forbidden' // metadata services of AWS and Google
  if (a >= 0xfc00 && a <= 0xfdff) return 'private'
  if (a < 0x2000 || a > 0x3fff) return 'forbidden' // everything but global unicast: link-local, multicast, local NAT64, …
  if ((a === 0x2001 && (b === 0 || b === 0xdb8)) || (a === 0x3fff && b < 0x1000)) return 'forbidden' // Teredo, documentation
  if ((e === 0 || e === 0x200) && f === 0x5efe) return embedded(g, h) // ISATAP
  return 'public'
}
