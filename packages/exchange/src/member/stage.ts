// Stages of a realm: when the verified best of a stage's task reaches its goal, every island moves on to the next, and the
// old stage's champions seed it. A function of archive and policy, so that islands with equal archives are at one stage.

import { compareEntries } from '../archive/order.ts'
import type { Entry } from '../archive/entry.ts'
import { hasBody } from '../archive/eviction.ts'
import type { MemberState, Turn } from './state.ts'

/** Champions that seed the next stage. */
const MAX_SEEDS = 8

/** Index of the present stage; the number of stages when the last goal is reached; undefined in a realm without stages. */
export function stageOf({ options: { realm }, niches }: Pick<MemberState, 'options' | 'niches'>): number | undefined {
  if (realm.stages.length === 0) return undefined
  const best = new Map<string, number>()
  for (const { claim } of niches.values()) best.set(claim.task, Math.max(best.get(claim.task) ?? 0, claim.fitness))
  const at = realm.stages.findIndex(({ task, goal }) => (best.get(task) ?? -1) < goal)
  return at < 0 ? realm.stages.length : at
}

/** Tells the driver when the stage is another one than it was told last. */
export function moveOn(turn: Turn): void {
  const { state, effects } = turn
  const { stages } = state.options.realm
  const stage = stageOf(state)
  if (stage === undefined || stage === state.stage) return
  state.stage = stage
  const before = stages[stage - 1]?.task
  const champions: Entry[] = [...state.niches.values()].filter((entry) => entry.claim.task === before && hasBody(entry)).sort(compareEntries)
  effects.push({ kind: 'stage', stage, task: stages[stage]?.task, seeds: champions.slice(0, MAX_SEEDS) })
}
