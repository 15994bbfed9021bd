// Everything by which a running relay is watched and steered, put together: lists, hosting, load, audit log, admin interface and
// status page. One part for `relay.ts` to open and close.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Verifier } from '@megabrain/island/node'
import type { RelayMesh } from '@megabrain/mesh/node'
import { claimableVersions } from '@megabrain/tasks/versions'
import type { Configuration } from '../configuration.ts'
import { openLoadGuard } from '../guard/open-guard.ts'
import { openHosting } from '../hosting.ts'
import type { Hosting } from '../hosting.ts'
import type { HostedRealm } from '../hosted-realms.ts'
import type { Responder } from '../http/answer.ts'
import { text } from '../http/answer.ts'
import type { Log } from '../log.ts'
import type { Metric } from '../metrics.ts'
import { createRealmDesk } from '../realm-desk.ts'
import { createGenotypeDesk } from '../genotype-desk.ts'
import { software } from '../relay-document.ts'
import { createClaimsPerHour } from '../status/claims-per-hour.ts'
import { createStatusPage } from '../status/status-page.ts'
import type { Access } from './access.ts'
import type { AnomalyWatch } from './anomaly-watch.ts'
import { createAdminApi } from './admin-api.ts'
import { openAuditLog } from './audit-log.ts'
import { applyAccess, createControl } from './control.ts'
import type { Control } from './control.ts'
import { controlMetrics } from './control-metrics.ts'
import { createDoor, openAdminToken } from './token.ts'

export interface AdministrationOptions {
  readonly configuration: Configuration
  readonly data: string
  readonly ownRealm: string
  readonly hosted: readonly HostedRealm[]
  readonly access: Access
  readonly mesh: RelayMesh
  readonly verifier: Verifier
  readonly anomalies: AnomalyWatch
  readonly log: Log
}

export interface Administration {
  readonly respond: Responder
  readonly hosting: Hosting
  readonly control: Control
  metrics(): readonly Metric[]
  close(): Promise<void>
}

const SAMPLE_MS = 10_000
/** What is answered whatever the load, since it says how the load is. */
const always = /^\/(healthz|readyz|metrics|status|status\.json|admin(\/.*)?)$/
const RETRY_AFTER_S = 15

/** Throws `RelayStartError` when the token's file is no token. */
export function openAdministration(options: AdministrationOptions): Administration {
  const { configuration, data, mesh, verifier, anomalies, log } = options
  let { access } = options
  const token = configuration.admin === 'off' ? undefined : openAdminToken(configuration.adminTokenFile || join(data, 'keys', 'admin.token'))
  applyAccess(access, mesh, verifier)
  const audit = openAuditLog(data)
  const load = openLoadGuard(mesh, configuration.maxMemoryMb, log)
  const hosting = openHosting({ data, own: options.ownRealm, first: options.hosted, mesh, verifier, access: () => access, log })
  const control = createControl({
    data, mesh, verifier, hosting, load, audit,
    access: {
      read: () => access,
      set(next) {
        access = next
      },
    },
    drain: () => void process.kill(process.pid, 'SIGTERM'),
  })

  const perHour = createClaimsPerHour()
  const admitted = (): number => control.realms().reduce((sum, realm) => sum + realm.admitted, 0)
  const sample = (): void => perHour.sample(admitted(), performance.now())
  sample()
  const timer = setInterval(sample, SAMPLE_MS)

  const known = () => ({
    software,
    uptime: Math.floor(process.uptime()),
    claimsPerHour: perHour.read(admitted()),
    archiveBytes: archiveBytes(data),
  })
  const status = createStatusPage(() => ({
    version: 1,
    ...known(),
    load: load.view().level,
    relays: relaysOf(mesh, control),
    realms: control.realms().map(({ name, id, members, archived }) => ({ name, id, members, archived })),
    refused: control.refused(),
    shed: control.sheds(),
    evaluators: evaluatorsOf(control),
  }))
  const admin: Responder = token === undefined ? async () => undefined : createAdminApi({
    control, door: createDoor(token), isOpenToAll: configuration.admin === 'anywhere', about: () => ({ ...known(), peer: mesh.self, addresses: mesh.addresses(), anomalies: anomalies.last() }),
  })

  const desk = createRealmDesk(hosting, () => access)
  const genotypes = createGenotypeDesk(verifier, () => [options.ownRealm, ...hosting.realms().map(({ id }) => id)])

  return {
    hosting,
    control,
    async respond(path, request) {
      if (load.view().level >= 2 && !always.test(path)) return text(503, 'The relay has too much to do. Come back in a moment.\n', { 'Retry-After': String(RETRY_AFTER_S) })
      return await admin(path, request) ?? await desk(path, request) ?? await genotypes(path, request) ?? await status(path, request)
    },
    metrics: () => controlMetrics(control, anomalies.counts(), archiveBytes(data)),
    async close() {
      clearInterval(timer)
      await hosting.close()
      load.close()
      audit.close()
    },
  }
}

/** Other relays that are members of a realm here. */
function relaysOf(mesh: RelayMesh, control: Control): number {
  const peers = control.realms().flatMap(({ id }) => mesh.portsFor(id).members.current())
  return new Set(peers.filter(({ kind }) => kind === 'relay').map(({ peer }) => peer)).size
}

/** Evaluator versions of the tasks that are hosted here. */
function evaluatorsOf(control: Control): Readonly<Record<string, string>> {
  const tasks = new Set(control.realms().flatMap(({ tasks: own }) => own))
  return Object.fromEntries(Object.entries(claimableVersions).filter(([task]) => tasks.has(task)))
}

function archiveBytes(data: string): number {
  return ['archive.sqlite', 'archive.sqlite-wal'].reduce((sum, file) => sum + (statSync(join(data, file), { throwIfNoEntry: false })?.size ?? 0), 0)
}
