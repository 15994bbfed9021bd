// Where settings come from: flags before environment before an optional JSON file before what holds without being set.
// A wrong one is refused in a sentence that names it as its writer wrote it.

import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { settingKeys, settings } from './configuration.ts'
import type { Configuration, SettingKey } from './configuration.ts'

export type Action = 'run' | 'check' | 'help'
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

/**
 * @param flags the command line after the program's name
 * @param workingFolder where relative paths of flags and environment start; those in a file start at the file
 */
export function readConfiguration(flags: readonly string[], environment: Environment, workingFolder: string): ConfigurationResult {
  const line = readFlags(flags)
  if (!line.ok) return line
  const file = line.file === undefined ? undefined : readFile(resolve(workingFolder, line.file))
  if (file?.ok === false) return file

  const values: Partial<Record<SettingKey, unknown>> = {}
  for (const key of settingKeys) {
    const found = find(key, line.values, environment, file?.value, workingFolder)
    const value = found === undefined ? settings[key].fallback : settings[key].read(found.value, found.folder)
    if (value === undefined) return { ok: false, reason: `${found?.named} must be ${settings[key].accepted}; got ${shown(found?.value)}` }
    values[key] = value
  }
  return { ok: true, value: values as unknown as Configuration, action: line.action }
}

/** What `--help` prints. */
export function configurationHelp(): string {
  const rows = settingKeys.map((key) => {
    const { flag, env, accepted, fallback } = settings[key]
    const otherwise = typeof fallback === 'object' ? Object.values(fallback).join(',') || 'none' : fallback === '' ? 'as said' : fallback
    return `  --${flag}  (environment ${env}, in a file "${key}")\n      ${accepted}; default: ${otherwise}\n`
  })
  return `Starts a Megabrain relay.

  --config FILE  a JSON object with the keys named below
  --check        only check the settings
  --help

${rows.join('')}`
}

interface Line {
  readonly ok: true
  readonly values: ReadonlyMap<SettingKey, string>
  readonly file: string | undefined
  readonly action: Action
}

function readFlags(flags: readonly string[]): Line | Refused {
  const values = new Map<SettingKey, string>()
  const actions = new Set<string>()
  let file: string | undefined
  for (let i = 0; i < flags.length; i++) {
    const [name, joined] = split(flags[i]!)
    if (name === '--check' || name === '--help') {
      actions.add(name)
      continue
    }
    const key = settingKeys.find((candidate) => `--${settings[candidate].flag}` === name)
    if (key === undefined && name !== '--config') return { ok: false, reason: `Unknown flag ${shown(name)}; accepted: ${allFlags()}` }
    const value = joined ?? flags[++i]
    const accepted = key === undefined ? 'the path of a JSON file' : settings[key].accepted
    if (value === undefined) return { ok: false, reason: `${name} needs a value: ${accepted}` }
    if (key === undefined) file = value
    else values.set(key, value)
  }
  return { ok: true, values, file, action: actions.has('--help') ? 'help' : actions.has('--check') ? 'check' : 'run' }
}

function split(flag: string): readonly [string, string | undefined] {
  const at = flag.indexOf('=')
  return at < 0 ? [flag, undefined] : [flag.slice(0, at), flag.slice(at + 1)]
}

function allFlags(): string {
  return ['config', 'check', 'help', ...settingKeys.map((key) => settings[key].flag)].map((flag) => `--${flag}`).join(', ')
}

function readFile(name: string): { readonly ok: true; readonly value: File } | Refused {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(name, 'utf8'))
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
