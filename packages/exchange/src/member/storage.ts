// What the bodies of an archive may take, and what its people want kept whatever happens. Bodies that nobody holds a niche
// with go first, oldest first; then those of entries, in the order of `archive/eviction.ts`; pinned ones and our own never.

import { evictionOrder, hasBody, RELAY_BYTES, TAB_BYTES, withoutBody } from '../archive/eviction.ts'
import { rowsOf } from '../archive/archive-rows.ts'
import { nicheOf } from '../archive/niche.ts'
import type { Entry } from '../archive/entry.ts'
import { hexText } from '../bytes/text.ts'
import type { MemberState, Turn } from './state.ts'

export interface StorageState {
  /** Bodies that people asked to keep: CID → body. At most `MAX_PINNED`, all by our own hand. */
  readonly pinned: Map<string, Uint8Array>
  /** At least what bodies take, bytes: counted, and everything added since. */
  estimate: number
  /** Bodies evicted. */
  evicted: number
  /** What bodies may take, bytes, where the environment turned out to have less room than the options say. */
  budget: number | undefined
}

export const MAX_PINNED = 256
/** Evicting makes this much more room than needed, so that not every new entry has to. */
const SLACK = 1 / 16
/** Less than this is not worth giving up, bytes. */
const LEAST_BYTES = 4_000_000

export function createStorage(pinned: ReadonlyMap<string, Uint8Array>): StorageState {
  const kept = new Map([...pinned].slice(0, MAX_PINNED))
  return { pinned: kept, estimate: [...kept.values()].reduce((sum, { length }) => sum + length, 0), evicted: 0, budget: undefined }
}

/** Under which pinned bodies are stored: rows of their own, so that nothing else that goes takes them along. */
export function pinRowPrefix(realm: string): string {
  return `pin/${realm}/`
}

/** Keeps the body of a genotype that is here for good, or no longer. */
export function pin({ state }: Turn, cid: string, isPinned: boolean, body: Uint8Array | undefined): void {
  const { pinned } = state.storage
  if (isPinned && (body === undefined || pinned.has(cid) || pinned.size >= MAX_PINNED)) return
  if (!isPinned && !pinned.has(cid)) return
  if (isPinned) {
    pinned.set(cid, body!)
    state.storage.estimate += body!.length
  } else pinned.delete(cid)
  state.rows.push({ key: pinRowPrefix(state.realmId) + cid, value: isPinned ? body : undefined })
}

/** Makes room among the bodies of one author, the worst first, when they take more than one author's may. */
export function keepAuthorWithin(state: MemberState, author: string): void {
  const budget = state.options.authorBytes
  if (budget === undefined || state.spared.has(author)) return
  const own = [...state.niches.values()].filter((entry) => entry.claim.author === author && hasBody(entry))
  let bytes = own.reduce((sum, { body }) => sum + body.length, 0)
  if (bytes <= budget) return
  for (const entry of evictionOrder(own)) {
    if (bytes <= budget * (1 - SLACK)) return
    if (isKept(state, entry)) continue
    bytes -= entry.body.length
    evict(state, entry)
  }
}

/** Makes room after `added` bytes of bodies have come, when there are too many. */
export function makeRoom(state: MemberState, added: number): void {
  const { storage, options } = state
  const budget = storage.budget ?? options.archiveBytes ?? (options.role === 'relay' ? RELAY_BYTES : TAB_BYTES)
  storage.estimate += added
  if (storage.estimate <= budget) return
  storage.estimate = bytesOf(state)
  if (storage.estimate <= budget) return
  const goal = budget * (1 - SLACK)
  for (const [cid, body] of [...state.displaced.entries()]) {
    if (storage.estimate <= goal) return
    state.displaced.delete(cid)
    state.forgotten.add(cid)
    storage.estimate -= body.length
    storage.evicted++
  }
  for (const entry of evictionOrder([...state.niches.values()])) {
    if (storage.estimate <= goal) return
    if (!isKept(state, entry)) evict(state, entry)
  }
}

/** Nothing more can be stored: half of the bodies go, pinned ones and our own excepted, and that is the budget from now on. */
export function halve(state: MemberState): void {
  const bytes = bytesOf(state)
  // Whoever has taken the room, it is not we.
  if (bytes < LEAST_BYTES) return
  state.storage.budget = Math.floor(bytes / 2)
  state.storage.estimate = bytes
  makeRoom(state, 0)
}

function evict(state: MemberState, entry: Entry): void {
  const stub = withoutBody(entry)
  state.niches.set(nicheOf(entry), stub)
  state.byGenotype.set(entry.claim.genotype, stub)
  state.rows.push(...rowsOf(stub))
  state.storage.estimate -= entry.body.length
  state.storage.evicted++
}

function isKept({ storage, options: { identity } }: MemberState, { claim }: Entry): boolean {
  return storage.pinned.has(claim.genotype) || (identity !== undefined && claim.device === hexText(identity.device))
}

/** What all bodies take, bytes; a pinned one that is also an entry's counts once. */
export function bytesOf(state: MemberState): number {
  let bytes = 0
  for (const entry of state.niches.values()) if (hasBody(entry)) bytes += entry.body.length
  for (const body of state.displaced.values()) bytes += body.length
  for (const [cid, body] of state.storage.pinned) if (state.byGenotype.get(cid)?.body.length !== body.length) bytes += body.length
  return bytes
}
