// The statements of a realm as a join-semilattice. A place is (kind, signer, subject); in it the higher revision stays, of
// equal ones the lower id. Where there are too many, the places with the lowest hash stay: that depends on the place alone,
// so whoever has heard the same statements keeps the same ones, in whatever order they came.

import { sha256 } from '@noble/hashes/sha2.js'
import { compareText, joinBytes } from '../bytes/compare.ts'
import { asciiBytes, hexBytes, hexText } from '../bytes/text.ts'
import { statementKey, type SignedStatement } from './statement.ts'
import type { Held, StatementKind } from './statement-kind.ts'

/** Of a statement id, hex: enough to name a statement between two registries. */
export const STATEMENT_HEAD_LENGTH = 16
/** Parts of the id space that are compared one by one, by the upper six bits of the id. */
export const BUCKETS = 64
/** Bytes of one bucket's digest. */
export const BUCKET_BYTES = 8

export interface Raised {
  /** False: what is kept is newer, or there are too many. */
  readonly raised: boolean
  /** Statements that are no longer kept: the one it replaced, and those that had to make room. */
  readonly dropped: readonly SignedStatement[]
}

export interface Registry {
  /** Every kept statement of a kind, in the order of their places. */
  of<T>(kind: StatementKind<T>): readonly Held<T>[]
  /** The statement in a place (`statementKey`). */
  at(key: string): SignedStatement | undefined
  has(id: string): boolean
  /** By the first `STATEMENT_HEAD_LENGTH` characters of its id. */
  byHead(head: string): SignedStatement | undefined
  /** Keeps `statement` unless something newer is in its place. Its signatures and entitlement are the caller's business. */
  raise(statement: SignedStatement, value: unknown): Raised
  /** Forgets everything for which `isKept` is false. @returns what was forgotten */
  retain(isKept: (statement: SignedStatement) => boolean): readonly SignedStatement[]
  /** Which kinds are known. */
  readonly kinds: ReadonlyMap<string, StatementKind<unknown>>
  /** Heads of all statements, ascending. */
  heads(): readonly string[]
  /** 64 hex characters, or empty for an empty registry: equal roots mean equal registries. */
  root(): string
  /** `BUCKETS` digests of `BUCKET_BYTES`, joined. */
  buckets(): Uint8Array
  all(): readonly SignedStatement[]
  /** Counts up with each change. */
  readonly version: number
  readonly size: number
}

interface Place extends Held<unknown> {
  readonly key: string
  /** sha256 of the key, hex. */
  readonly rank: string
}

/** Negative when `a` stays. */
export function compareStatements(a: SignedStatement, b: SignedStatement): number {
  return b.revision - a.revision || compareText(a.id, b.id)
}

export function createRegistry(kinds: readonly StatementKind<unknown>[]): Registry {
  const places = new Map<string, Map<string, Place>>(kinds.map(({ kind }) => [kind, new Map()]))
  const byId = new Map<string, SignedStatement>()
  const heads = new Map<string, SignedStatement>()
  const sorted = new Map<string, readonly Held<unknown>[]>()
  const digests: (Uint8Array | undefined)[] = Array.from({ length: BUCKETS })
  let root: string | undefined
  let sortedHeads: readonly string[] | undefined
  let version = 0

  function changed(statement: SignedStatement): void {
    sorted.delete(statement.kind)
    digests[bucketOf(statement.id)] = undefined
    root = undefined
    sortedHeads = undefined
    version++
  }

  function put(place: Place): void {
    const { statement } = place
    places.get(statement.kind)!.set(place.key, place)
    byId.set(statement.id, statement)
    heads.set(statement.id.slice(0, STATEMENT_HEAD_LENGTH), statement)
    changed(statement)
  }

  function remove(key: string, statement: SignedStatement): void {
    places.get(statement.kind)!.delete(key)
    byId.delete(statement.id)
    heads.delete(statement.id.slice(0, STATEMENT_HEAD_LENGTH))
    changed(statement)
  }

  /** The place that must go when those of a kind (of one signer, if named) are more than `max`. */
  function surplus(kind: string, max: number, signer?: string): Place | undefined {
    let count = 0
    let last: Place | undefined
    for (const place of places.get(kind)!.values()) {
      if (signer !== undefined && place.statement.signer !== signer) continue
      count++
      if (last === undefined || place.rank > last.rank) last = place
    }
    return count > max ? last : undefined
  }

  function digestOf(bucket: number): Uint8Array {
    const known = digests[bucket]
    if (known !== undefined) return known
    const ids = [...byId.keys()].filter((id) => bucketOf(id) === bucket).sort(compareText)
    const digest = ids.length === 0 ? new Uint8Array(BUCKET_BYTES) : sha256(joinBytes(ids.map(hexBytes))).slice(0, BUCKET_BYTES)
    digests[bucket] = digest
    return digest
  }

  const registry: Registry = {
    of<T>(kind: StatementKind<T>) {
      const known = sorted.get(kind.kind) ?? [...(places.get(kind.kind)?.values() ?? [])].sort((a, b) => compareText(a.key, b.key))
      sorted.set(kind.kind, known)
      return known as readonly Held<T>[]
    },
    at: (key) => places.get(key.slice(0, key.indexOf('/')))?.get(key)?.statement,
    has: (id) => byId.has(id),
    byHead: (head) => heads.get(head),
    raise(statement, value) {
      const kind = registry.kinds.get(statement.kind)
      if (kind === undefined) throw new RangeError(`A registry must know the kinds it keeps, got ${statement.kind}`)
      const ofKind = places.get(statement.kind)!
      const key = statementKey(statement)
      const before = ofKind.get(key)
      if (before !== undefined && compareStatements(before.statement, statement) <= 0) return { raised: false, dropped: [] }
      if (before !== undefined) remove(key, before.statement)
      put({ statement, value, key, rank: hexText(sha256(asciiBytes(key))) })
      if (before !== undefined) return { raised: true, dropped: [before.statement] }
      const last = surplus(statement.kind, kind.maxPerSigner, statement.signer) ?? surplus(statement.kind, kind.maxTotal)
      if (last === undefined) return { raised: true, dropped: [] }
      remove(last.key, last.statement)
      return last.key === key ? { raised: false, dropped: [] } : { raised: true, dropped: [last.statement] }
    },
    retain(isKept) {
      const gone = [...byId.values()].filter((statement) => !isKept(statement))
      for (const statement of gone) remove(statementKey(statement), statement)
      return gone
    },
    kinds: new Map(kinds.map((kind) => [kind.kind, kind])),
    heads() {
      sortedHeads ??= [...heads.keys()].sort(compareText)
      return sortedHeads
    },
    root() {
      root ??= byId.size === 0 ? '' : hexText(sha256(joinBytes([...byId.keys()].sort(compareText).map(hexBytes))))
      return root
    },
    buckets: () => joinBytes(Array.from({ length: BUCKETS }, (_, bucket) => digestOf(bucket))),
    all: () => [...byId.values()],
    get version() {
      return version
    },
    get size() {
      return byId.size
    },
  }
  return registry
}

/** The upper six bits of the id. */
export function bucketOf(id: string): number {
  return Number.parseInt(id.slice(0, 2), 16) >> 2
}

/** The least registry over both: every statement of `b` raised into a copy of `a`. */
export function mergeRegistries(a: Registry, b: Registry): Registry {
  const merged = createRegistry([...a.kinds.values()])
  for (const source of [a, b]) {
    for (const kind of source.kinds.values()) for (const { statement, value } of source.of(kind)) merged.raise(statement, value)
  }
  return merged
}
