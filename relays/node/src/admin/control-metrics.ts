// What quotas, load and hosting come to, as metrics. Beside `relay-metrics.ts`, which says what the mesh and the verifier count.

import { metric, metricBy } from '../metrics.ts'
import type { Metric } from '../metrics.ts'
import type { Control } from './control.ts'

const MIB = 1_048_576

export function controlMetrics(control: Control, anomalies: Readonly<Record<string, number>>, archiveBytes: number): readonly Metric[] {
  const load = control.load()
  const traffic = control.connections().map(({ bytes }) => bytes)
  const sum = (of: 'read' | 'written'): number => traffic.reduce((total, bytes) => total + (bytes?.[of] ?? 0), 0)
  return [
    metricBy('realm_members', 'gauge', 'Members of each realm now', 'realm', Object.fromEntries(control.realms().map(({ name, members }) => [name, members]))),
    metricBy('shed_total', 'counter', 'Turned away or ended by bans, quotas and load, by reason', 'reason', control.sheds()),
    metricBy('anomalies_total', 'counter', 'What does not look like evolution, by kind', 'kind', anomalies),
    metricBy('open_connection_bytes', 'gauge', 'What went through the WebSockets that are open', 'direction', { in: sum('read'), out: sum('written') }),
    metric('load_level', 'gauge', '0: all is well; 1: no new members; 2: no new connections; 3: connections are ended', load.level),
    metric('memory_limit_bytes', 'gauge', 'Resident memory from which on connections are ended', load.memoryLimitMb * MIB),
    metric('archive_file_bytes', 'gauge', 'Size of the archive on disk', archiveBytes),
  ]
}
