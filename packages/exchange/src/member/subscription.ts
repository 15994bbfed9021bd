// What a member wants to have of what it hears: tasks, least fitness, niches. Claims outside are passed on like all others
// and never pulled; anti-entropy does not ask for them.

import type { TaskId } from '@megabrain/evolve'
import type { Realm } from '../realm/realm.ts'
import type { MemberState } from './state.ts'

export interface Subscription {
  /** @default all that can be re-run */
  readonly tasks?: readonly TaskId[]
  /** By task; 0 to 1,000,000. @default 0 */
  readonly minFitness?: Readonly<Record<TaskId, number>>
  /** Niche numbers, 0 to 255. A claim that does not tell its niche is wanted. @default all */
  readonly niches?: readonly number[]
}

/** What the realm's policy suggests to islands. */
export function suggestedBy({ tasks, subscription }: Pick<Realm, 'tasks' | 'subscription'>): Subscription {
  const { tasks: chosen, minimumFitness } = subscription
  return {
    ...(chosen.length === 0 ? {} : { tasks: chosen }),
    ...(minimumFitness === 0 ? {} : { minFitness: Object.fromEntries(tasks.map((task) => [task, minimumFitness])) }),
  }
}

/** What can be told of an entry before its body is here. */
export interface Offer {
  readonly task: TaskId
  readonly fitness: number
  /** undefined when it does not say. */
  readonly niche?: number | undefined
}

export function isWanted({ subscription }: Pick<MemberState, 'subscription'>, { task, fitness, niche }: Offer): boolean {
  const { tasks, minFitness, niches } = subscription
  if (tasks !== undefined && !tasks.includes(task)) return false
  if (minFitness !== undefined && Object.hasOwn(minFitness, task) && fitness < minFitness[task]!) return false
  return niches === undefined || niche === undefined || niches.includes(niche)
}
