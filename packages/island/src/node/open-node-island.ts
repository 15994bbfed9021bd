// An island in Node: the exchange host in the calling thread, the compute worker on a thread of its own. The same handle
// and the same snapshots as in a page, without a page's reasons to pause.

import { randomInt } from 'node:crypto'
import type { Archive, Keys, MeshPorts } from '@megabrain/exchange'
import { idleSnapshot } from '../core/compose-snapshot.ts'
import { openHost } from '../core/island-host.ts'
import type { Host } from '../core/host.ts'
import { wordsOf } from '../errors.ts'
import type { Decision } from '../donation/donation.ts'
import type { Island } from '../island.ts'
import type { Command, Reason, Settings, Snapshot } from '../snapshot.ts'
import { systemClock } from './clock.ts'
import type { ModuleTask } from './module-task.ts'
import { spawnCompute } from './spawn-compute.ts'

/** What is computed now, as a donation has decided it. */
export type Allowance = Pick<Decision, 'state' | 'reason' | 'until' | 'dutyPercent'>

export interface NodeIsland extends Island {
  /** Replaces the mesh; `undefined` goes on alone. */
  attach(mesh: MeshPorts | undefined): void
  /** Lets it compute or rest from now on, with the reason. */
  allow(allowance: Allowance): void
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
  /** Tasks that modules export, beside those of the registry. @default none */
  readonly ownTasks?: readonly ModuleTask[]
}

const END_OF_SEEDS = 2 ** 32

/** Opening starts nothing; `command({ kind: 'start' })` does. A bad realm shows in the snapshot as `failed`. */
export async function openNodeIsland(options: NodeIslandOptions): Promise<NodeIsland> {
  const listeners = new Set<(snapshot: Snapshot) => void>()
  let host: Host | undefined
  let { mesh } = options
  let allowed: Allowance = { state: 'running', reason: 'as-set', until: undefined, dutyPercent: 100 }
  let shown = idleSnapshot()
  /** Commands act one after the other: a start must not overtake the stop before it. */
  let turn: Promise<void> = Promise.resolve()

  const show = (snapshot: Snapshot): void => {
    shown = snapshot
    for (const listener of [...listeners]) listener(snapshot)
  }
  const run = (): void => host?.run(allowed.state === 'running' || allowed.state === 'finishing', allowed.reason as Reason)
  const start = async (): Promise<void> => {
    if (host !== undefined) return run()
    show({ ...shown, phase: 'starting', reason: undefined, detail: undefined })
    const { realm, archive, keys, settings, ownTasks = [] } = options
    const opened = await openHost({
      realm, archive, keys, ownTasks, clock: systemClock, ...(settings === undefined ? {} : { settings }),
      seed: () => randomInt(END_OF_SEEDS),
      spawn: () => spawnCompute((message) => host?.workerFailed(message), ownTasks),
      onSnapshot: show,
    })
    host = opened
    run()
    opened.attach(mesh)
  }
  const stop = async (): Promise<void> => {
    const ending = host
    if (ending === undefined) return
    host = undefined
    await ending.close()
    show({ ...ending.snapshot(), phase: 'stopped', reason: 'by-you', dutyPercent: 0, evaluationsPerSecond: 0 })
  }
  const obey = async (command: Command): Promise<void> => {
    switch (command.kind) {
      case 'start':
        return start()
      case 'stop':
        return stop()
      case 'pause':
        return host?.run(false, 'by-you')
      case 'resume':
        host?.overrule()
        return host?.run(true, undefined)
      case 'ask-machines':
        return host?.askMachines(command.paused)
      case 'overrule':
        return host?.overrule()
      case 'configure':
        return host?.configure(command.settings)
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
    allow(allowance) {
      allowed = allowance
      turn = turn.then(run).catch(failed)
    },
    exportCredit: async () => host?.exportCredit(),
    command(command) {
      turn = turn.then(() => obey(command)).catch(failed)
    },
    async close() {
      turn = turn.then(stop).catch(failed)
      await turn
    },
  }
}
