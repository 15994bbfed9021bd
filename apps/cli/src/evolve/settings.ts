// Settings of a run: the task's own, then the file of `--config`, then each `--set`. Every name and range is checked, with
// the name in the fault.

import { readFile } from 'node:fs/promises'
import { defaultSettings, settingsFault } from '@megabrain/evolve'
import type { PopulationSettings, Task } from '@megabrain/evolve'
import { settingsFor } from '@megabrain/tasks'
import { UsageError } from '../usage.ts'

/**
 * @param config path of a JSON object of settings
 * @param sets `name=value`, the value as JSON or plain text
 */
export async function readSettings(task: Task, config: string | undefined, sets: readonly string[]): Promise<PopulationSettings> {
  const settings: Record<string, unknown> = { ...defaultSettings, ...settingsFor(task) }
  if (config !== undefined) {
    for (const [name, value] of Object.entries(await readConfig(config))) assign(settings, name, value, config)
  }
  for (const set of sets) {
    const at = set.indexOf('=')
    if (at < 1) throw new UsageError(`--set takes name=value, got ${JSON.stringify(set)}`)
    assign(settings, set.slice(0, at), parseValue(set.slice(at + 1)), '--set')
  }
  const checked = settings as unknown as PopulationSettings
  const fault = settingsFault(checked)
  if (fault !== undefined) throw new UsageError(fault)
  return checked
}

async function readConfig(path: string): Promise<object> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UsageError(`--config ${path} cannot be read (${String((error as NodeJS.ErrnoException).code ?? error)})`)
  })
  const json = parseValue(text)
  const isObject = typeof json === 'object' && json !== null && !Array.isArray(json)
  if (!isObject) throw new UsageError(`--config ${path} must be a JSON object of settings`)
  return json
}

function assign(settings: Record<string, unknown>, name: string, value: unknown, origin: string): void {
  const present = Object.hasOwn(settings, name) ? settings[name] : undefined
  if (present === undefined) throw new UsageError(`${origin}: unknown setting ${name}; there are ${Object.keys(settings).join(', ')}`)
  const kind = (each: unknown) => (Array.isArray(each) ? 'list' : typeof each)
  if (kind(value) !== kind(present)) {
    throw new UsageError(`${origin}: setting ${name} must be a ${kind(present)}, got ${JSON.stringify(value)}`)
  }
  settings[name] = value
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
