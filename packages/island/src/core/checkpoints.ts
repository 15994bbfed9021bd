// The newest checkpoint of each task and worker, in memory and as rows. The first worker's has the stretch of its receipt
// with it; the others' populations are outside the chain of receipts, which is about one population.

import type { Archive, Change, OpenStretch } from '@megabrain/exchange'
import type { Assignment } from './compute-messages.ts'
import { readStretches, stretchChanges } from './credit-rows.ts'
import { forgottenChanges, populationChange } from './island-rows.ts'

/** What a worker hands over of a population. */
export interface Checkpoint {
  readonly task: string
  readonly bytes: Uint8Array
  readonly stretch: OpenStretch
  /** The state that the stretch began with; absent when it was told before. */
  readonly before?: Uint8Array
}

export interface Checkpoints {
  latest(task: string, slot: number): Pick<Assignment, 'population' | 'stretch' | 'before'>
  /** @returns the rows to be written */
  keep(checkpoint: Checkpoint, slot: number): readonly Change[]
  /** Of all workers. @returns the rows to be written */
  forget(task: string): readonly Change[]
}

/** @param stored populations by the names of `nameOf`, as `readIslandRows` found them */
export async function readCheckpoints(archive: Archive, realmId: string, stored: ReadonlyMap<string, Uint8Array>): Promise<Checkpoints> {
  const populations = new Map(stored)
  const stretches = await readStretches(archive, realmId, populations)
  return {
    latest: (task, slot) => ({ population: populations.get(nameOf(task, slot)), ...(slot === 0 ? stretches.get(task) : {}) }),
    keep({ task, bytes, stretch, before: began }, slot) {
      const name = nameOf(task, slot)
      populations.set(name, bytes)
      const before = began ?? stretches.get(task)?.before
      if (slot > 0 || before === undefined) return [populationChange(realmId, name, bytes)]
      stretches.set(task, { stretch, before })
      return [populationChange(realmId, name, bytes), ...stretchChanges(realmId, task, bytes, { stretch, before })]
    },
    forget(task) {
      const names = [...populations.keys()].filter((name) => name === task || name.startsWith(`${task}/`))
      for (const name of names) populations.delete(name)
      stretches.delete(task)
      return forgottenChanges(realmId, task, names)
    },
  }
}

/** The first worker's has the name that the only one's had when there was no other. */
function nameOf(task: string, slot: number): string {
  return slot === 0 ? task : `${task}/${slot}`
}
