// The visitor's settings: their defaults, and what an outside value is bent into.

import { algorithmNames } from '@megabrain/evolve'
import { changeDonation, defaultDonation } from '../donation/donation-settings.ts'
import type { Settings } from '../snapshot.ts'

export const defaultSettings: Settings = {
  ...defaultDonation, task: 'double-pole-no-velocity', algorithm: 'neat', relayOnly: false, region: '',
  machineName: '', lowData: false, publishFrom: 0,
}

const MAX_FITNESS = 1_000_000

/**
 * `changes` on top of `settings`. Values of the wrong kind, as an old archive row may hold them, change nothing; numbers
 * out of range become the nearest that is in it; a task that is not among `tasks` becomes the first that is.
 */
export function changeSettings(settings: Settings, changes: Partial<Record<keyof Settings, unknown>>, tasks: readonly string[]): Settings {
  const { task, algorithm, relayOnly, region, machineName, lowData, publishFrom } = changes
  const wanted = typeof task === 'string' ? task : settings.task
  return {
    ...changeDonation(settings, changes),
    task: tasks.includes(wanted) ? wanted : tasks[0] ?? wanted,
    algorithm: algorithmNames.find((name) => name === algorithm) ?? settings.algorithm,
    relayOnly: typeof relayOnly === 'boolean' ? relayOnly : settings.relayOnly,
    region: typeof region === 'string' && /^[a-z0-9-]{0,16}$/.test(region) ? region : settings.region,
    machineName: typeof machineName === 'string' && /^[ -~]{0,24}$/.test(machineName) ? machineName : settings.machineName,
    lowData: typeof lowData === 'boolean' ? lowData : settings.lowData,
    publishFrom: typeof publishFrom === 'number' && publishFrom >= 0 && publishFrom <= MAX_FITNESS ? Math.round(publishFrom) : settings.publishFrom,
  }
}
