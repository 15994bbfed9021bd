// A short visit to a realm's mesh as a member that keeps nothing: joins, synchronises, verifies what it hears, and leaves. Loads
// libp2p only when it is called, since most commands need no network.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKeys } from '@megabrain/archive/sqlite'
import type { Notice } from '@megabrain/exchange'
import type { Verifier } from '@megabrain/island/node'
import type { Mesh } from '@megabrain/mesh/node'
import type { MeshPlace } from './relay-address.ts'

export interface Visit {
  readonly mesh: Mesh
  readonly member: Verifier
  /** What has happened so far, oldest first. */
  readonly notices: readonly Notice[]
  /** Until nothing has been learned for a while, or `seconds` have passed. */
  settle(seconds: number, stop: AbortSignal): Promise<void>
  /** Links to those who hold this genotype by the realm's directory. @returns how many could be reached */
  reachHolders(cid: string): Promise<number>
  close(): Promise<void>
}

export interface VisitOptions {
  /** Folder of the keys that sign what is published. @default keys that are thrown away */
  readonly keys?: string | undefined
  /** Whether something will be published. */
  readonly publishes?: boolean
}

/** Agreeing with somebody, and so long without anything new, counts as having heard everything. */
const QUIET_MS = 2_500
const LOOK_MS = 250
const MAX_HOLDERS = 4
const FIND_MS = 10_000
const REACH_MS = 20_000

export async function visitRealm(place: MeshPlace, options: VisitOptions = {}): Promise<Visit> {
  const [{ openNodeMesh }, { openVerifier }, { createMemoryArchive }] = await Promise.all([
    import('@megabrain/mesh/node'), import('@megabrain/island/node'), import('@megabrain/exchange/memory'),
  ])
  const throwaway = options.keys === undefined ? await mkdtemp(join(tmpdir(), 'megabrain-visit-')) : undefined
  const keys = await openKeys(options.keys ?? throwaway!)
  const mesh = await openNodeMesh({ relays: place.relays, realm: place.realmId })
  const notices: Notice[] = []
  const member = await openVerifier({
    realms: [{ document: place.document, mesh }], archive: createMemoryArchive(), keys, dutyPercent: 100,
    role: options.publishes === true ? 'island' : 'relay',
    onNotice: (_, notice) => notices.push(notice),
  })
  return {
    mesh,
    member,
    notices,
    async settle(seconds, stop) {
      const end = Date.now() + seconds * 1_000
      let before = ''
      let since = Date.now()
      let agreedBefore = 0
      while (Date.now() < end && !stop.aborted) {
        const { archived, counters } = member.view()[0]!
        const { checks, pulls, trials, statements } = counters.sizes
        const now = [archived, counters.measured, statements, checks, pulls, trials, mesh.members.current().length].join(' ')
        if (now !== before) {
          since = Date.now()
          agreedBefore = counters.agreements
        }
        before = now
        const isBusy = checks + pulls + trials > 0
        if (!isBusy && counters.agreements > agreedBefore && Date.now() - since > QUIET_MS) return
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
      }
    },
    async reachHolders(cid) {
      const { peers } = await mesh.directory.find('genotype', cid, { timeoutMs: FIND_MS, most: MAX_HOLDERS }).found
      const reached = await Promise.all(peers.map((peer) => mesh.directory.reach(peer, REACH_MS)))
      return reached.filter(Boolean).length
    },
    async close() {
      await member.close()
      await mesh.close()
      if (throwaway !== undefined) await rm(throwaway, { recursive: true, force: true })
    },
  }
}
