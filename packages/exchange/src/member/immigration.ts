// Verified strangers on their way into the local population: few at a time, and not all of one kind. A species, an author
// and a line of descent each have only so much of an epoch, some places go to what behaves unlike the rest, and strangers
// from another region come more rarely; so neither a flood nor a large company can take a population over.

import { createTokenBucket, type TokenBucket } from '../admission/token-bucket.ts'
import { compareEntries } from '../archive/order.ts'
import { nicheOf } from '../archive/niche.ts'
import { noveltyAmong } from '../archive/novelty.ts'
import type { Entry } from '../archive/entry.ts'
import { regionOf } from '../registry/region.ts'
import { hexText } from '../bytes/text.ts'
import { lineOf } from './lineage.ts'
import type { MemberState, Turn } from './state.ts'

export interface ImmigrationPolicy {
  /** Of one species (a niche: alike in behaviour and size) in one epoch. */
  readonly perSpecies: number
  /** Of one author in one epoch. */
  readonly perAuthor: number
  /** One place in so many goes to the most novel instead of the fittest; 0 for none. */
  readonly noveltyEvery: number
  /** Fitness sharing: whose line of descent has already sent others in this epoch waits behind those whose has not. */
  readonly sharesByLineage: boolean
  /** Of strangers from another region, one in so many. */
  readonly foreignOneIn: number
}

/** Twelve a minute and four at once: at most sixteen in an epoch. */
export const DEFAULT_IMMIGRATION: ImmigrationPolicy = {
  perSpecies: 4, perAuthor: 6, noveltyEvery: 4, sharesByLineage: true, foreignOneIn: 4,
}
/** The fittest first, whoever they are: what the rules above are measured against. */
export const FITTEST_FIRST: ImmigrationPolicy = {
  perSpecies: Infinity, perAuthor: Infinity, noveltyEvery: 0, sharesByLineage: false, foreignOneIn: 1,
}

export interface ImmigrationState {
  /** At most `MAX_WAITING`, of which no species and no author has more than an epoch lets in. */
  waiting: Entry[]
  readonly bucket: TokenBucket
  epoch: number
  /** Of this epoch; no more keys than it has places. */
  readonly species: Map<string, number>
  readonly authors: Map<string, number>
  readonly lines: Map<string, number>
  /** Fingerprints of the last that went in, by task; tasks are the realm's. */
  readonly recent: Map<string, number[]>
  /** Places given so far. */
  places: number
  /** Of this epoch's places, those given for novelty. */
  novel: number
}

const BURST = 4
const PER_SECOND = 1 / 5
export const EPOCH_MS = 60_000
/** What the bucket gives in an epoch. */
const PLACES_PER_EPOCH = BURST + (EPOCH_MS / 1_000) * PER_SECOND
export const MAX_WAITING = 32
/** Of these, kept for the most novel when there are more. */
const NOVEL_WAITING = 8
/** The fittest: at least nine tenths of the best fitness found here. The novel: at least half. */
const COMPARABLE_TENTHS = 9
const PROMISING_TENTHS = 5
const RECENT = 16

export function createImmigration(): ImmigrationState {
  return {
    waiting: [],
    bucket: createTokenBucket(BURST, PER_SECOND),
    epoch: 0,
    species: new Map(),
    authors: new Map(),
    lines: new Map(),
    recent: new Map(),
    places: 0,
    novel: 0,
  }
}

export function considerImmigrant(turn: Turn, entry: Entry): void {
  const { state } = turn
  const { immigration } = state
  const { foreignOneIn, noveltyEvery } = policyOf(state)
  if (state.options.role !== 'island' || !isAtLeast(state, entry, noveltyEvery > 0 ? PROMISING_TENTHS : COMPARABLE_TENTHS)) return
  if (isForeign(state, entry) && state.random.integer(foreignOneIn) > 0) return
  immigration.waiting = withRoomFor(state, [...immigration.waiting, entry].sort(compareEntries))
  sendImmigrants(turn)
}

export function sendImmigrants(turn: Turn): void {
  const { state, now, effects } = turn
  const { immigration } = state
  beginEpoch(immigration, now)
  while (immigration.waiting.length > 0 && immigration.bucket.has(now)) {
    const entry = nextOf(state)
    if (entry === undefined) return
    immigration.waiting = immigration.waiting.filter((other) => other !== entry)
    immigration.bucket.take(now)
    note(immigration, state, entry)
    state.counters.immigrated++
    effects.push({ kind: 'immigrate', entry })
  }
}

/** Whose turn it is: every so often the most novel, else the fittest; undefined when nobody's. */
function nextOf(state: MemberState): Entry | undefined {
  const { immigration } = state
  const { perSpecies, perAuthor, noveltyEvery, sharesByLineage } = policyOf(state)
  // The population may have moved on while they waited.
  const least = noveltyEvery > 0 ? PROMISING_TENTHS : COMPARABLE_TENTHS
  immigration.waiting = immigration.waiting.filter((entry) => isAtLeast(state, entry, least))
  const free = immigration.waiting.filter(
    (entry) => countOf(immigration.species, nicheOf(entry)) < perSpecies && countOf(immigration.authors, entry.claim.author) < perAuthor,
  )
  const shared = (entry: Entry): number =>
    entry.claim.fitness / (1 + (sharesByLineage ? countOf(immigration.lines, lineOf(state, entry.claim.genotype)) : 0))
  const fittest = best(free.filter((entry) => isAtLeast(state, entry, COMPARABLE_TENTHS)), shared)
  if (noveltyEvery === 0 || immigration.novel * noveltyEvery >= PLACES_PER_EPOCH) return fittest
  if (fittest !== undefined && immigration.places % noveltyEvery !== noveltyEvery - 1) return fittest
  const novel = best(free, (entry) => noveltyOf(state, entry))
  if (novel !== undefined) immigration.novel++
  return novel
}

function noveltyOf({ immigration }: MemberState, { claim, fingerprint }: Entry): number {
  return noveltyAmong(fingerprint, immigration.recent.get(claim.task) ?? [])
}

/** The first of those with the highest value: entries come in their own order, best first. */
function best(entries: readonly Entry[], valueOf: (entry: Entry) => number): Entry | undefined {
  let chosen: Entry | undefined
  let highest = -Infinity
  for (const entry of entries) {
    const value = valueOf(entry)
    if (value > highest) [chosen, highest] = [entry, value]
  }
  return chosen
}

/** Of a queue in order, those that stay: as many of a species or author as an epoch lets in, half of it of one line at most. */
function withRoomFor(state: MemberState, queue: readonly Entry[]): Entry[] {
  const { perSpecies, perAuthor, sharesByLineage } = policyOf(state)
  const perLine = sharesByLineage ? MAX_WAITING / 2 : MAX_WAITING
  const [species, authors, lines] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()]
  const staying: Entry[] = []
  for (const entry of queue) {
    const { author, genotype } = entry.claim
    const [niche, line] = [nicheOf(entry), lineOf(state, genotype)]
    if (countOf(species, niche) >= perSpecies || countOf(authors, author) >= perAuthor || countOf(lines, line) >= perLine) continue
    add(species, niche)
    add(authors, author)
    add(lines, line)
    staying.push(entry)
  }
  if (staying.length <= MAX_WAITING) return staying
  const rest = staying.slice(MAX_WAITING - NOVEL_WAITING)
  const novel = new Set([...rest].sort((a, b) => noveltyOf(state, b) - noveltyOf(state, a)).slice(0, NOVEL_WAITING))
  return [...staying.slice(0, MAX_WAITING - NOVEL_WAITING), ...rest.filter((entry) => novel.has(entry))]
}

function note(immigration: ImmigrationState, state: MemberState, { claim, fingerprint, links }: Entry): void {
  immigration.places++
  add(immigration.species, nicheOf({ claim, fingerprint, links }))
  add(immigration.authors, claim.author)
  add(immigration.lines, lineOf(state, claim.genotype))
  const recent = immigration.recent.get(claim.task) ?? []
  recent.push(fingerprint)
  if (recent.length > RECENT) recent.shift()
  immigration.recent.set(claim.task, recent)
}

function beginEpoch(immigration: ImmigrationState, now: number): void {
  const epoch = Math.floor(now / EPOCH_MS)
  // A clock that goes back must not open the same epoch again and again: the bucket still holds then.
  if (epoch === immigration.epoch) return
  immigration.epoch = epoch
  immigration.novel = 0
  for (const counts of [immigration.species, immigration.authors, immigration.lines]) counts.clear()
}

function isAtLeast({ publish }: MemberState, { claim }: Entry, tenths: number): boolean {
  return claim.fitness * 10 >= (publish.bestFound.get(claim.task) ?? 0) * tenths
}

/** Both have a region, and not the same. */
function isForeign({ registry, options }: MemberState, { claim }: Entry): boolean {
  const here = options.identity === undefined ? undefined : regionOf(registry, hexText(options.identity.device))
  const there = here === undefined ? undefined : regionOf(registry, claim.device)
  return there !== undefined && there !== here
}

function policyOf({ options }: MemberState): ImmigrationPolicy {
  return options.immigration ?? DEFAULT_IMMIGRATION
}

function countOf(counts: ReadonlyMap<string, number>, key: string): number {
  return counts.get(key) ?? 0
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, countOf(counts, key) + 1)
}
