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

/** Places of one kind. Both lists are kept in order, so that a flood of statements costs little for each. */
interface Shelf {
  readonly byKey: Map<string, Place>
  readonly inOrder: Place[]
  readonly ranked: Place[]
  readonly bySigner: Map<string, Set<Place>>
  /** What `of` gave, until it changes. */
  view: readonly Held<unknown>[] | undefined
}

/** The statements whose ids have the same upper bits. */
interface Bucket {
  readonly ids: Set<string>
  sorted: readonly string[] | undefined
  digest: Uint8Array | undefined
}

const DIGEST_BYTES = 32

/** Negative when `a` stays. */
export function compareStatements(a: SignedStatement, b: SignedStatement): number {
  return b.revision - a.revision || compareText(a.id, b.id)
}

export function createRegistry(kinds: readonly StatementKind<unknown>[]): Registry {
  const known = new Map(kinds.map((kind) => [kind.kind, kind]))
  const shelves = new Map<string, Shelf>(
    kinds.map(({ kind }) => [kind, { byKey: new Map(), inOrder: [], ranked: [], bySigner: new Map(), view: undefined }]))
  const buckets: readonly Bucket[] = Array.from({ length: BUCKETS }, () => ({ ids: new Set(), sorted: undefined, digest: undefined }))
  const byId = new Map<string, SignedStatement>()
  const byHead = new Map<string, SignedStatement>()
  let root: string | undefined
  let heads: readonly string[] | undefined
  let version = 0

  function changed(shelf: Shelf, bucket: Bucket): void {
    shelf.view = undefined
    bucket.sorted = undefined
    bucket.digest = undefined
    root = undefined
    heads = undefined
    version++
  }

  function put(shelf: Shelf, place: Place): void {
    const { statement, key, rank } = place
    shelf.byKey.set(key, place)
    shelf.inOrder.splice(placeOf(shelf.inOrder, (other) => other.key < key), 0, place)
    shelf.ranked.splice(placeOf(shelf.ranked, (other) => other.rank < rank), 0, place)
    const ofSigner = shelf.bySigner.get(statement.signer) ?? new Set()
    shelf.bySigner.set(statement.signer, ofSigner.add(place))
    byId.set(statement.id, statement)
    byHead.set(statement.id.slice(0, STATEMENT_HEAD_LENGTH), statement)
    const bucket = buckets[bucketOf(statement.id)]!
    bucket.ids.add(statement.id)
    changed(shelf, bucket)
  }

  function remove(shelf: Shelf, place: Place): void {
    const { statement, key, rank } = place
    shelf.byKey.delete(key)
    shelf.inOrder.splice(placeOf(shelf.inOrder, (other) => other.key < key), 1)
    shelf.ranked.splice(placeOf(shelf.ranked, (other) => other.rank < rank), 1)
    const ofSigner = shelf.bySigner.get(statement.signer)!
    ofSigner.delete(place)
    if (ofSigner.size === 0) shelf.bySigner.delete(statement.signer)
    byId.delete(statement.id)
    byHead.delete(statement.id.slice(0, STATEMENT_HEAD_LENGTH))
    const bucket = buckets[bucketOf(statement.id)]!
    bucket.ids.delete(statement.id)
    changed(shelf, bucket)
  }

  /** The place that must go because there are too many, of this signer or of all. */
  function surplus(shelf: Shelf, { maxPerSigner, maxTotal }: StatementKind<unknown>, signer: string): Place | undefined {
    const ofSigner = shelf.bySigner.get(signer)!
    if (ofSigner.size > maxPerSigner) return [...ofSigner].reduce((last, place) => (place.rank > last.rank ? place : last))
    return shelf.ranked.length > maxTotal ? shelf.ranked.at(-1) : undefined
  }

  function sortedIds(bucket: Bucket): readonly string[] {
    bucket.sorted ??= [...bucket.ids].sort(compareText)
    return bucket.sorted
  }

  function digestOf(bucket: Bucket): Uint8Array {
    bucket.digest ??= bucket.ids.size === 0 ? new Uint8Array(DIGEST_BYTES) : sha256(joinBytes(sortedIds(bucket).map(hexBytes)))
    return bucket.digest
  }

  return {
    of<T>(kind: StatementKind<T>) {
      const shelf = shelves.get(kind.kind)
      if (shelf === undefined) return []
      shelf.view ??= shelf.inOrder.slice()
      return shelf.view as readonly Held<T>[]
    },
    at: (key) => shelves.get(key.slice(0, key.indexOf('/')))?.byKey.get(key)?.statement,
    has: (id) => byId.has(id),
    byHead: (head) => byHead.get(head),
    raise(statement, value) {
      const kind = known.get(statement.kind)
      const shelf = shelves.get(statement.kind)
      if (kind === undefined || shelf === undefined) throw new RangeError(`A registry must know the kinds it keeps, got ${statement.kind}`)
      const key = statementKey(statement)
      const before = shelf.byKey.get(key)
      if (before !== undefined && compareStatements(before.statement, statement) <= 0) return { raised: false, dropped: [] }
      if (before !== undefined) remove(shelf, before)
      const place: Place = { statement, value, key, rank: hexText(sha256(asciiBytes(key))) }
      put(shelf, place)
      if (before !== undefined) return { raised: true, dropped: [before.statement] }
      const last = surplus(shelf, kind, statement.signer)
      if (last === undefined) return { raised: true, dropped: [] }
      remove(shelf, last)
      return last === place ? { raised: false, dropped: [] } : { raised: true, dropped: [last.statement] }
    },
    retain(isKept) {
      const gone = [...byId.values()].filter((statement) => !isKept(statement))
      for (const statement of gone) {
        const shelf = shelves.get(statement.kind)!
        remove(shelf, shelf.byKey.get(statementKey(statement))!)
      }
      return gone
    },
    kinds: known,
    heads() {
      heads ??= buckets.flatMap((bucket) => sortedIds(bucket).map((id) => id.slice(0, STATEMENT_HEAD_LENGTH)))
      return heads
    },
    root() {
      root ??= byId.size === 0 ? '' : hexText(sha256(joinBytes(buckets.map(digestOf))))
      return root
    },
    buckets: () => joinBytes(buckets.map((bucket) => digestOf(bucket).subarray(0, BUCKET_BYTES))),
    all: () => [...byId.values()],
    get version() {
      return version
    },
    get size() {
      return byId.size
    },
  }
}

/** How many of `sorted` come before the place that is sought. */
function placeOf(sorted: readonly Place[], isBefore: (place: Place) => boolean): number {
  let from = 0
  let to = sorted.length
  while (from < to) {
    const middle = (from + to) >> 1
    if (isBefore(sorted[middle]!)) from = middle + 1
    else to = middle
  }
  return from
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
