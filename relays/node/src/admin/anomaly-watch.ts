// What the relay's realms did that does not look like evolution: the exchange's watch over each of them, with a log line and a count for
// whatever it tells.

import { anomalyKinds, nothingSeen, stepAnomaly } from '@megabrain/exchange'
import type { Anomaly, AnomalyKind, AnomalyState, Notice, Observation } from '@megabrain/exchange'
import type { Log } from '../log.ts'

export interface AnomalyView extends Anomaly {
  /** Milliseconds since 1970. */
  readonly at: number
  /** Realm id. */
  readonly realm: string
}

export interface AnomalyWatch {
  observe(realm: string, notice: Notice): void
  counts(): Readonly<Record<AnomalyKind, number>>
  /** The newest first. */
  last(): readonly AnomalyView[]
}

const KEPT = 20

/** @param now milliseconds of a clock that does not go back; @param wall milliseconds since 1970 */
export function createAnomalyWatch(log: Log, now: () => number, wall: () => number): AnomalyWatch {
  /** One for each hosted realm, which are few. */
  const states = new Map<string, AnomalyState>()
  const counts = Object.fromEntries(anomalyKinds.map((kind) => [kind, 0])) as Record<AnomalyKind, number>
  const last: AnomalyView[] = []
  return {
    observe(realm, notice) {
      const observation = observationOf(notice)
      if (observation === undefined) return
      const { state, alarms } = stepAnomaly(states.get(realm) ?? nothingSeen, observation, now())
      states.set(realm, state)
      for (const alarm of alarms) {
        counts[alarm.kind]++
        last.unshift({ ...alarm, at: wall(), realm })
        last.splice(KEPT)
        const { kind, task, seen, usual } = alarm
        log.write('warn', 'anomaly', { realm, kind, task, seen, usual })
      }
    },
    counts: () => ({ ...counts }),
    last: () => [...last],
  }
}

function observationOf(notice: Notice): Observation | undefined {
  if (notice.kind === 'refused') return { kind: 'refused', reason: notice.reason }
  if (notice.kind !== 'admitted') return undefined
  return { kind: 'admitted', task: notice.claim.task, fitness: notice.claim.fitness, links: notice.links }
}
