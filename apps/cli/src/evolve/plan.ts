// What a run of evolution is made of: the task, the algorithm, the seed and every setting. They come from the task's own
// settings, then the file of `--config`, then the options; each name and range is checked, with the name in the fault.

import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { algorithmNames, createSearch, defaultSettingsOf, searchSettingsFault } from '@megabrain/evolve'
import type { AlgorithmName, SearchOptions, Task } from '@megabrain/evolve'
import { settingsFor } from '@megabrain/tasks'
import { findTaskByReference, isTaskFile } from '../task-reference.ts'
import { readCount, required, UsageError } from '../usage.ts'

export type Settings = Readonly<Record<string, unknown>>

export interface Plan {
  /** What `findTaskByReference` takes, in any working directory. */
  readonly reference: string
  readonly task: Task
  readonly algorithm: AlgorithmName
  /** Of the first run. */
  readonly seed: number
  /** Complete. */
  readonly settings: Settings
}

export interface PlanOptions {
  readonly task?: string | undefined
  readonly algorithm?: string | undefined
  readonly seed?: string | undefined
  /** Path of a JSON object with any of `task`, `algorithm`, `seed` and `settings`. */
  readonly config?: string | undefined
  /** `name=value`, the value as JSON, plain text or a list divided by commas. */
  readonly set: readonly string[]
}

/** @throws UsageError naming option, file or setting */
export async function readPlan(options: PlanOptions): Promise<Plan> {
  const config: Config = options.config === undefined ? {} : await readConfig(options.config)
  const reference = required(options.task ?? config.task, '--task')
  const task = await findTaskByReference(reference)
  const algorithm = algorithmOf(options.algorithm ?? config.algorithm ?? 'neat')
  const settings: Record<string, unknown> = { ...defaultSettingsOf(algorithm), ...settingsFor(task, algorithm) }
  for (const [name, value] of Object.entries(config.settings ?? {})) assign(settings, name, value, `--config ${options.config}`)
  for (const set of options.set) {
    const at = set.indexOf('=')
    if (at < 1) throw new UsageError(`--set takes name=value, got ${JSON.stringify(set)}`)
    const name = set.slice(0, at)
    assign(settings, name, valueOf(set.slice(at + 1), settings[name]), '--set')
  }
  const fault = searchSettingsFault(algorithm, settings)
  if (fault !== undefined) throw new UsageError(fault)
  const seed = options.seed === undefined ? config.seed ?? 1 : readCount(options.seed, '--seed', 0)
  assertStarts({ task, algorithm, seed, settings })
  return { reference: isTaskFile(reference) ? resolve(reference) : reference, task, algorithm, seed, settings }
}

/** Some faults show only with the task: novelty, for one, needs behaviours. */
function assertStarts(options: SearchOptions): void {
  try {
    createSearch(options)
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message)
    throw error
  }
}

interface Config {
  readonly task?: string
  readonly algorithm?: string
  readonly seed?: number
  readonly settings?: Settings
}

const configKinds = { task: 'string', algorithm: 'string', seed: 'number', settings: 'object' } as const

async function readConfig(path: string): Promise<Config> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UsageError(`--config ${path} cannot be read (${String((error as NodeJS.ErrnoException).code ?? error)})`)
  })
  const names = Object.keys(configKinds).join(', ')
  const json = parse(text)
  if (kindOf(json) !== 'object') throw new UsageError(`--config ${path} must be a JSON object with any of ${names}`)
  for (const [name, value] of Object.entries(json as object)) {
    const kind = Object.hasOwn(configKinds, name) ? configKinds[name as keyof typeof configKinds] : undefined
    if (kind === undefined) throw new UsageError(`--config ${path}: unknown key ${name}; there are ${names}`)
    if (kindOf(value) !== kind) throw new UsageError(`--config ${path}: ${name} must be ${article(kind)}, got ${JSON.stringify(value)}`)
  }
  const config = json as Config
  if (config.seed !== undefined && !(Number.isSafeInteger(config.seed) && config.seed >= 0)) {
    throw new UsageError(`--config ${path}: seed must be a whole number from 0, got ${config.seed}`)
  }
  const { task } = config
  return task === undefined || !isTaskFile(task) ? config : { ...config, task: resolve(dirname(path), task) }
}

function algorithmOf(name: string): AlgorithmName {
  const known = algorithmNames.find((each) => each === name)
  if (known === undefined) throw new UsageError(`unknown algorithm ${name}; there are ${algorithmNames.join(', ')}`)
  return known
}

function assign(settings: Record<string, unknown>, name: string, value: unknown, origin: string): void {
  if (!Object.hasOwn(settings, name)) throw new UsageError(`${origin}: unknown setting ${name}; there are ${Object.keys(settings).join(', ')}`)
  const kind = kindOf(settings[name])
  if (kindOf(value) !== kind) throw new UsageError(`${origin}: setting ${name} must be ${article(kind)}, got ${JSON.stringify(value)}`)
  settings[name] = value
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value
}

const article = (kind: string): string => (kind === 'object' ? 'an object' : `a ${kind}`)

/** @param present the setting as it is, which says whether text means a list */
function valueOf(text: string, present: unknown): unknown {
  const value = parse(text)
  return Array.isArray(present) && typeof value === 'string' ? value.split(',') : value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
