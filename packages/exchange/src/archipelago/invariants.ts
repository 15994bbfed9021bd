// What must hold after every step of every honest island, whatever goes wrong around it: the numbers I2 to I10 and L1 to L5 are
// those of the reliability notes. Each check costs a constant, so that a long simulation can afford all of them always.

import { nicheOf } from '../archive/niche.ts'
import { compareEntries } from '../archive/order.ts'
import type { Entry } from '../archive/entry.ts'
import type { Effect, MemberEvent, Notice } from '../member/events.ts'
import {
  MAX_AUTHORS, MAX_DEVICES, MAX_DISPLACED_BODIES, MAX_KNOWN_BODIES, MAX_NEIGHBOURS, MAX_PACKED, MAX_PARKED, MAX_PENDING_CHECKS, MAX_PULLS, MAX_SEEN_CLAIMS,
  MAX_TRIALS, type MemberState,
} from '../member/state.ts'
import { modelSizes } from '../member/model.ts'
import type { PeerId } from '../ports.ts'
import { unitSizes } from '../work-units/serve-units.ts'
import { archiveName } from './partition.ts'
import type { SharedReading } from './shared-reading.ts'
import type { SimulatedIsland } from './simulated-island.ts'

export interface Invariants {
  stepped(island: SimulatedIsland, event: MemberEvent, effects: readonly Effect[]): void
  noticed(island: SimulatedIsland, notice: Notice): void
  kept(island: SimulatedIsland, entry: Entry, replaces: Entry | undefined): void
  restarted(island: SimulatedIsland, entries: readonly Entry[], damaged: readonly string[]): void
  /** Once, when faults have stopped and time for L1 to L5 has passed. */
  ended(): void
  /** Sentences, the first few. */
  readonly violations: readonly string[]
  /** Entries kept by honest islands whose fitness does not re-evaluate. */
  falseEntries(): number
  /** Checks made. */
  checks(): number
}

export interface InvariantScene {
  readonly islands: readonly SimulatedIsland[]
  readonly reading: SharedReading
  readonly tasks: number
  now(): number
  /** Whether this peer runs an honest island. */
  isHonest(peer: PeerId): boolean
  /** Whether everybody should agree and be idle at the end: nobody isolates or floods honest islands. */
  readonly expectsCalm: boolean
}

const MAX_VIOLATIONS = 20
/** What one member has in flight at most: `MAX_PULLS_IN_FLIGHT`, `MAX_MEASURING` and `MAX_SIGNING` of the member. */
const MAX_PULL_TICKETS = 16
const MAX_TRIAL_TICKETS = 4
const MAX_SIGNING = 4
const NICHES_PER_TASK = 256

/** The first collection beyond its cap, as words; written out, since it runs after every step. */
function overflowOf(state: MemberState, tasks: number): string | undefined {
  const { publish } = state
  if (state.seen.size > MAX_SEEN_CLAIMS) return `${state.seen.size} claims seen`
  if (state.seenHeads.size > MAX_SEEN_CLAIMS) return `${state.seenHeads.size} heads seen`
  if (state.known.size > MAX_KNOWN_BODIES) return `${state.known.size} measured bodies`
  if (state.sequences.size > MAX_DEVICES) return `${state.sequences.size} devices`
  if (state.authors.size > MAX_AUTHORS) return `${state.authors.size} authors`
  if (state.neighbours.size > MAX_NEIGHBOURS) return `${state.neighbours.size} neighbours`
  if (state.checks.size > MAX_PENDING_CHECKS) return `${state.checks.size} signature checks`
  if (state.pulls.size > MAX_PULLS) return `${state.pulls.size} pulls`
  if (state.pullTickets.size > MAX_PULL_TICKETS) return `${state.pullTickets.size} pulls in flight`
  if (state.trials.size > MAX_TRIALS) return `${state.trials.size} trials`
  if (state.trialTickets.size > MAX_TRIAL_TICKETS) return `${state.trialTickets.size} evaluations in flight`
  if (state.packed.size > MAX_PACKED) return `${state.packed.size} packed answers`
  if (state.parked.size > MAX_PARKED[state.options.role]) return `${state.parked.size} parked requests`
  if (state.displaced.size > MAX_DISPLACED_BODIES) return `${state.displaced.size} displaced bodies`
  for (const [name, size, most] of unitSizes(state)) if (size > most) return `${size} ${name}`
  if (publish.signing.size > MAX_SIGNING) return `${publish.signing.size} signatures to make`
  if (state.niches.size > NICHES_PER_TASK * tasks) return `${state.niches.size} niches`
  if (state.model.machine !== undefined) {
    for (const [name, [size, most]] of Object.entries(modelSizes(state))) if (size > most) return `${size} ${name}`
  }
  return undefined
}

export function createInvariants(scene: InvariantScene): Invariants {
  const { islands, reading } = scene
  const violations: string[] = []
  let falseEntries = 0
  let checks = 0
  let lastTime = Number.NEGATIVE_INFINITY
  /** Bodies by number, and for each island the bits of those it measured itself. */
  const numbers = new Map<string, number>()
  const measured: Uint8Array[] = []
  /** By island: the last sequence number it signed, the latest that its clock showed when signing, whether it has not restarted since. */
  const sequences = new Map<number, { readonly sequence: number; readonly clock: number; readonly isOfThisLife: boolean }>()
  const best = new Map<number, number>()
  /** By island and shard: the last round that it took the word of. */
  const decided = new Map<string, { readonly term: number; readonly round: number }>()
  let honestDevices: ReadonlySet<string> | undefined

  /** Of honest islands; a liar about fitness is an honest coordinator. */
  function devices(): ReadonlySet<string> {
    honestDevices ??= new Set(islands.map(({ device }) => device))
    return honestDevices
  }

  function fail(sentence: string): void {
    if (violations.length < MAX_VIOLATIONS) violations.push(`${Math.floor(scene.now())} ms: ${sentence}`)
  }

  function demand(holds: boolean, sentence: () => string): void {
    checks++
    if (!holds) fail(sentence())
  }

  function numberOf(cid: string): number {
    const known = numbers.get(cid)
    if (known !== undefined) return known
    numbers.set(cid, numbers.size)
    return numbers.size - 1
  }

  function markMeasured({ index }: SimulatedIsland, cid: string): void {
    const number = numberOf(cid)
    let bits = measured[index] ??= new Uint8Array(64)
    if (number >> 3 >= bits.length) {
      bits = new Uint8Array(Math.max((number >> 3) + 1, bits.length * 2))
      bits.set(measured[index]!)
      measured[index] = bits
    }
    bits[number >> 3]! |= 1 << (number & 7)
  }

  function hasMeasured({ index }: SimulatedIsland, cid: string): boolean {
    const number = numberOf(cid)
    return ((measured[index]?.[number >> 3] ?? 0) & (1 << (number & 7))) !== 0
  }

  function checkEffect(island: SimulatedIsland, event: MemberEvent, effect: Effect): void {
    if (effect.kind === 'measure') markMeasured(island, reading.cidOf(effect.body))
    // Only what has just been signed: claims of an earlier life may come back and be told again.
    if (effect.kind !== 'publish' || event.kind !== 'signed') return
    const decoded = reading.decodeClaim(effect.bytes)
    if (!decoded.ok || decoded.value.claim.author !== island.author) return
    // I5; an island that lost its store and whose clock was set back counts anew.
    const { sequence } = decoded.value.claim
    const clock = Math.floor(scene.now() + island.clockMs)
    const before = sequences.get(island.index)
    const isFree = before === undefined || (!before.isOfThisLife && clock < before.clock)
    demand(isFree || sequence > before.sequence, () => `I5: ${island.name} signed ${sequence} after ${before?.sequence}`)
    sequences.set(island.index, { sequence, clock: Math.max(clock, before?.clock ?? 0), isOfThisLife: true })
  }

  return {
    stepped(island, event, effects) {
      const time = scene.now()
      checks += 2
      if (time < lastTime) fail(`I9: time went back from ${lastTime} to ${time}`)
      lastTime = time
      if (island.lies !== undefined) return
      const overflow = overflowOf(island.state, scene.tasks)
      if (overflow !== undefined) fail(`I4: ${island.name} holds ${overflow}`)
      if (event.kind === 'found') markMeasured(island, reading.cidOf(event.discovery.body))
      for (const effect of effects) {
        checkEffect(island, event, effect)
        if (effect.kind === 'verdict' && effect.verdict === 'reject' && event.kind === 'delivered') {
          demand(!scene.isHonest(event.from), () => `I6: ${island.name} blames honest ${event.from} for what it passed on`)
        }
      }
    },
    noticed(island, notice) {
      if (island.lies !== undefined) return
      if (notice.kind === 'liar') {
        demand(!devices().has(notice.device), () => `I11: ${island.name} takes an honest coordinator for a liar`)
      } else if (notice.kind === 'round') {
        const { shard, term, round, reports, members, survivors } = notice.round
        const name = `${island.index}/${shard}`
        const last = decided.get(name)
        const isLater = last === undefined || term > last.term || (term === last.term && round > last.round)
        demand(isLater, () => `I12: ${island.name} took round ${round} of term ${term} after round ${last?.round} of term ${last?.term}`)
        decided.set(name, { term, round })
        demand(members <= islands.length && (reports > 0 || survivors === 0), () => `I13: ${island.name} was told of ${members} members and ${survivors} survivors`)
      }
      if (notice.kind !== 'refused') return
      if (notice.reason === 'not-reproduced' && notice.measured !== undefined) {
        demand(notice.claimed !== notice.measured, () => `I6: ${island.name} refused the truth about ${notice.cid}`)
      }
    },
    kept(island, entry, replaces) {
      if (island.lies !== undefined) return
      const { claim, body, envelope } = entry
      const truth = reading.measure(claim.task, body)
      const { fingerprint, links } = entry
      const isTrue = truth.ok && truth.fitness === claim.fitness && truth.fingerprint === fingerprint && truth.links === links
      if (!isTrue) falseEntries++
      demand(isTrue, () => `I2: ${island.name} keeps ${claim.genotype} at ${claim.fitness}, which does not re-evaluate`)
      demand(hasMeasured(island, claim.genotype), () => `I2: ${island.name} keeps ${claim.genotype} without having measured it`)
      demand(reading.cidOf(body) === claim.genotype, () => `I3: ${island.name} keeps a body that is not ${claim.genotype}`)
      const decoded = reading.decodeClaim(envelope)
      const isSigned = decoded.ok && decoded.value.claim.id === claim.id && reading.verify(decoded.value.checks)
      demand(isSigned, () => `I3: ${island.name} keeps a claim whose signatures do not hold`)
      // Two claims about one body may rise one after the other within a step, so the holder may be better already.
      const holder = island.state.niches.get(nicheOf(entry))
      const isHeld = holder !== undefined && compareEntries(holder, entry) <= 0
      demand(isHeld, () => `I10: ${island.name} keeps ${claim.genotype}, which its niche does not hold`)
      const isFound = !isHeld || island.state.byGenotype.get(holder.claim.genotype) === holder
      demand(isFound, () => `I4: ${island.name} cannot find ${claim.genotype} by its CID`)
      const isBetter = replaces === undefined || compareEntries(entry, replaces) < 0
      demand(isBetter, () => `I10: ${island.name} replaced ${replaces?.claim.fitness} by ${claim.fitness}`)
      best.set(island.index, Math.max(best.get(island.index) ?? 0, claim.fitness))
    },
    restarted(island, entries, damaged) {
      if (island.lies !== undefined) return
      const signed = sequences.get(island.index)
      if (signed !== undefined) sequences.set(island.index, { ...signed, isOfThisLife: false })
      best.delete(island.index)
      for (const name of decided.keys()) if (name.startsWith(`${island.index}/`)) decided.delete(name)
      if (measured[island.index] !== undefined) measured[island.index] = new Uint8Array(64)
      demand(damaged.length === 0, () => `I3: ${island.name} could not read back ${damaged.join(', ')}`)
      for (const { claim, body } of entries) {
        const truth = reading.measure(claim.task, body)
        demand(truth.ok && truth.fitness === claim.fitness, () => `I2: ${island.name} restored ${claim.genotype} at a false ${claim.fitness}`)
        markMeasured(island, claim.genotype)
        best.set(island.index, Math.max(best.get(island.index) ?? 0, claim.fitness))
      }
    },
    ended() {
      const honest = islands.filter(({ lies, isUp }) => lies === undefined && isUp)
      const authors = new Set(honest.map(({ author }) => author))
      for (const { name, state, index } of honest) {
        let top = 0
        for (const { claim } of state.niches.values()) top = Math.max(top, claim.fitness)
        demand(top >= (best.get(index) ?? 0), () => `I10: the best of ${name} fell from ${best.get(index)} to ${top}`)
        for (const [author, { reputation }] of state.authors.entries()) {
          demand(!authors.has(author) || reputation.strikes === 0, () => `I6: ${name} holds ${reputation.strikes} strikes against honest ${author}`)
        }
        if (!scene.expectsCalm) continue
        const waiting = state.checks.size + state.pulls.size + state.trials.size + state.parked.size + state.publish.signing.size
        demand(waiting === 0, () => `L5: ${name} still has ${waiting} things in its queues`)
      }
      if (!scene.expectsCalm || honest.length === 0) return
      const archives = new Set(honest.map(({ state }) => archiveName(state.niches)))
      demand(archives.size === 1, () => `L1: ${honest.length} honest islands hold ${archives.size} different archives`)
      const tops = honest.map(({ state }) => [...state.niches.values()].reduce((top, { claim }) => Math.max(top, claim.fitness), 0))
      const known = tops.filter((top) => top === Math.max(...tops)).length / tops.length
      demand(known >= 0.999, () => `L3: only ${known} of the honest islands know the best genotype`)
    },
    violations,
    falseEntries: () => falseEntries,
    checks: () => checks,
  }
}
