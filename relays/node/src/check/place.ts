// Host and port of a multiaddr, for people and for the tests that libp2p does not make.

import { multiaddr } from '@multiformats/multiaddr'

export interface Place {
  /** An IP address or a DNS name. */
  readonly host: string
  readonly port: number
  readonly protocol: 'tcp' | 'udp'
  readonly isTls: boolean
}

/** @param address a multiaddr that begins with a host and a port, as a relay's do */
export function placeOf(address: string): Place {
  const components = multiaddr(address).getComponents()
  const host = components.find(({ name }) => name.startsWith('ip') || name.startsWith('dns'))?.value ?? ''
  const port = components.find(({ name }) => name === 'tcp' || name === 'udp')
  const names = components.map(({ name }) => name)
  return { host, port: Number(port?.value ?? 0), protocol: port?.name === 'udp' ? 'udp' : 'tcp', isTls: names.includes('tls') || names.includes('wss') }
}
