// A sharded run on a virtual clock: one asker, donors with delays, and every fault that a peer or a link can have short of lying
// about values. The same seed gives the same trace.

import { createRandom } from '@megabrain/evolve'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesEqual } from '../../bytes/compare.ts'
import { asciiBytes, hexText } from '../../bytes/text.ts'
import { createEventQueue } from '../../memory/event-queue.ts'
import type { PeerId } from '../../ports.ts'
import type { Sharded } from './partition.ts'
import { createShardDonor, type OpenPart, type ShardDonor } from './shard-donor.ts'
import { createShardRun, type Batch, type ShardEffect, type ShardView } from './shard-run.ts'

/** Chances per message of a donor. */
export interface ShardFaults {
  /** The donor goes, and another comes. */
  readonly leave: number
  /** It takes messages and never answers again. */
  readonly stall: number
  /** One byte of its answer's head is changed, so that it is no answer to what was asked. */
  readonly garble: number
  /** An answer of its comes a second time, after what followed it. */
  readonly stale: number
}

export interface ShardWorldOptions {
  readonly seed: number
  readonly sharded: Sharded
  readonly batch: Batch
  readonly peers: number
  /** What one process computes. */
  readonly expected: Float64Array
  readonly open: OpenPart
  readonly faults?: Partial<ShardFaults>
  /** One way, ms. @default [5, 25] */
  readonly latencyMs?: readonly [number, number]
}

export interface ShardReport {
  readonly finished: boolean
  readonly virtualMs: number
  readonly messages: number
  readonly faults: number
  readonly violations: readonly string[]
  readonly traceHash: string
  readonly view: ShardView
}

const TICK_MS = 1_000
/** No run of these sizes takes longer, whatever its peers do, because faults end here. */
const FAULTS_END_MS = 600_000
const PATIENCE_MS = 1_200_000

interface Seat {
  readonly donor: ShardDonor
  isHere: boolean
  isStalled: boolean
  /** Streams keep order: nothing arrives before what was sent before it. */
  outAt: number
  backAt: number
}

export interface ShardWorld {
  /** Runs until the answers are there, or patience ends. */
  finish(): void
  report(): ShardReport
}

export function createShardWorld({ seed, sharded, batch, peers, expected, open, faults = {}, latencyMs: [least, most] = [5, 25] }: ShardWorldOptions): ShardWorld {
  const random = createRandom(seed)
  const queue = createEventQueue(0)
  const run = createShardRun(sharded, batch, peers)
  const seats = new Map<PeerId, Seat>()
  const violations: string[] = []
  let trace: Uint8Array = new Uint8Array(32)
  let [messages, injected, named, finished, finishedAt, passes] = [0, 0, 0, false, 0, 0]

  const delay = (): number => least + (most - least) * random.uniform()
  const strikes = (chance: number | undefined): boolean => {
    if (chance === undefined || queue.now() > FAULTS_END_MS || random.uniform() >= chance) return false
    injected++
    return true
  }

  function happen(event: Parameters<typeof run.step>[0]): void {
    note(`${queue.now()} ${event.kind} ${'peer' in event ? event.peer : 'from' in event ? event.from : ''}`)
    for (const effect of run.step(event, queue.now())) carry(effect)
    const view = run.view()
    if (view.passes < passes) violations.push('a finished pass was undone')
    passes = view.passes
    const placed = view.peers.reduce((sum, { parts }) => sum + parts, 0)
    if (view.state !== 'waiting' && view.state !== 'finished' && placed !== view.parts) violations.push(`${view.parts - placed} parts have no peer`)
  }

  function note(line: string): void {
    const bytes = new Uint8Array(32 + line.length)
    bytes.set(trace)
    bytes.set(asciiBytes(line), 32)
    trace = sha256(bytes)
  }

  function carry(effect: ShardEffect): void {
    switch (effect.kind) {
      case 'answers':
        if (finished) violations.push('answered twice')
        finished = true
        finishedAt = queue.now()
        if (!bytesEqual(bytesOf(effect.values), bytesOf(expected))) violations.push('other bits than one process')
        return
      case 'drop':
        return end(effect.peer, false)
      case 'send': {
        const seat = seats.get(effect.to)
        if (seat === undefined) return void violations.push('a message to nobody')
        messages++
        seat.outAt = Math.max(seat.outAt, queue.now() + delay())
        queue.at(seat.outAt, () => arrive(effect.to, seat, effect.bytes))
      }
    }
  }

  function arrive(peer: PeerId, seat: Seat, bytes: Uint8Array): void {
    if (!seat.isHere || seat.isStalled) return
    const answers = seat.donor.receive(bytes)
    if (answers === undefined) {
      violations.push('an honest asker was refused')
      return end(peer, true)
    }
    for (const answer of answers) {
      if (strikes(faults.leave)) return end(peer, true)
      if (strikes(faults.stall)) return void (seat.isStalled = true)
      const sent = strikes(faults.garble) ? garbled(answer) : answer
      back(peer, seat, sent, 0)
      if (strikes(faults.stale)) back(peer, seat, answer, 40 * delay())
    }
  }

  function back(peer: PeerId, seat: Seat, bytes: Uint8Array, late: number): void {
    messages++
    const at = Math.max(seat.backAt, queue.now() + delay()) + late
    if (late === 0) seat.backAt = at
    queue.at(at, () => {
      if (seat.isHere) happen({ kind: 'received', from: peer, bytes })
    })
  }

  function garbled(answer: Uint8Array): Uint8Array {
    const bytes = answer.slice()
    bytes[0] = 255
    return bytes
  }

  function end(peer: PeerId, tells: boolean): void {
    const seat = seats.get(peer)
    if (seat?.isHere !== true) return
    seat.isHere = false
    if (tells) queue.at(queue.now() + delay(), () => happen({ kind: 'left', peer }))
    queue.at(queue.now() + 10 * delay(), join)
  }

  function join(): void {
    const peer = `donor-${named++}`
    seats.set(peer, { donor: createShardDonor(open), isHere: true, isStalled: false, outAt: 0, backAt: 0 })
    happen({ kind: 'joined', peer })
  }

  function tick(): void {
    happen({ kind: 'tick' })
    if (!finished) queue.at(queue.now() + TICK_MS, tick)
  }

  return {
    finish() {
      for (let i = 0; i < peers; i++) queue.at(delay(), join)
      queue.at(TICK_MS, tick)
      while (!finished && queue.now() < PATIENCE_MS) queue.runUntil(queue.now() + TICK_MS)
      if (!finished) violations.push('no answer although enough peers came')
    },
    report: () => ({ finished, virtualMs: finished ? finishedAt : queue.now(), messages, faults: injected, violations: [...new Set(violations)], traceHash: hexText(trace), view: run.view() }),
  }
}

function bytesOf(values: Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
