// The side that asks: places parts over peers, leads a batch through the levels of each pass, and gives the parts of a peer that
// leaves to others. A pass is the unit of recovery: what the next pass reads is kept here, so at most one pass is computed again.

import type { PeerId } from '../../ports.ts'
import { LEVEL_TIMEOUT_MS, MAX_BATCH, MAX_BATCH_STEPS } from './limits.ts'
import { levelsOf } from './manifest.ts'
import { decodeMessage, encodeMessage, hasBit, rowMessages, type Row, type ShardMessage } from './message.ts'
import type { Sharded } from './partition.ts'
import { placeParts, replaceParts } from './place.ts'
import { recurrentSlots, routesOf, type Routes } from './routes.ts'
import { isPrevious, keyOf, slotOfKey } from './wiring.ts'

export type ShardEvent =
  | { readonly kind: 'joined'; readonly peer: PeerId }
  | { readonly kind: 'left'; readonly peer: PeerId }
  | { readonly kind: 'received'; readonly from: PeerId; readonly bytes: Uint8Array }
  | { readonly kind: 'tick' }

export type ShardEffect =
  | { readonly kind: 'send'; readonly to: PeerId; readonly bytes: Uint8Array }
  /** Its stream is to be closed: it answered nonsense or not at all. */
  | { readonly kind: 'drop'; readonly peer: PeerId; readonly reason: 'malformed' | 'declined' | 'timeout' }
  /** The end. Value of actuator a at step t in sample l at (t × outputs + a) × lanes + l. */
  | { readonly kind: 'answers'; readonly values: Float64Array }

export interface Batch {
  readonly lanes: number
  readonly steps: number
  /** Value of sensor i at step t in sample l at (t × inputs + i) × lanes + l. */
  readonly given: Float64Array
}

/** What it cost; bytes are those of messages, without the transport's own. */
export interface ShardView {
  readonly parts: number
  readonly links: number
  readonly neurons: number
  readonly levels: number
  readonly peers: readonly { readonly peer: PeerId; readonly parts: number; readonly links: number }[]
  readonly state: 'waiting' | 'placing' | 'running' | 'finished'
  /** Level at work, of `levels`. */
  readonly level: number
  /** Passes finished. */
  readonly passes: number
  /** A level that all its peers were asked and have answered. */
  readonly roundTrips: number
  readonly bytes: { readonly placing: number; readonly out: number; readonly in: number }
  /** Times that parts of a lost peer went to others. */
  readonly replacements: number
}

export interface ShardRun {
  step(event: ShardEvent, now: number): readonly ShardEffect[]
  view(): ShardView
}

/**
 * @param atLeast peers to wait for before the parts are placed
 * @throws RangeError for a batch of another shape than the network or beyond the limits
 */
export function createShardRun(sharded: Sharded, batch: Batch, atLeast: number): ShardRun {
  const { manifest, parts } = sharded
  const { inputs, outputs, rule } = manifest
  const { lanes, steps, given } = batch
  if (!(lanes >= 1 && lanes <= MAX_BATCH && steps >= 1 && steps <= MAX_BATCH_STEPS)) throw new RangeError(`A batch has 1 to ${MAX_BATCH} samples and 1 to ${MAX_BATCH_STEPS} steps`)
  if (given.length !== inputs * lanes * steps) throw new RangeError(`A batch of ${lanes} samples and ${steps} steps needs ${inputs * lanes * steps} values, got ${given.length}`)
  const levels = levelsOf(manifest)
  const passesPerStep = rule.kind === 'synchronous' ? rule.steps : 1
  const recurrent = recurrentSlots(sharded)
  const rest = new Float64Array(lanes)
  const answers = new Float64Array(outputs * lanes * steps)
  const failed = new Uint8Array(lanes)
  const peers: PeerId[] = []
  /** Of the pass before: the checkpoint. */
  let previous = new Map<number, Float64Array>()
  let current = new Map<number, Float64Array>()
  let failedNow = new Uint8Array(lanes)
  let placement: readonly PeerId[] | undefined
  let routes: Routes | undefined
  const installed = new Map<PeerId, Set<number>>()
  const awaiting = new Map<PeerId, Set<number>>()
  let state: ShardView['state'] = 'waiting'
  let [passes, attempt, level, roundTrips, replacements, since] = [0, 0, 0, 0, 0, 0]
  const bytes = { placing: 0, out: 0, in: 0 }

  function send(to: PeerId, message: Uint8Array): ShardEffect {
    bytes[state === 'placing' ? 'placing' : 'out'] += message.length
    return { kind: 'send', to, bytes: message }
  }

  function place(now: number): ShardEffect[] {
    current = new Map()
    awaiting.clear()
    if (peers.length === 0 || (placement === undefined && peers.length < atLeast)) {
      state = 'waiting'
      return []
    }
    placement = placement === undefined ? placeParts(manifest.parts, peers) : replaceParts(manifest.parts, placement, peers)
    const next = routes = routesOf(sharded, placement)
    state = 'placing'
    since = now
    const effects: ShardEffect[] = []
    for (const peer of peers) {
      for (const part of next.partsOf(peer)) {
        if (!installed.get(peer)!.has(part)) {
          const { level: at, wiringBytes, body } = parts[part]!
          effects.push(send(peer, encodeMessage({ kind: 'install', part, level: at, wiring: wiringBytes, body })))
          awaiting.set(peer, (awaiting.get(peer) ?? new Set()).add(part))
        }
        effects.push(send(peer, encodeMessage({ kind: 'exports', part, bits: next.exports[part]! })))
      }
    }
    return awaiting.size > 0 ? effects : [...effects, ...begin(now)]
  }

  function begin(now: number): ShardEffect[] {
    state = 'running'
    attempt++
    level = 0
    failedNow = new Uint8Array(lanes)
    current = new Map()
    const busy = peers.filter((peer) => routes!.partsOf(peer).length > 0)
    return [...busy.map((peer) => send(peer, encodeMessage({ kind: 'begin', pass: attempt, lanes }))), ...ask(now)]
  }

  function ask(now: number): ShardEffect[] {
    since = now
    const effects: ShardEffect[] = []
    for (const peer of routes!.peersAt(level)) {
      awaiting.set(peer, new Set([level]))
      for (const message of rowMessages(attempt, routes!.feeds(peer, level).map(rowOf))) effects.push(send(peer, message))
      effects.push(send(peer, encodeMessage({ kind: 'go', pass: attempt, level })))
    }
    return effects
  }

  function rowOf(key: number): Row {
    const slot = slotOfKey(key)
    if (slot < inputs) {
      const at = (Math.floor(passes / passesPerStep) * inputs + slot) * lanes
      return { key, values: given.subarray(at, at + lanes) }
    }
    return { key, values: (isPrevious(key) ? previous.get(slot) ?? rest : current.get(slot)!) }
  }

  function finishLevel(now: number): ShardEffect[] {
    roundTrips++
    level++
    if (level < levels) return ask(now)
    for (let lane = 0; lane < lanes; lane++) if (failedNow[lane] === 1) failed[lane] = 1
    if (passes % passesPerStep === passesPerStep - 1) answer(Math.floor(passes / passesPerStep))
    previous = new Map([...current].filter(([slot]) => recurrent.has(slot)))
    passes++
    if (passes < steps * passesPerStep) return begin(now)
    state = 'finished'
    return [{ kind: 'answers', values: answers }]
  }

  function answer(step: number): void {
    for (let a = 0; a < outputs; a++) {
      const row = current.get(inputs + a)!
      const at = (step * outputs + a) * lanes
      for (let lane = 0; lane < lanes; lane++) answers[at + lane] = failed[lane] === 1 ? NaN : row[lane]!
    }
  }

  function lose(peer: PeerId, now: number): ShardEffect[] {
    const at = peers.indexOf(peer)
    if (at < 0) return []
    peers.splice(at, 1)
    installed.delete(peer)
    const hadParts = placement?.includes(peer) === true
    if (state === 'finished' || !hadParts) return []
    replacements++
    return place(now)
  }

  function drop(peer: PeerId, reason: 'malformed' | 'declined' | 'timeout', now: number): ShardEffect[] {
    return [{ kind: 'drop', peer, reason }, ...lose(peer, now)]
  }

  function take(from: PeerId, message: ShardMessage | undefined, now: number): ShardEffect[] {
    const owed = awaiting.get(from)
    switch (message?.kind) {
      case 'held':
        if (state !== 'placing' || owed?.delete(message.part) !== true) return isLate(from, message.part) ? [] : drop(from, 'malformed', now)
        installed.get(from)!.add(message.part)
        return settled(from, owed) ? begin(now) : []
      case 'declined':
        return drop(from, 'declined', now)
      case 'rows':
        if (message.pass !== attempt || state !== 'running') return []
        return keep(from, message.rows) ? [] : drop(from, 'malformed', now)
      case 'done': {
        if (message.pass !== attempt || state !== 'running') return []
        if (owed === undefined || message.level !== level || message.failed.length !== (lanes + 7) >> 3 || !isComplete(from)) return drop(from, 'malformed', now)
        for (let lane = 0; lane < lanes; lane++) if (hasBit(message.failed, lane)) failedNow[lane] = 1
        owed.delete(level)
        return settled(from, owed) ? finishLevel(now) : []
      }
      default:
        return drop(from, 'malformed', now)
    }
  }

  /** A part that was placed, and of whose place an earlier loss made something else before its answer came. */
  function isLate(from: PeerId, part: number): boolean {
    if (placement?.[part] !== from) return false
    installed.get(from)!.add(part)
    return true
  }

  function settled(peer: PeerId, owed: Set<number>): boolean {
    if (owed.size === 0) awaiting.delete(peer)
    return awaiting.size === 0
  }

  /** Every slot that this peer owes at this level, once, and no other. */
  function owedSlots(peer: PeerId): ReadonlySet<number> {
    const slots = new Set<number>()
    for (const part of routes!.partsOf(peer)) {
      const { level: at, wiring } = parts[part]!
      if (at === level) wiring.owned.forEach((slot, i) => hasBit(routes!.exports[part]!, i) && slots.add(slot))
    }
    return slots
  }

  function keep(from: PeerId, rows: readonly Row[]): boolean {
    const owed = owedSlots(from)
    for (const { key, values } of rows) {
      if (key !== keyOf(slotOfKey(key), false) || !owed.has(slotOfKey(key)) || values.length !== lanes || current.has(slotOfKey(key))) return false
      current.set(slotOfKey(key), values)
    }
    return true
  }

  function isComplete(peer: PeerId): boolean {
    for (const slot of owedSlots(peer)) if (!current.has(slot)) return false
    return true
  }

  return {
    step(event, now) {
      switch (event.kind) {
        case 'joined':
          if (peers.includes(event.peer)) return []
          peers.push(event.peer)
          installed.set(event.peer, new Set())
          return state === 'waiting' ? place(now) : []
        case 'left':
          return lose(event.peer, now)
        case 'received':
          if (!peers.includes(event.from) || state === 'finished') return []
          bytes.in += event.bytes.length
          return take(event.from, decodeMessage(event.bytes), now)
        case 'tick': {
          if ((state !== 'placing' && state !== 'running') || now - since < LEVEL_TIMEOUT_MS) return []
          const effects: ShardEffect[] = [...awaiting.keys()].map((peer) => {
            peers.splice(peers.indexOf(peer), 1)
            installed.delete(peer)
            return { kind: 'drop', peer, reason: 'timeout' }
          })
          replacements++
          return [...effects, ...place(now)]
        }
      }
    },
    view: () => ({
      parts: parts.length,
      links: manifest.parts.reduce((sum, { links }) => sum + links, 0),
      neurons: manifest.parts.reduce((sum, { neurons }) => sum + neurons, 0),
      levels, state, level, passes, roundTrips, replacements,
      bytes: { ...bytes },
      peers: peers.map((peer) => {
        const own = routes?.partsOf(peer) ?? []
        return { peer, parts: own.length, links: own.reduce((sum, part) => sum + manifest.parts[part]!.links, 0) }
      }),
    }),
  }
}
