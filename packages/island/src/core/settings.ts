// The visitor's settings: their defaults, and what an outside value is bent into.

import { algorithmNames } from '@megabrain/evolve'
import type { Settings } from '../snapshot.ts'

/** Polite from the first day: a quarter of one core, and only while somebody looks and the machine is plugged in. */
export const defaultSettings: Settings = {
  task: 'double-pole-no-velocity', algorithm: 'neat', dutyPercent: 25, runWhenHidden: false, runOnBattery: false, relayOnly: false, region: '', publishFrom: 0,
}

const MIN_DUTY_PERCENT = 1
const MAX_DUTY_PERCENT = 100
const MAX_FITNESS = 1_000_000

/**
 * `changes` on top of `settings`. Values of the wrong kind, as an old archive row may hold them, change nothing; a duty
 * out of range becomes the nearest that is in it; a task that is not among `tasks` becomes the first that is.
 */
export function changeSettings(settings: Settings, changes: Partial<Record<keyof Settings, unknown>>, tasks: readonly string[]): Settings {
  const { task, algorithm, dutyPercent, runWhenHidden, runOnBattery, relayOnly, region, publishFrom } = changes
  const wanted = typeof task === 'string' ? task : settings.task
  return {
    task: tasks.includes(wanted) ? wanted : tasks[0] ?? wanted,
    algorithm: algorithmNames.find((name) => name === algorithm) ?? settings.algorithm,
    dutyPercent: typeof dutyPercent === 'number' && Number.isFinite(dutyPercent)
      ? Math.min(MAX_DUTY_PERCENT, Math.max(MIN_DUTY_PERCENT, Math.round(dutyPercent))) : settings.dutyPercent,
    runWhenHidden: typeof runWhenHidden === 'boolean' ? runWhenHidden : settings.runWhenHidden,
    runOnBattery: typeof runOnBattery === 'boolean' ? runOnBattery : settings.runOnBattery,
    relayOnly: typeof relayOnly === 'boolean' ? relayOnly : settings.relayOnly,
    region: typeof region === 'string' && /^[a-z0-9-]{0,16}$/.test(region) ? region : settings.region,
    publishFrom: typeof publishFrom === 'number' && publishFrom >= 0 && publishFrom <= MAX_FITNESS ? Math.round(publishFrom) : settings.publishFrom,
  }
}
