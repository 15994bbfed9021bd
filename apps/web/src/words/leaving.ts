// What has left this machine, in words and shares.

import type { TrafficKind } from '@megabrain/mesh'

/** In the order of the page. */
export const trafficRows: readonly (readonly [TrafficKind, string])[] = [
  ['gossip', 'Announcements, also those passed on'],
  ['served', 'Asked by others: genotypes, comparisons'],
  ['fetched', 'Asked of others: genotypes, comparisons'],
  ['heartbeats', 'Who is alive'],
  ['introductions', 'Relays naming members'],
  ['circuits', 'Links made through relays'],
  ['directory', 'Who holds what'],
  ['other', 'Identification and set-up'],
]

/** `999 B`, `12.3 kB`, `4.5 MB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const
  let [value, unit] = [bytes, 0]
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000
    unit++
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}
