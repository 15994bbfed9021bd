// An island in Node: the exchange host in the calling thread, compute workers on threads of their own. The same handle, the
// same snapshots and the same donation as in a page; what the machine says of itself comes from the caller.

import { randomInt } from 'node:crypto'
import type { Archive, Keys, MeshPorts } from '@megabrain/exchange'
import type { Conditions, Decision } from '../donation/donation.ts'
import { openDonationDriver } from '../donation/donation-driver.ts'
import type { DonationDriver } from '../donation/donation-driver.ts'
import { idleSnapshot } from '../core/compose-snapshot.ts'
import { openHost } from '../core/island-host.ts'
import type { Host } from '../core/host.ts'
import { wordsOf } from '../errors.ts'
import type { Island } from '../island.ts'
import { allowanceOf } from '../core/allowance.ts'
import type { Command, Settings, Snapshot } from '../snapshot.ts'
import { systemClock } from './clock.ts'
import type { ModuleTask } from './module-task.ts'
import { spawnCompute } from './spawn-compute.ts'

export interface NodeIsland extends Island {
  /** Replaces the mesh; `undefined` goes on alone. */
  attach(mesh: MeshPorts | undefined): void
}

export interface NodeIslandOptions {
  /** The realm's signed policy document. */
  readonly realm: Uint8Array
  /** Opened and closed by the caller, and used by nobody else meanwhile. */
  readonly archive: Archive
  readonly keys: Keys
  /** Opened and closed by the caller. Absent: it evolves alone. */
  readonly mesh?: MeshPorts
  /** On top of what the archive remembers. */
  readonly settings?: Partial<Settings>
  /** Whether neighbours may have genotypes evaluated here: work units. @default false */
  readonly evaluatesForOthers?: boolean
  /** Tasks that modules export, beside those of the registry. @default none */
  readonly ownTasks?: readonly ModuleTask[]
  /** Tells from the start on what the machine says of itself, at once and whenever it changes. @returns ends it */
  watch?(tell: (conditions: Partial<Conditions>) => void): () => void
}

const END_OF_SEEDS = 2 ** 32

/** Opening starts nothing; `command({ kind: 'start' })` does. A bad realm shows in the snapshot as `failed`. */
export async function openNodeIsland(options: NodeIslandOptions): Promise<NodeIsland> {
  const listeners = new Set<(snapshot: Snapshot) => void>()
  let host: Host | undefined
  let { mesh } = options
  let donating: DonationDriver | undefined
  let unwatch = (): void => undefined
  let shown = idleSnapshot()
  /** Commands act one after the other: a start must not overtake the stop before it. */
  let turn: Promise<void> = Promise.resolve()

  const show = (snapshot: Snapshot): void => {
    shown = snapshot
    const { day, todayMs } = snapshot.work
    donating?.tell({ kind: 'conditions', conditions: { worked: { day, busyMs: todayMs } } })
    for (const listener of [...listeners]) listener(snapshot)
  }
  const apply = (decision: Decision): void => {
    if (decision.state === 'stopped') return command({ kind: 'stop' })
    host?.run(allowanceOf(decision, shown.settings))
    if (decision.state === 'finishing') host?.finish(() => donating?.tell({ kind: 'finished' }))
  }
  const start = async (): Promise<void> => {
    if (host !== undefined) return donating?.tell({ kind: 'resume' })
    show({ ...shown, phase: 'starting', reason: undefined, detail: undefined })
    const { realm, archive, keys, settings, ownTasks = [] } = options
    const opened = await openHost({
      realm, archive, keys, ownTasks, clock: systemClock, ...(settings === undefined ? {} : { settings }),
      seed: () => randomInt(END_OF_SEEDS), evaluatesForOthers: options.evaluatesForOthers === true,
      spawn: (slot) => spawnCompute((message) => host?.workerFailed(message, slot), ownTasks),
      onSnapshot: show,
    })
    host = opened
    shown = opened.snapshot()
    donating = openDonationDriver({ settings: () => shown.settings, zone: undefined, now: () => Date.now(), onDecision: apply })
    unwatch = options.watch?.((conditions) => donating?.tell({ kind: 'conditions', conditions })) ?? unwatch
    apply(donating.decision())
    opened.attach(mesh)
  }
  const stop = async (): Promise<void> => {
    const ending = host
    if (ending === undefined) return
    host = undefined
    unwatch()
    donating?.close()
    donating = undefined
    await ending.close()
    show({ ...ending.snapshot(), phase: 'stopped', reason: 'by-you', dutyPercent: 0, evaluationsPerSecond: 0 })
  }
  const command = (given: Command): void => {
    turn = turn.then(() => obey(given)).catch(failed)
  }
  const obey = async (command: Command): Promise<void> => {
    switch (command.kind) {
      case 'start':
        return start()
      case 'stop':
        return stop()
      case 'pause':
      case 'finish':
      case 'snooze':
        return donating?.tell(command)
      case 'resume':
        host?.overrule()
        return donating?.tell({ kind: 'resume' })
      case 'ask-machines':
        return host?.askMachines(command.paused)
      case 'overrule':
        return host?.overrule()
      case 'configure':
        host?.configure(command.settings)
        if (host !== undefined) shown = host.snapshot()
        return donating?.review()
      case 'join':
      case 'focus':
      case 'leave':
        return host?.note({ kind: 'join-failed', detail: 'An island in Node is in the one realm that it was opened for' })
      default:
        return host?.obey(command)
    }
  }
  const failed = (error: unknown): void => show({ ...shown, phase: 'stopped', reason: 'failed', detail: wordsOf(error) })

  return {
    snapshot: () => host?.snapshot() ?? shown,
    subscribe(listener) {
      listeners.add(listener)
      return () => { listeners.delete(listener) }
    },
    attach(next) {
      mesh = next
      host?.attach(next)
    },
    exportCredit: async () => host?.exportCredit(),
    command,
    async close() {
      turn = turn.then(stop).catch(failed)
      await turn
    },
  }
}
