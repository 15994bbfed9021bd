// Where settings come from: flags before environment before an optional JSON file before what holds without being set.
// A wrong one is refused in a sentence that names it as its writer wrote it.

import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { settingKeys, settings } from './configuration.ts'
import type { Configuration, SettingKey } from './configuration.ts'

/** What is asked for. `file` is an absolute path. */
export type Action =
  | { readonly kind: 'run' }
  | { readonly kind: 'help' | 'rotate-identity' }
  /** `of`: the web address of a relay elsewhere. */
  | { readonly kind: 'check'; readonly of?: string }
  | { readonly kind: 'init' | 'backup' | 'restore'; readonly file: string }
type Refused = { readonly ok: false; readonly reason: string }

export type ConfigurationResult = { readonly ok: true; readonly value: Configuration; readonly action: Action } | Refused

type Environment = Readonly<Record<string, string | undefined>>

interface File {
  readonly values: ReadonlyMap<string, unknown>
  readonly folder: string
}

/** A value as found: `named` is how its writer knows it, `folder` where a relative path starts. */
interface Found {
  readonly value: unknown
  readonly named: string
  readonly folder: string
}

const MAX_SHOWN_CHARACTERS = 80
/** Flags that ask for something else than running, and what their value is where they have one. */
const ACTIONS: Readonly<Record<string, string | undefined>> = {
  '--help': undefined,
  '--init': undefined,
  '--check': undefined,
  '--backup': 'the path of the file to write',
  '--restore': 'the path of a backup',
  '--rotate-identity': undefined,
}
/** What `--init` writes where no `--config` says otherwise. */
const FIRST_FILE = 'megabrain-relay.json'

/**
 * @param flags the command line after the program's name
 * @param workingFolder where relative paths of flags and environment start; those in a file start at the file
 */
export function readConfiguration(flags: readonly string[], environment: Environment, workingFolder: string): ConfigurationResult {
  const line = readFlags(flags)
  if (!line.ok) return line
  const action = actionOf(line, workingFolder)
  // That file is to be written.
  const file = line.file === undefined || action.kind === 'init' ? undefined : readFile(resolve(workingFolder, line.file))
  if (file?.ok === false) return file

  const values: Partial<Record<SettingKey, unknown>> = {}
  for (const key of settingKeys) {
    const found = find(key, line.values, environment, file?.value, workingFolder)
    const value = found === undefined ? settings[key].fallback : settings[key].read(found.value, found.folder)
    if (value === undefined) return { ok: false, reason: `${found?.named} must be ${settings[key].accepted}; got ${shown(found?.value)}` }
    values[key] = value
  }
  return { ok: true, value: values as unknown as Configuration, action }
}

interface Line {
  readonly ok: true
  readonly values: ReadonlyMap<SettingKey, string>
  readonly file: string | undefined
  /** The flag that asks for something else than running, and its value. */
  readonly action: readonly [string, string] | undefined
}

function readFlags(flags: readonly string[]): Line | Refused {
  const values = new Map<SettingKey, string>()
  let action: readonly [string, string] | undefined
  let file: string | undefined
  for (let i = 0; i < flags.length; i++) {
    const [name, joined] = split(flags[i]!)
    const isAction = Object.hasOwn(ACTIONS, name)
    if (isAction && action !== undefined && action[0] !== name && name !== '--help' && action[0] !== '--help') {
      return { ok: false, reason: `${action[0]} and ${name} cannot go together` }
    }
    if (isAction && ACTIONS[name] === undefined) {
      const url = name !== '--check' ? undefined : joined ?? (isUrl(flags[i + 1]) ? flags[++i] : undefined)
      if (url !== undefined && !isUrl(url)) return { ok: false, reason: `--check takes nothing, or the web address of a relay; got ${shown(url)}` }
      if (action?.[0] !== '--help') action = [name, url ?? '']
      continue
    }
    const key = settingKeys.find((candidate) => `--${settings[candidate].flag}` === name)
    if (!isAction && key === undefined && name !== '--config') return { ok: false, reason: `Unknown flag ${shown(name)}; accepted: ${allFlags()}` }
    const value = joined ?? flags[++i]
    const accepted = isAction ? ACTIONS[name] : key === undefined ? 'the path of a JSON file' : settings[key].accepted
    if (value === undefined || (isAction && value === '')) return { ok: false, reason: `${name} needs a value: ${accepted}` }
    if (isAction) action = action?.[0] === '--help' ? action : [name, value]
    else if (key === undefined) file = value
    else values.set(key, value)
  }
  return { ok: true, values, file, action }
}

function actionOf({ action, file }: Line, workingFolder: string): Action {
  const [flag, value = ''] = action ?? []
  switch (flag) {
    case '--help':
      return { kind: 'help' }
    case '--check':
      return value === '' ? { kind: 'check' } : { kind: 'check', of: value }
    case '--rotate-identity':
      return { kind: 'rotate-identity' }
    case '--init':
      return { kind: 'init', file: resolve(workingFolder, file ?? FIRST_FILE) }
    case '--backup':
      return { kind: 'backup', file: resolve(workingFolder, value) }
    case '--restore':
      return { kind: 'restore', file: resolve(workingFolder, value) }
    default:
      return { kind: 'run' }
  }
}

function isUrl(text: string | undefined): boolean {
  return /^https?:\/\/./.test(text ?? '') && URL.canParse(text ?? '')
}

function split(flag: string): readonly [string, string | undefined] {
  const at = flag.indexOf('=')
  return at < 0 ? [flag, undefined] : [flag.slice(0, at), flag.slice(at + 1)]
}

function allFlags(): string {
  return [...Object.keys(ACTIONS), '--config', ...settingKeys.map((key) => `--${settings[key].flag}`)].join(', ')
}

function readFile(name: string): { readonly ok: true; readonly value: File } | Refused {
  let content: unknown
  try {
    content = JSON.parse(withoutComments(readFileSync(name, 'utf8')))
  } catch (error) {
    return { ok: false, reason: `--config: cannot read ${name} as JSON: ${(error as Error).message}` }
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    return { ok: false, reason: `--config: ${name} must hold a JSON object` }
  }
  const values = new Map<string, unknown>(Object.entries(content))
  const unknown = [...values.keys()].find((key) => !settingKeys.includes(key as SettingKey))
  if (unknown === undefined) return { ok: true, value: { values, folder: dirname(name) } }
  return { ok: false, reason: `--config: unknown key ${shown(unknown)} in ${name}; accepted: ${settingKeys.join(', ')}` }
}

/** Lines that start with `//` are for people; nothing else is added to JSON. They stay as empty lines, for the places in messages. */
function withoutComments(text: string): string {
  return text.replace(/^[ \t]*\/\/.*$/gm, '')
}

function find(
  key: SettingKey,
  flags: ReadonlyMap<SettingKey, string>,
  environment: Environment,
  file: File | undefined,
  workingFolder: string,
): Found | undefined {
  const { flag, env } = settings[key]
  if (flags.has(key)) return { value: flags.get(key), named: `--${flag}`, folder: workingFolder }
  // An empty variable is how unit files and compose files spell "not set".
  if (environment[env]) return { value: environment[env], named: env, folder: workingFolder }
  if (file?.values.has(key)) return { value: file.values.get(key), named: `"${key}" in the configuration file`, folder: file.folder }
  return undefined
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text
}
