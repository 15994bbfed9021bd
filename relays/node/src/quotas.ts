// The quotas as settings: one group, named like the limits of the mesh and of the archive that they set. Apart from the other settings,
// because an operator changes all of them together or none.

import { DEFAULT_RELAY_LIMITS } from '@megabrain/mesh/relay-limits'
import type { RelayLimits } from '@megabrain/mesh/relay-limits'

const MIB = 1_048_576
const MAX_QUOTA = 1_000_000_000

/** Name → default and what it limits. A prefix is a /24 or /48 of addresses. */
const quotas = {
  reservationsPerAddress: ['half of --max-reservations, at least 256', 'circuit reservations of one address, or of one IPv6 /64'],
  connectionsPerPrefix: ['twice --max-sockets-per-address', 'sockets of one address prefix'],
  newConnectionsPerPrefixPerSecond: [DEFAULT_RELAY_LIMITS.newConnectionsPerPrefixPerSecond, 'new sockets of one prefix'],
  connectionsPerPeer: [DEFAULT_RELAY_LIMITS.connectionsPerPeer, 'connections of one peer'],
  membersPerRealm: ['as many as connections', 'members of one realm'],
  circuitsPerMinute: [DEFAULT_RELAY_LIMITS.circuitsPerMinute, 'circuits that one peer opens'],
  circuitsPerRealmPerMinute: [DEFAULT_RELAY_LIMITS.circuitsPerRealmPerMinute, 'circuits of one realm'],
  gossipMessagesPerPeerPerSecond: [DEFAULT_RELAY_LIMITS.gossipMessagesPerPeerPerSecond, 'broadcasts of one peer, as they arrive'],
  gossipBytesPerPeerPerSecond: [DEFAULT_RELAY_LIMITS.gossipBytesPerPeerPerSecond, 'bytes of them'],
  gossipMessagesPerRealmPerSecond: [DEFAULT_RELAY_LIMITS.gossipMessagesPerRealmPerSecond, 'new broadcasts of one realm'],
  requestsPerPeerPerSecond: [DEFAULT_RELAY_LIMITS.requestsPerPeerPerSecond, 'requests of one peer'],
  requestsPerRealmPerSecond: [DEFAULT_RELAY_LIMITS.requestsPerRealmPerSecond, 'requests of one realm'],
  bytesPerRealmPerSecond: [DEFAULT_RELAY_LIMITS.bytesPerRealmPerSecond, 'bytes sent to all members of one realm'],
  archiveMbPerRealm: [500, 'bodies kept of one realm, MB'],
  archiveMbPerAuthor: [50, 'bodies kept of one author in a realm, MB'],
} as const

export type QuotaName = keyof typeof quotas
export type Quotas = Readonly<Partial<Record<QuotaName, number>>>

export const acceptedQuotas = `name=number, divided by commas (in a file: an object), of ${Object.entries(quotas).map(([name, [fallback]]) => `${name} (${fallback})`).join(', ')}`

/** Text or any JSON; undefined when a name is none of them or a number is not from 1 to 10^9. */
export function readQuotas(value: unknown): Quotas | undefined {
  const pairs = typeof value === 'string' ? pairsOf(value) : typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined
  const isGood = pairs?.every(([name, number]) => Object.hasOwn(quotas, name) && Number.isInteger(number) && number >= 1 && number <= MAX_QUOTA)
  return pairs !== undefined && isGood === true ? Object.fromEntries(pairs) : undefined
}

/** For `openRelayMesh` and `openVerifier`. */
export function limitsOf({ archiveMbPerRealm, archiveMbPerAuthor, ...mesh }: Quotas) {
  const limits: Partial<RelayLimits> = mesh
  return {
    mesh: limits,
    archive: {
      archiveBytes: (archiveMbPerRealm ?? quotas.archiveMbPerRealm[0]) * MIB,
      authorBytes: (archiveMbPerAuthor ?? quotas.archiveMbPerAuthor[0]) * MIB,
    },
  }
}

function pairsOf(text: string): [string, number][] {
  return text.split(',').map((part) => {
    const [name = '', number = ''] = part.split('=')
    return [name.trim(), /^\s*\d{1,10}\s*$/.test(number) ? Number(number) : NaN]
  })
}
