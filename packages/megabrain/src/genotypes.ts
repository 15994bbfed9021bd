// Telling the mesh of a genotype, and hearing of those that this browser has verified: the other three of the five functions.

import { cidOf, decodeGenotype, isCid } from '@megabrain/evolve'
import { verifiedGenotypes } from '@megabrain/island'
import type { Snapshot } from '@megabrain/island'
import { realmCalled } from './relay.ts'
import { followRunning, runningNow } from './start.ts'
import type { Running } from './start.ts'

/** A genotype that was measured in this browser and is what its author says. */
export interface VerifiedGenotype {
  readonly cid: string
  /** Canonical bytes: `readNetwork` of `megabrain/runtime` runs them. */
  readonly genotype: Uint8Array
  readonly task: string
  /** 0 to 1,000,000. */
  readonly fitness: number
  /** Public key of the owner, hex. */
  readonly author: string
  readonly generation: number
  /** CIDs it was bred from. */
  readonly parents: readonly string[]
}

export type Publishing = { readonly asked: true; readonly cid: string } | { readonly asked: false; readonly reason: NotPublished }
export type NotPublished =
  | 'not-started' // there is no island, or another tab runs it
  | 'unknown-realm' // the island is not in it
  | 'unknown-genotype' // a CID that this browser holds no genotype of
  | 'malformed' // bytes that are no canonical genotype

/** How often the storage is read while somebody listens, ms. */
const LOOK_MS = 2_000

/**
 * Offers a genotype to a realm. It is measured here first, on the task that the island works on there, and told if it is better than what
 * the realm has and the realm lets this author publish; the log of the island's snapshot has `published` then.
 * @param id CID of a genotype that this browser holds, or canonical bytes
 */
export async function publishGenotype(id: string | Uint8Array, realm: string): Promise<Publishing> {
  const running = runningNow()
  const snapshot = running?.island.snapshot()
  if (running === undefined || snapshot === undefined || snapshot.watching || snapshot.phase === 'stopped') {
    return { asked: false, reason: 'not-started' }
  }
  const known = realmCalled(realm, running.realms)
  const joined = snapshot.realms.find((view) => view.id === known?.id)
  if (joined === undefined) return { asked: false, reason: 'unknown-realm' }
  const body = typeof id === 'string' ? await genotypeCalled(id, running) : id
  if (body === undefined) return { asked: false, reason: 'unknown-genotype' }
  if (!decodeGenotype(body).ok) return { asked: false, reason: 'malformed' }
  running.island.command({ kind: 'publish', realm: joined.id, task: joined.task, body })
  return { asked: true, cid: cidOf(body) }
}

async function genotypeCalled(cid: string, { island, realms }: Running): Promise<Uint8Array | undefined> {
  if (!isCid(cid)) return undefined
  const { champion } = island.snapshot()
  if (champion?.cid === cid) return champion.body
  for (const { id } of realms) {
    const entry = (await verifiedGenotypes(id)).find(({ claim }) => claim.genotype === cid)
    if (entry !== undefined) return entry.body
  }
  return undefined
}

type Listener = (genotype: VerifiedGenotype) => void

interface Subscription {
  readonly listener: Listener
  readonly heard: Set<string>
}

const subscriptions = new Map<string, Subscription>()
/** Counts the subscriptions, so that a new one has what is kept looked through again. */
let asked = 0
let following = false
let unfollow: (() => void) | undefined

/**
 * Calls `listener` for every verified genotype of a realm, those that are kept already included, each once. It may be called before `start`
 * and outlives `stop`; another listener for the same realm replaces the one before.
 */
export function subscribeGenotypes(realm: string, listener: Listener): void {
  subscriptions.set(realm, { listener, heard: new Set() })
  asked++
  if (following) return
  following = true
  followRunning((running) => {
    unfollow?.()
    unfollow = running === undefined ? undefined : follow(running)
  })
}

export function unsubscribeGenotypes(realm: string): void {
  subscriptions.delete(realm)
}

/** Looks whenever the island's numbers say that something may have come, and not more often than `LOOK_MS`. */
function follow({ island, realms }: Running): () => void {
  let state = ''
  let timer: ReturnType<typeof setTimeout> | undefined
  let ended = false
  const look = async (): Promise<void> => {
    for (const [name, { listener, heard }] of [...subscriptions]) {
      const realm = realmCalled(name, realms)
      if (realm === undefined) continue
      for (const { claim, body } of await verifiedGenotypes(realm.id)) {
        if (ended || heard.has(claim.genotype) || subscriptions.get(name)?.listener !== listener) continue
        heard.add(claim.genotype)
        const { genotype: cid, task, fitness, author, generation, parents } = claim
        listener({ cid, genotype: body, task, fitness, author, generation, parents })
      }
    }
  }
  const consider = (snapshot: Snapshot): void => {
    const numbers = snapshot.realms.flatMap(({ archived, bestInMesh }) => [archived, bestInMesh])
    const now = [asked, snapshot.admitted, snapshot.published, ...numbers].join()
    if (now === state || timer !== undefined) return
    state = now
    timer = setTimeout(() => {
      timer = undefined
      void look()
    }, LOOK_MS)
  }
  const unsubscribe = island.subscribe(consider)
  consider(island.snapshot())
  return () => {
    ended = true
    clearTimeout(timer)
    unsubscribe()
  }
}
