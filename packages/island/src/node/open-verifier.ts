// A member that evolves nothing: it checks what islands announce, keeps what holds and hands it out. A relay runs one for
// all its realms, with one compute worker between them and a limit on what that may take from the machine.

import { randomInt } from 'node:crypto'
import type { Archive, Discovery, Entry, Held, Keys, MemberCounters, MeshPorts, Notice, PolicyView, StatementKind } from '@megabrain/exchange'
import { openMemberDriver } from '../core/member-driver.ts'
import type { MemberDriver } from '../core/member-driver.ts'
import { verifiedRealm } from '../core/realm-tasks.ts'
import { createSupervisor } from '../core/supervisor.ts'
import { systemClock } from './clock.ts'
import { spawnCompute } from './spawn-compute.ts'

export interface VerifierOptions {
  /** Each with the ports of the mesh in that realm (`RelayMesh.portsFor`). At least one; no realm twice. */
  readonly realms: readonly { readonly document: Uint8Array; readonly mesh: MeshPorts }[]
  /** Opened and closed by the caller, and used by nobody else meanwhile. */
  readonly archive: Archive
  readonly keys: Keys
  /** An island may publish what it is given (`found`); a relay only checks. @default 'relay' */
  readonly role?: 'island' | 'relay'
  /** What the bodies of one realm's archive may take, and those of one author in it, bytes. @default 500 MB, as much */
  readonly archiveBytes?: number
  readonly authorBytes?: number
  /** Share of one core that checking may take, per cent, 1 to 100. @default 50 */
  readonly dutyPercent?: number
  /** What happened, for the log: refusals with their reason, admissions, synchronisations. */
  onNotice?(realmId: string, notice: Notice): void
  /** Storage failed or the compute worker failed for good, in words. The verifier goes on with what it has. */
  onTrouble?(detail: string): void
}

export interface VerifierView {
  readonly realmId: string
  readonly name: string
  readonly counters: MemberCounters
  /** Verified entries held. */
  readonly archived: number
  /** What checking has taken since the start, measured by the one worker that all realms share: the same in each view. */
  readonly busySeconds: number
}

export interface Verifier {
  /** One per realm, in the order of the options. Plain data. */
  view(): readonly VerifierView[]
  /** All verified entries of a realm, in no particular order; empty for an unknown realm. */
  entries(realmId: string): readonly Entry[]
  /** Statements of one kind that are kept; none for an unknown realm. */
  statements<T>(realmId: string, kind: StatementKind<T>): readonly Held<T>[]
  /** The best verified entry of a task. */
  best(realmId: string, task: string): Entry | undefined
  /** A genotype with its fitness as measured here, to be signed and published if it is an improvement. */
  found(realmId: string, discovery: Discovery): void
  /** A statement that was signed elsewhere, such as a moderator's ban: kept and told when it holds. */
  tell(realmId: string, statement: Uint8Array): void
  /** In no realm keeps anything of `shunned` authors (hex) from now on; `spared` ones are under no `authorBytes`. */
  choose(shunned: readonly string[], spared: readonly string[]): void
  /** One more realm. Resolves with its id. @throws RealmInvalidError as `openVerifier` does */
  join(realm: VerifierOptions['realms'][number]): Promise<string>
  /** Checks this realm no more; what the archive holds of it stays. */
  leave(realmId: string): Promise<void>
  /** A newer signed policy of the realm. */
  revise(realmId: string, document: Uint8Array): void
  /** The policy that is obeyed now, and what it comes to; undefined for an unknown realm. */
  policy(realmId: string): PolicyView | undefined
  /** Its signed document; undefined for an unknown realm. */
  document(realmId: string): Uint8Array | undefined
  /** Ends checking within 1 s; waits for writes under way. Archive and meshes stay open. */
  close(): Promise<void>
}

const DEFAULT_DUTY_PERCENT = 50
const HEARTBEAT_MS = 1_000
const END_OF_SEEDS = 2 ** 32

/** @throws RealmInvalidError when a document is forged, damaged or names no task known here */
export async function openVerifier(options: VerifierOptions): Promise<Verifier> {
  const { archive, keys } = options
  const trouble = (detail: string): void => options.onTrouble?.(detail)
  let busyMs = 0
  const supervisor = createSupervisor({
    spawn: () => spawnCompute((message) => supervisor.workerFailed(message)),
    onReport(report) {
      if (report.kind === 'alive') busyMs += report.busyMs
    },
    latest: () => ({}),
    onFailed(detail) {
      trouble(detail)
      retry()
    },
  })
  const dutyPercent = options.dutyPercent ?? DEFAULT_DUTY_PERCENT
  let retryTimer: ReturnType<typeof setTimeout> | undefined
  /** A relay has nobody to press a button: it tries again by itself, a minute later. */
  const retry = (): void => { retryTimer = setTimeout(() => supervisor.run(true, dutyPercent), 60 * HEARTBEAT_MS) }

  const drivers = new Map<string, { readonly name: string; readonly driver: MemberDriver }>()
  const { archiveBytes, authorBytes } = options
  const storage = { ...(archiveBytes === undefined ? {} : { archiveBytes }), ...(authorBytes === undefined ? {} : { authorBytes }) }
  let chosen: Parameters<MemberDriver['choose']> = [[], []]
  async function join({ document: given, mesh }: VerifierOptions['realms'][number]): Promise<string> {
    const { realm, realmId, document } = await verifiedRealm(given, keys, archive)
    if (drivers.has(realmId)) throw new RangeError(`Realm ${realm.name} (${realmId}) is listed twice`)
    const driver = await openMemberDriver({
      role: options.role ?? 'relay', realm, realmId, document, archive, keys, clock: systemClock,
      seed: randomInt(END_OF_SEEDS), storage,
      measure: (work) => supervisor.measure(work),
      replay: (work) => supervisor.replay(work),
      onNotice: (notice) => options.onNotice?.(realmId, notice),
      onImmigrant: () => undefined,
      onNeighbours: () => undefined,
      onStorageFailed: trouble,
    })
    driver.choose(...chosen)
    driver.attach(mesh)
    drivers.set(realmId, { name: realm.name, driver })
    return realmId
  }
  for (const realm of options.realms) await join(realm)
  supervisor.run(true, dutyPercent)

  const heartbeat = setInterval(() => {
    for (const { driver } of drivers.values()) driver.heartbeat()
    supervisor.tick()
  }, HEARTBEAT_MS)

  return {
    view: () => [...drivers].map(([realmId, { name, driver }]) => (
      { realmId, name, counters: driver.counters(), archived: driver.archived(), busySeconds: busyMs / 1_000 })),
    entries: (realmId) => drivers.get(realmId)?.driver.entries() ?? [],
    statements: (realmId, kind) => drivers.get(realmId)?.driver.statements(kind) ?? [],
    best: (realmId, task) => drivers.get(realmId)?.driver.best(task),
    found: (realmId, discovery) => drivers.get(realmId)?.driver.found(discovery),
    tell: (realmId, statement) => drivers.get(realmId)?.driver.tell(statement),
    choose(shunned, spared) {
      chosen = [[...shunned], [...spared]]
      for (const { driver } of drivers.values()) driver.choose(...chosen)
    },
    join,
    async leave(realmId) {
      const left = drivers.get(realmId)
      drivers.delete(realmId)
      await left?.driver.close()
    },
    revise: (realmId, document) => drivers.get(realmId)?.driver.revise(document),
    policy: (realmId) => drivers.get(realmId)?.driver.policy(),
    document: (realmId) => drivers.get(realmId)?.driver.document(),
    async close() {
      clearInterval(heartbeat)
      clearTimeout(retryTimer)
      supervisor.close()
      await Promise.all([...drivers.values()].map(({ driver }) => driver.close()))
    },
  }
}
