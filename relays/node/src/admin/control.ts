// What an operator can see and change while the relay runs, as plain functions: the admin interface, the status page and the metrics
// are views of this. Every change is in the audit log before it happens.

import type { RelayCounters, RelayMesh, ShedReason } from '@megabrain/mesh/node'
import type { Verifier, VerifierView } from '@megabrain/island/node'
import type { Hosting } from '../hosting.ts'
import type { LoadGuard, LoadView } from '../guard/open-guard.ts'
import { readAccess, withListed, writeAccess } from './access.ts'
import type { Access, AccessKind, AccessList, RealmAdmission } from './access.ts'
import type { AuditEntry, AuditLog } from './audit-log.ts'

export interface ControlOptions {
  readonly data: string
  readonly mesh: RelayMesh
  readonly verifier: Verifier
  readonly hosting: Hosting
  readonly load: LoadGuard
  readonly audit: AuditLog
  readonly access: { read(): Access; set(access: Access): void }
  /** Ends the relay as a signal would: members are told, writes finished. */
  readonly drain: () => void
}

export interface RealmView {
  readonly id: string
  readonly name: string
  readonly tasks: readonly string[]
  readonly members: number
  readonly archived: number
  readonly admitted: number
}

export interface Control {
  access(): Access
  realms(): readonly RealmView[]
  /** Claims refused, over all realms. */
  refused(): Readonly<Record<string, number>>
  sheds(): Readonly<Record<ShedReason, number>>
  load(): LoadView
  counters(): RelayCounters
  views(): readonly VerifierView[]
  connections: RelayMesh['connections']
  audit(count: number): readonly AuditEntry[]
  list(from: string, list: AccessList, kind: AccessKind, value: string, isListed: boolean): Promise<void>
  admitRealms(from: string, admission: RealmAdmission): Promise<void>
  addRealm(from: string, document: Uint8Array): ReturnType<Hosting['add']>
  removeRealm(from: string, id: string): Promise<boolean>
  /** @returns how many connections were ended */
  disconnect(from: string, peer: string): number
  /** Reads lists and folder again. */
  reload(from: string): Promise<void>
  drain(from: string): void
}

export function createControl(options: ControlOptions): Control {
  const { data, mesh, verifier, hosting, load, audit, access } = options

  async function apply(next: Access): Promise<void> {
    access.set(next)
    applyAccess(next, mesh, verifier)
    await hosting.look()
  }

  async function change(next: Access): Promise<void> {
    writeAccess(data, next)
    await apply(next)
  }

  return {
    access: () => access.read(),
    realms() {
      const members = mesh.members()
      return verifier.view().map(({ realmId, name, archived, counters }) => ({
        id: realmId, name, tasks: verifier.policy(realmId)?.realm.tasks ?? [], members: members[realmId] ?? 0, archived, admitted: counters.admitted,
      }))
    },
    refused() {
      const sums: Record<string, number> = {}
      for (const { counters } of verifier.view()) for (const [reason, count] of Object.entries(counters.refused)) sums[reason] = (sums[reason] ?? 0) + count
      return sums
    },
    sheds: () => mesh.sheds(),
    load: () => load.view(),
    counters: () => mesh.counters(),
    views: () => verifier.view(),
    connections: () => mesh.connections(),
    audit: (count) => audit.last(count),
    async list(from, list, kind, value, isListed) {
      const action = `${isListed ? '' : 'un'}${list === 'banned' ? 'ban' : 'allow'}`
      audit.write({ from, action, detail: { kind, value } })
      await change(withListed(access.read(), list, kind, value, isListed))
    },
    async admitRealms(from, admission) {
      audit.write({ from, action: 'realm-admission', detail: { from: access.read().realmAdmission, to: admission } })
      await change({ ...access.read(), realmAdmission: admission })
    },
    async addRealm(from, document) {
      audit.write({ from, action: 'add-realm', detail: { bytes: document.length } })
      return hosting.add(document)
    },
    async removeRealm(from, id) {
      audit.write({ from, action: 'remove-realm', detail: { id } })
      return hosting.remove(id)
    },
    disconnect(from, peer) {
      audit.write({ from, action: 'disconnect', detail: { peer } })
      return mesh.disconnect(peer)
    },
    async reload(from) {
      const next = readAccess(data)
      audit.write({ from, action: 'reload', detail: {} })
      await apply(next)
    },
    drain(from) {
      audit.write({ from, action: 'drain', detail: {} })
      options.drain()
    },
  }
}

/** Takes effect at once: connections end, claims go, and what was lifted may come again. */
export function applyAccess({ banned, allowed }: Access, mesh: Pick<RelayMesh, 'restrict'>, verifier: Pick<Verifier, 'choose'>): void {
  mesh.restrict({ bannedPeers: banned.peers, bannedPrefixes: banned.prefixes, allowedPeers: allowed.peers, allowedPrefixes: allowed.prefixes })
  verifier.choose(banned.authors.filter((author) => !allowed.authors.includes(author)), allowed.authors)
}
