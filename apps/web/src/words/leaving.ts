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

/**
 * Per cent of the bytes that were worked on or sent which stayed here, rounded down to hundredths, so that 100 means nothing was sent.
 * @param processed bytes of raw data that networks were shown
 * @param sent bytes of any kind that left
 */
export function keptPercent(processed: number, sent: number): number {
  return processed + sent === 0 ? 100 : Math.floor((10_000 * processed) / (processed + sent)) / 100
}
