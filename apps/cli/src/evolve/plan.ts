// What a run of evolution is made of: the task, the algorithm, the seed and every setting. They come from the task's own
// settings, then the file of `--config`, then the options; each name and range is checked, with the name in the fault.

import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { algorithmNames, completeSettings, createSearch, decodeSearchConfig } from '@megabrain/evolve'
import type { AlgorithmName, SearchConfig, SearchOptions, Task } from '@megabrain/evolve'
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
  const config: SearchConfig = options.config === undefined ? {} : await readConfig(options.config)
  const reference = required(options.task ?? config.task, '--task')
  const task = await findTaskByReference(reference)
  const algorithm = algorithmOf(options.algorithm ?? config.algorithm ?? 'neat')
  const fromFile = config.settings ?? {}
  const known = ofTask(`--config ${options.config}`, completeSettings(algorithm, settingsFor(task, algorithm), fromFile))
  const settings = ofTask('--set', completeSettings(algorithm, known, settingsOf(options.set, known)))
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

async function readConfig(path: string): Promise<SearchConfig> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UsageError(`--config ${path} cannot be read (${String((error as NodeJS.ErrnoException).code ?? error)})`)
  })
  const decoded = decodeSearchConfig(parse(text))
  if (!decoded.ok) throw new UsageError(`--config ${path}: ${decoded.fault}`)
  const { task } = decoded.value
  return task === undefined || !isTaskFile(task) ? decoded.value : { ...decoded.value, task: resolve(dirname(path), task) }
}

function algorithmOf(name: string): AlgorithmName {
  const known = algorithmNames.find((each) => each === name)
  if (known === undefined) throw new UsageError(`unknown algorithm ${name}; there are ${algorithmNames.join(', ')}`)
  return known
}

/** @param known the settings as they are, which say whether text means a list */
function settingsOf(sets: readonly string[], known: Settings): Settings {
  const settings: Record<string, unknown> = {}
  for (const set of sets) {
    const at = set.indexOf('=')
    if (at < 1) throw new UsageError(`--set takes name=value, got ${JSON.stringify(set)}`)
    const name = set.slice(0, at)
    settings[name] = valueOf(set.slice(at + 1), known[name])
  }
  return settings
}

function ofTask(origin: string, result: ReturnType<typeof completeSettings>): Settings {
  if (!result.ok) throw new UsageError(`${origin}: ${result.fault}`)
  return result.value
}

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
