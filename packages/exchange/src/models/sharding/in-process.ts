// A sharded network in one process, without a network: what the same parts compute over peers must equal this to the bit.

import { createShardDonor, type OpenPart } from './shard-donor.ts'
import { createShardRun, type Batch, type ShardEffect, type ShardView } from './shard-run.ts'
import type { Sharded } from './partition.ts'

export interface ShardAnswers {
  readonly values: Float64Array
  readonly view: ShardView
}

/** @throws RangeError for a batch of another shape than the network */
export function runInProcess(sharded: Sharded, batch: Batch, open: OpenPart): ShardAnswers {
  const run = createShardRun(sharded, batch, 1)
  const donor = createShardDonor(open)
  const due: ShardEffect[] = [...run.step({ kind: 'joined', peer: 'here' }, 0)]
  for (let at = 0; at < due.length; at++) {
    const effect = due[at]!
    if (effect.kind === 'answers') return { values: effect.values, view: run.view() }
    if (effect.kind === 'drop') break
    for (const bytes of donor.receive(effect.bytes) ?? []) due.push(...run.step({ kind: 'received', from: 'here', bytes }, 0))
  }
  throw new RangeError('The network does not fit into one process: its donor declined a part')
}
