// An island in Node: the exchange host in the calling thread, the compute worker on a thread of its own. The same handle
// and the same snapshots as in a page, without a page's reasons to pause.

import { randomInt } from 'node:crypto'
import type { Archive, Keys, MeshPorts } from '@megabrain/exchange'
import { idleSnapshot } from '../core/compose-snapshot.ts'
import { openHost } from '../core/island-host.ts'
import type { Host } from '../core/host.ts'
import { wordsOf } from '../errors.ts'
import type { Island } from '../island.ts'
import type { Command, Settings, Snapshot } from '../snapshot.ts'
import { systemClock } from './clock.ts'
import { spawnCompute } from './spawn-compute.ts'

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
}

const END_OF_SEEDS = 2 ** 32

/** Opening starts nothing; `command({ kind: 'start' })` does. A bad realm shows in the snapshot as `failed`. */
export async function openNodeIsland(options: NodeIslandOptions): Promise<Island> {
  const listeners = new Set<(snapshot: Snapshot) => void>()
  let host: Host | undefined
  let shown = idleSnapshot()
  /** Commands act one after the other: a start must not overtake the stop before it. */
  let turn: Promise<void> = Promise.resolve()

  const show = (snapshot: Snapshot): void => {
    shown = snapshot
    for (const listener of [...listeners]) listener(snapshot)
  }
  const start = async (): Promise<void> => {
    if (host !== undefined) return host.run(true, undefined)
    show({ ...shown, phase: 'starting', reason: undefined, detail: undefined })
    const { realm, archive, keys, settings } = options
    const opened = await openHost({
      realm, archive, keys, clock: systemClock, ...(settings === undefined ? {} : { settings }),
      seed: () => randomInt(END_OF_SEEDS),
      spawn: () => spawnCompute((message) => host?.workerFailed(message)),
      onSnapshot: show,
    })
    host = opened
    opened.run(true, undefined)
    opened.attach(options.mesh)
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
