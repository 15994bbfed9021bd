// What a relay counts, as metrics: one place that says what each number means. `docs/operating-a-relay.md` explains how
// to read them.

import { refusals } from '@megabrain/exchange'
import type { VerifierView } from '@megabrain/island/node'
import type { RelayCounters } from '@megabrain/mesh/node'
import { metric, metricBy } from './metrics.ts'
import type { Metric } from './metrics.ts'
import type { WriteTimes } from './timed-archive.ts'

export interface RelayNumbers {
  readonly mesh: RelayCounters
  readonly realms: readonly VerifierView[]
  /** Seconds by quantile. */
  readonly lag: Readonly<Record<string, number>>
  readonly archive: Readonly<WriteTimes>
}

const CURRENT = 'current_'
const MICROSECONDS = 1e6

export function relayMetrics({ mesh, realms, lag, archive }: RelayNumbers): readonly Metric[] {
  return [
    ...Object.entries(mesh).map(([name, value]) => meshMetric(name, value)),
    perRealm('announcements_total', 'counter', 'Announcements that reached admission', realms, ({ counters }) => counters.received),
    perRealm('forwarded_total', 'counter', 'Announcements passed on', realms, ({ counters }) => counters.forwarded),
    perRealm('pulled_total', 'counter', 'Genotypes fetched from their announcers', realms, ({ counters }) => counters.pulled),
    perRealm('measured_total', 'counter', 'Genotypes re-evaluated', realms, ({ counters }) => counters.measured),
    perRealm('admitted_total', 'counter', 'Claims that held', realms, ({ counters }) => counters.admitted),
    refused(realms),
    perRealm('served_total', 'counter', 'Requests of members answered', realms, ({ counters }) => counters.served),
    perRealm('archived', 'gauge', 'Verified entries in the archive', realms, ({ archived }) => archived),
    metric('archive_writes_total', 'counter', 'Writes of the archive that are on disk', archive.writes),
    metric('archive_write_seconds_total', 'counter', 'Time from each of these writes to its acknowledgement', archive.seconds),
    metric('archive_writes_failed_total', 'counter', 'Writes that the archive could not keep', archive.failed),
    metric('verifier_busy_seconds_total', 'counter', 'Time that the verifier spent on evaluations', realms[0]?.busySeconds ?? 0),
    ...processMetrics(lag),
  ]
}

function meshMetric(name: string, value: number): Metric {
  const words = name.replaceAll('_', ' ')
  return name.startsWith(CURRENT)
    ? metric(`mesh_${name.slice(CURRENT.length)}`, 'gauge', `Mesh: ${words.slice(CURRENT.length)} now`, value)
    : metric(`mesh_${name}_total`, 'counter', `Mesh: ${words} since the start`, value)
}

function perRealm(
  name: string,
  type: Metric['type'],
  help: string,
  realms: readonly VerifierView[],
  valueOf: (realm: VerifierView) => number,
): Metric {
  return metricBy(name, type, help, 'realm', Object.fromEntries(labelled(realms).map(({ label, realm }) => [label, valueOf(realm)])))
}

/** Realms by name. Relays that join each other host realms of the same name: all but the first have the beginning of their id too. */
function labelled(realms: readonly VerifierView[]): readonly { readonly label: string; readonly realm: VerifierView }[] {
  const firstOf = (name: string): VerifierView | undefined => realms.find((realm) => realm.name === name)
  return realms.map((realm) => ({ label: firstOf(realm.name) === realm ? realm.name : `${realm.name}-${realm.realmId.slice(0, 8)}`, realm }))
}

/** Every reason is there from the start: a rate over a series that appears late misses its first count. */
function refused(realms: readonly VerifierView[]): Metric {
  const samples = labelled(realms).flatMap(({ label, realm: { counters } }) =>
    refusals.map((reason) => ({ labels: { realm: label, reason }, value: counters.refused[reason] ?? 0 })))
  return { name: 'refused_total', type: 'counter', help: 'Claims refused, by reason', samples }
}

function processMetrics(lag: Readonly<Record<string, number>>): readonly Metric[] {
  const seconds = ({ user, system }: NodeJS.CpuUsage) => (user + system) / MICROSECONDS
  const main = seconds(process.threadCpuUsage())
  return [
    metricBy('cpu_seconds_total', 'counter', 'CPU time of the main thread (mesh, HTTP) and of all others (mostly the verifier)', 'thread', {
      main,
      workers: Math.max(0, seconds(process.cpuUsage()) - main),
    }),
    metricBy('event_loop_lag_seconds', 'gauge', 'How late timers of the main thread were in the last whole minute', 'quantile', lag),
    metric('resident_memory_bytes', 'gauge', 'Resident memory of the process', process.memoryUsage.rss()),
    metric('uptime_seconds', 'counter', 'Seconds since the start', process.uptime()),
  ]
}
