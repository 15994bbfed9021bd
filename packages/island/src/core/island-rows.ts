// How an island's own memory lies in the archive, beside the verified entries of the exchange: settings and ledger as
// JSON, bodies and populations as bytes. Rows are read with suspicion, since a disk may give back anything.

import type { Archive, Change } from '@megabrain/exchange'
import type { Adoption, ChampionView, HistoryPoint, Settings } from '../snapshot.ts'
import { decodeWork } from '../donation/work-account.ts'
import { createLedger } from './ledger.ts'
import type { Ledger, TaskLedger } from './ledger.ts'

/** A number in each JSON row; a row with another one is left alone and the island starts without it. */
const ROW_VERSION = 1

interface TaskRow {
  readonly champion: Omit<ChampionView, 'body'> | undefined
  readonly history: readonly HistoryPoint[]
  readonly evaluations: number
  readonly generation: number
  readonly solved: boolean
}

interface LedgerRow {
  readonly version: number
  readonly adoptions: readonly Adoption[]
  readonly lastAdoptionId: number
  /** Absent in rows of before there was an account. */
  readonly work?: unknown
  readonly tasks: Readonly<Record<string, TaskRow>>
}

export interface IslandRows {
  readonly settings: Partial<Record<keyof Settings, unknown>> | undefined
  readonly ledger: Ledger
  /** By the names that `checkpoints.ts` gives them. */
  readonly populations: ReadonlyMap<string, Uint8Array>
  /** To be written before anything is evolved: says whose memory this is from now on, and drops what another device bred. */
  readonly takeover: readonly Change[]
}

const settingsKey = (realm: string): string => `island/${realm}/settings`
const ledgerKey = (realm: string): string => `island/${realm}/ledger`
const championKey = (realm: string, task: string): string => `island/${realm}/champion/${task}`
const deviceKey = (realm: string): string => `island/${realm}/device`
const populationPrefix = (realm: string): string => `island/${realm}/population/`

/** @param device public key, hex: it does not go on with what another one bred, since no receipt could say where that comes from. Absent for who only looks */
export async function readIslandRows(archive: Archive, realm: string, device?: string): Promise<IslandRows> {
  const rows = new Map((await archive.list(`island/${realm}/`)).map(({ key, value }) => [key, value]))
  const prefix = populationPrefix(realm)
  const evolvedBy = rows.get(deviceKey(realm))
  const isForeign = device !== undefined && evolvedBy !== undefined && new TextDecoder().decode(evolvedBy) !== device
  const populations = new Map([...rows].filter(([key]) => key.startsWith(prefix)).map(([key, value]) => [key.slice(prefix.length), value]))
  const dropped = isForeign ? [...populations.keys()].map((task): Change => ({ key: prefix + task, value: undefined })) : []
  return {
    settings: fromJson(rows.get(settingsKey(realm))) as IslandRows['settings'],
    ledger: ledgerFromRow(fromJson(rows.get(ledgerKey(realm))) as LedgerRow | undefined, (task) => rows.get(championKey(realm, task))),
    populations: isForeign ? new Map() : populations,
    takeover: device === undefined ? [] : [{ key: deviceKey(realm), value: new TextEncoder().encode(device) }, ...dropped],
  }
}

export function settingsChange(realm: string, settings: Settings): Change {
  return { key: settingsKey(realm), value: toJson({ version: ROW_VERSION, ...settings }) }
}

/** @param name the task's, or that of another worker's population of it: see `checkpoints.ts` */
export function populationChange(realm: string, name: string, bytes: Uint8Array): Change {
  return { key: populationPrefix(realm) + name, value: bytes }
}

/** What was evolved for a task is no more. @param populations names of its populations, of all workers */
export function forgottenChanges(realm: string, task: string, populations: readonly string[]): readonly Change[] {
  return [...populations.map((name) => populationPrefix(realm) + name), championKey(realm, task)].map((key) => ({ key, value: undefined }))
}

/** Everything of the ledger that outlives a restart; the log does not. */
export function ledgerChanges(realm: string, ledger: Ledger): readonly Change[] {
  const tasks: Record<string, TaskRow> = {}
  const bodies: Change[] = []
  for (const [task, { champion, history, evaluations, generation, solved }] of ledger.tasks) {
    tasks[task] = { champion: champion === undefined ? undefined : withoutBody(champion), history, evaluations, generation, solved }
    if (champion !== undefined) bodies.push({ key: championKey(realm, task), value: champion.body })
  }
  const { adoptions, lastAdoptionId, work } = ledger
  const row: LedgerRow = { version: ROW_VERSION, adoptions, lastAdoptionId, work, tasks }
  return [{ key: ledgerKey(realm), value: toJson(row) }, ...bodies]
}

function ledgerFromRow(row: LedgerRow | undefined, bodyOf: (task: string) => Uint8Array | undefined): Ledger {
  const empty = createLedger()
  if (row === undefined || !Array.isArray(row.adoptions) || typeof row.tasks !== 'object') return empty
  const tasks = new Map<string, TaskLedger>()
  for (const [task, { champion, history, evaluations, generation, solved }] of Object.entries(row.tasks)) {
    const body = bodyOf(task)
    tasks.set(task, {
      champion: champion === undefined || body === undefined ? undefined : { ...champion, author: champion.author, body },
      history: Array.isArray(history) ? history : [],
      evaluations: Number(evaluations) || 0,
      generation: Number(generation) || 0,
      species: 0,
      solved: solved === true,
    })
  }
  return { ...empty, adoptions: row.adoptions, lastAdoptionId: Number(row.lastAdoptionId) || 0, work: decodeWork(row.work), tasks }
}

function withoutBody({ body: _, ...rest }: ChampionView): Omit<ChampionView, 'body'> {
  return rest
}

function toJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}

function fromJson(bytes: Uint8Array | undefined): unknown {
  if (bytes === undefined) return undefined
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes)) as { version?: unknown } | null
    return value?.version === ROW_VERSION ? value : undefined
  } catch {
    return undefined
  }
}
