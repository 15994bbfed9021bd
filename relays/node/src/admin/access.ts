// The operator's lists: who is banned, who is allowed whatever quotas say, and which realms may come. One JSON file in the data folder,
// replaced whole, that people may also edit by hand and have read again.

import { join } from 'node:path'
import { isIpPrefix } from '@megabrain/mesh/node'
import { readIfThere, writeDurably } from '../data-folder.ts'
import { RelayStartError } from '../errors.ts'

/** What can be banned or allowed. A prefix is an IP address or `192.0.2.0/24`. */
export const accessKinds = ['peers', 'prefixes', 'authors', 'realms'] as const
export type AccessKind = (typeof accessKinds)[number]
/** Which realms are hosted beside the own one: none; those in the folder and on the list; also what strangers hand in. */
export const realmAdmissions = ['own', 'listed', 'any'] as const
export type RealmAdmission = (typeof realmAdmissions)[number]
export const accessLists = ['banned', 'allowed'] as const
export type AccessList = (typeof accessLists)[number]

export interface Access {
  readonly banned: Readonly<Record<AccessKind, readonly string[]>>
  readonly allowed: Readonly<Record<AccessKind, readonly string[]>>
  readonly realmAdmission: RealmAdmission
}

/** On each list. */
export const MAX_LISTED = 4_096
const FILE = 'access.json'
const none: Access['banned'] = { peers: [], prefixes: [], authors: [], realms: [] }
export const EVERYBODY: Access = { banned: none, allowed: none, realmAdmission: 'listed' }

const forms: Readonly<Record<AccessKind, (value: string) => boolean>> = {
  peers: (value) => /^(12D3KooW|Qm|16Uiu2HA|Uiu|k5|bafz)[A-Za-z0-9]{30,64}$/.test(value),
  prefixes: isIpPrefix,
  authors: isKey,
  realms: isKey,
}

/** Whether `value` can be on a list of this kind. */
export function isListable(kind: AccessKind, value: string): boolean {
  return forms[kind](value)
}

export function withListed(access: Access, list: AccessList, kind: AccessKind, value: string, isListed: boolean): Access {
  const others = access[list][kind].filter((other) => other !== value)
  return { ...access, [list]: { ...access[list], [kind]: isListed ? [...others, value] : others } }
}

/** Throws `RelayStartError` with what is wrong with the file. */
export function readAccess(folder: string): Access {
  const file = join(folder, FILE)
  const bytes = readIfThere(file)
  if (bytes === undefined) return EVERYBODY
  const fault = (what: string) => new RelayStartError(`${file}: ${what}`)
  let content: unknown
  try {
    content = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch (cause) {
    throw fault(`it is no JSON (${(cause as Error).message})`)
  }
  if (!isRecord(content)) throw fault('it must hold a JSON object')
  const admission = content['realmAdmission'] ?? EVERYBODY.realmAdmission
  if (!realmAdmissions.includes(admission as RealmAdmission)) throw fault(`realmAdmission must be one of ${realmAdmissions.join(', ')}`)
  const listsIn = (list: AccessList): Access['banned'] => {
    const lists = content[list] ?? {}
    if (!isRecord(lists)) throw fault(`${list} must be an object of lists`)
    return Object.fromEntries(accessKinds.map((kind) => {
      const values = lists[kind] ?? []
      if (!Array.isArray(values) || values.length > MAX_LISTED) throw fault(`${list}.${kind} must be a list of at most ${MAX_LISTED}`)
      const wrong: unknown = values.find((value) => typeof value !== 'string' || !isListable(kind, value))
      if (wrong !== undefined) throw fault(`${list}.${kind} holds ${JSON.stringify(wrong)?.slice(0, 80)}, which is none of them`)
      return [kind, [...new Set(values as string[])]]
    })) as unknown as Access['banned']
  }
  return { banned: listsIn('banned'), allowed: listsIn('allowed'), realmAdmission: admission as RealmAdmission }
}

export function writeAccess(folder: string, access: Access): void {
  writeDurably(join(folder, FILE), Buffer.from(`${JSON.stringify(access, undefined, 2)}\n`))
}

function isKey(value: string): boolean {
  return /^[0-9a-f]{64}$/.test(value)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
