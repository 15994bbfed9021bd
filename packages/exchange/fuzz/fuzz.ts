// The loop: takes bytes that are known to be telling, damages them, hands them to a decoder, and keeps what led to an outcome
// of a new kind. Deterministic from its seed, but for the times that it measures.

import { createRandom } from '@megabrain/evolve'
import { fieldsOf } from './field-mutator.ts'
import { createMutator } from './mutator.ts'

/** A decoder under attack. */
export interface Target {
  readonly name: string
  /** Good bytes; those of others are found among all seeds. */
  readonly seeds: readonly Uint8Array[]
  /** Longest input, bytes; a little above the decoder's own limit, so that the limit is met too. */
  readonly maxBytes: number
  /** Bytes of a flat format's magic and version, which are left as they are most of the time. @default 0: protobuf */
  readonly magicBytes?: number
  /** Whether bytes say by themselves what they are; without that, hostile bytes may be good ones by chance. @default true */
  readonly isFramed?: boolean
  /** How much of the whole it gets, next to the others' weights: dear decoders get less. */
  readonly weight: number
  /** Reads `bytes`. @returns what came of it: `ok` or a reason; anything thrown is a finding */
  read(bytes: Uint8Array): string
}

export interface Finding {
  readonly target: string
  /** `threw …`, `slow …` or `no result …`. */
  readonly what: string
  /** The input, hex. */
  readonly hex: string
}

export interface FuzzReport {
  readonly inputs: number
  readonly findings: readonly Finding[]
  /** Kinds of outcomes seen: reason × length × shape. */
  readonly kinds: number
  /** Inputs by outcome. */
  readonly outcomes: ReadonlyMap<string, number>
  /** The slowest input that stayed slow when it was timed again, ms. */
  readonly slowestMs: number
}

export const SLOW_MS = 5
/** On a busy machine a moment's work takes long now and then, but not every time. */
const RETRIES = 8
/** One input in so many has its magic damaged too. */
const MAGIC_DAMAGED = 8
const MAX_CORPUS = 512
const MAX_FINDINGS = 20

/** @param now a clock in ms with fractions */
export function fuzz(target: Target, donors: readonly Uint8Array[], inputs: number, seed: number, now: () => number): FuzzReport {
  const random = createRandom(seed)
  const mutator = createMutator(random, target.maxBytes)
  const corpus = [...target.seeds, ...donors.filter((bytes) => bytes.length <= target.maxBytes && target.read(bytes) === 'ok')]
  const good = corpus.length
  if (good === 0) throw new RangeError(`A target needs good bytes to start from, ${target.name} has none`)
  const { magicBytes = 0 } = target
  const kinds = new Set<number>()
  const outcomes = new Map<string, number>()
  const findings: Finding[] = []
  let slowestMs = 0

  const report = (what: string, bytes: Uint8Array): void => {
    if (findings.length < MAX_FINDINGS) findings.push({ target: target.name, what, hex: Buffer.from(bytes).toString('hex') })
  }
  const attempt = (bytes: Uint8Array): { readonly outcome: string | undefined; readonly tookMs: number } => {
    const began = now()
    try {
      const outcome = target.read(bytes)
      return { outcome, tookMs: now() - began }
    } catch (error) {
      report(`threw ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`, bytes)
      return { outcome: undefined, tookMs: now() - began }
    }
  }

  for (let i = 0; i < inputs; i++) {
    const base = corpus[random.integer(random.integer(2) === 0 ? good : corpus.length)]!
    const donor = random.integer(2) === 0 ? corpus[random.integer(corpus.length)]! : donors[random.integer(donors.length)]!
    const bytes = mutator.mutate(base, donor)
    if (magicBytes > 0 && random.integer(MAGIC_DAMAGED) > 0) bytes.set(base.subarray(0, Math.min(magicBytes, bytes.length)))
    const first = attempt(bytes)
    if (first.tookMs > SLOW_MS) {
      // The collector and other programs also take time: only what is slow again and again is slow.
      let least = first.tookMs
      for (let retry = 0; retry < RETRIES && least > SLOW_MS; retry++) least = Math.min(least, attempt(bytes).tookMs)
      slowestMs = Math.max(slowestMs, least)
      if (least > SLOW_MS) report(`slow ${least.toFixed(1)} ms`, bytes)
    } else if (first.tookMs > slowestMs) slowestMs = Math.max(slowestMs, Math.min(first.tookMs, attempt(bytes).tookMs))
    const outcome = first.outcome ?? 'threw'
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    const kind = kindOf(outcome, bytes, magicBytes)
    if (kinds.has(kind)) continue
    kinds.add(kind)
    if (corpus.length < good + MAX_CORPUS) corpus.push(bytes.slice())
    else corpus[good + random.integer(MAX_CORPUS)] = bytes.slice()
  }
  return { inputs, findings, kinds: kinds.size, outcomes, slowestMs }
}

/** A cheap stand-in for coverage: the reason, the length's order of magnitude, and which fields came in which order. */
function kindOf(outcome: string, bytes: Uint8Array, magicBytes: number): number {
  let hash = 2_166_136_261
  const mix = (value: number): void => {
    hash = Math.imul(hash ^ value, 16_777_619)
  }
  for (let i = 0; i < outcome.length; i++) mix(outcome.charCodeAt(i))
  mix(32 - Math.clz32(bytes.length))
  const fields = magicBytes > 0 ? undefined : fieldsOf(bytes)
  if (fields === undefined) return hash
  let last = -1
  for (const { start } of fields.slice(0, 24)) {
    if (bytes[start] !== last) mix(bytes[start]!)
    last = bytes[start]!
  }
  return hash
}
