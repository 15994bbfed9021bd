// What the member tells the directory and asks of it: that it holds the best genotypes of its archive, and who holds a body
// that no neighbour gave. Both seldom, since each costs others a message or a connection.

import { createTokenBucket, type TokenBucket } from '../admission/token-bucket.ts'
import { hasBody } from '../archive/eviction.ts'
import type { Entry } from '../archive/entry.ts'
import { compareEntries } from '../archive/order.ts'
import { MAX_ADVERTISED } from '../limits.ts'
import type { PeerId } from '../ports.ts'
import type { Ticket } from './events.ts'
import { newTicket, type MemberState, type Turn } from './state.ts'
import type { Pull } from './under-way.ts'

export interface DirectoryUse {
  /** CIDs as advertised last. */
  advertised: readonly string[]
  nextLookAt: number
  /** Searches under way: ticket → CID. At most `MAX_SEARCHES`. */
  readonly searches: Map<Ticket, string>
  readonly bucket: TokenBucket
}

const ADVERTISED_PER_TASK = 8
/** How often the archive is looked through for what to advertise, ms. */
const LOOK_MS = 60_000
const MAX_SEARCHES = 4
/** Claims of bodies that nobody has are free to make: what they cost is bounded here. */
const SEARCH_BURST = 4
const SEARCHES_PER_SECOND = 1 / 15
/** How long the driver may take to find holders and to connect, ms. */
const SEARCH_MS = 45_000
const MAX_HOLDERS_FOUND = 3

export function createDirectoryUse(): DirectoryUse {
  return { advertised: [], nextLookAt: 0, searches: new Map(), bucket: createTokenBucket(SEARCH_BURST, SEARCHES_PER_SECOND) }
}

export function advertiseOnHeartbeat({ state, now, effects }: Turn): void {
  const use = state.directory
  if (now < use.nextLookAt) return
  const cids = worthAdvertising(state)
  if (cids.length > 0) use.nextLookAt = now + LOOK_MS // the first is told at once
  if (cids.length === use.advertised.length && cids.every((cid, at) => cid === use.advertised[at])) return
  use.advertised = cids
  effects.push({ kind: 'advertise', service: 'genotype', keys: cids })
}

/** The best of each task whose bodies are here, in ascending order. */
function worthAdvertising(state: MemberState): readonly string[] {
  const byTask = new Map<string, Entry[]>()
  for (const entry of state.niches.values()) {
    if (!hasBody(entry)) continue
    const { task } = entry.claim
    const entries = byTask.get(task)
    if (entries === undefined) byTask.set(task, [entry])
    else entries.push(entry)
  }
  const perTask = Math.min(ADVERTISED_PER_TASK, Math.floor(MAX_ADVERTISED / byTask.size))
  return [...byTask.values()].flatMap((entries) => entries.sort(compareEntries).slice(0, perTask)).map(({ claim }) => claim.genotype).sort()
}

/** @returns whether the pull waits for the directory now; it is asked once for each pull */
export function seekHolders({ state, now, effects }: Turn, pull: Pull): boolean {
  const { searches, bucket } = state.directory
  if (pull.isSought || pull.fault !== undefined || searches.size >= MAX_SEARCHES || !bucket.take(now)) return false
  pull.isSought = true
  pull.notBefore = now + SEARCH_MS
  for (const holder of pull.holders) pull.asked.add(holder) // enough
  const ticket = newTicket(state)
  searches.set(ticket, pull.cid)
  effects.push({ kind: 'find', ticket, service: 'genotype', key: pull.cid, most: MAX_HOLDERS_FOUND })
  return true
}

/** @returns the pull that may go on, with these holders; undefined when it is over or the ticket is none of ours */
export function holdersFound({ state }: Turn, ticket: Ticket, peers: readonly PeerId[]): Pull | undefined {
  const cid = state.directory.searches.get(ticket)
  state.directory.searches.delete(ticket)
  const pull = cid === undefined ? undefined : state.pulls.get(cid)
  if (pull !== undefined) resume(pull, peers.slice(0, MAX_HOLDERS_FOUND))
  return pull
}

/** Whether nothing is asked of the neighbours until the directory has answered. */
export function isSeeking(pull: Pull): boolean {
  return pull.isSought && pull.notBefore > 0
}

/** Goes on at once: each of these is asked, also if it is a neighbour that had nothing a moment ago, and nobody else. */
export function resume(pull: Pull, holders: readonly PeerId[]): void {
  pull.notBefore = 0
  pull.attempts -= holders.length
  for (const holder of holders) {
    pull.holders.add(holder)
    pull.asked.delete(holder)
  }
}
