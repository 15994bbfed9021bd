// The file that says what a search is made of, as people write it: JSON with any of task, algorithm, seed and settings. One reader
// for command line and page, so that the same file means the same run everywhere.

import { algorithmNames, type AlgorithmName } from './algorithm-names.ts'
import { defaultSettingsOf, searchSettingsFault } from './search.ts'

export interface SearchConfig {
  /** Task id, or a path to a file that defines one. */
  readonly task?: string
  readonly algorithm?: AlgorithmName
  /** Whole number from 0 to 2^53 − 1. */
  readonly seed?: number
  /** Overrides of the algorithm's settings, by name. */
  readonly settings?: Readonly<Record<string, unknown>>
}

export type SearchConfigResult =
  | { readonly ok: true; readonly value: SearchConfig }
  /** `fault` names key and value. */
  | { readonly ok: false; readonly fault: string }

const kinds = { task: 'string', algorithm: 'string', seed: 'number', settings: 'object' } as const
const names = Object.keys(kinds).join(', ')

/** @param json what `JSON.parse` gave */
export function decodeSearchConfig(json: unknown): SearchConfigResult {
  if (kindOf(json) !== 'object') return { ok: false, fault: `it must be a JSON object with any of ${names}` }
  for (const [name, value] of Object.entries(json as object)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name as keyof typeof kinds] : undefined
    if (kind === undefined) return { ok: false, fault: `unknown key ${name}; there are ${names}` }
    if (kindOf(value) !== kind) return { ok: false, fault: `${name} must be ${article(kind)}, got ${JSON.stringify(value)}` }
  }
  const config = json as SearchConfig
  const { seed, algorithm } = config
  if (seed !== undefined && !(Number.isSafeInteger(seed) && seed >= 0)) {
    return { ok: false, fault: `seed must be a whole number from 0, got ${seed}` }
  }
  if (algorithm !== undefined && !algorithmNames.includes(algorithm)) {
    return { ok: false, fault: `unknown algorithm ${String(algorithm)}; there are ${algorithmNames.join(', ')}` }
  }
  return { ok: true, value: config }
}

/**
 * The algorithm's settings with the task's and then these on top.
 * @param overrides by name, in order; later ones win
 * @returns complete settings, or a sentence that names what is wrong
 */
export function completeSettings(
  algorithm: AlgorithmName,
  ...overrides: readonly Readonly<Record<string, unknown>>[]
): { readonly ok: true; readonly value: Readonly<Record<string, unknown>> } | { readonly ok: false; readonly fault: string } {
  const settings: Record<string, unknown> = defaultSettingsOf(algorithm)
  for (const [name, value] of overrides.flatMap((each) => Object.entries(each))) {
    if (!Object.hasOwn(settings, name)) return { ok: false, fault: `unknown setting ${name}; there are ${Object.keys(settings).join(', ')}` }
    const kind = kindOf(settings[name])
    if (kindOf(value) !== kind) return { ok: false, fault: `setting ${name} must be ${article(kind)}, got ${JSON.stringify(value)}` }
    settings[name] = value
  }
  const fault = searchSettingsFault(algorithm, settings)
  return fault === undefined ? { ok: true, value: settings } : { ok: false, fault }
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value
}

function article(kind: string): string {
  return kind === 'object' ? 'an object' : `a ${kind}`
}
