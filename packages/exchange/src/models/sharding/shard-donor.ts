// The side that computes: holds parts for one asker, takes values, and answers each level with what others read of it. One
// message in, messages out; what computes a part is handed in, since the exchange runs no network itself.

import type { Genotype } from '@megabrain/evolve'
import { partFrom } from './assemble.ts'
import { MAX_LINKS_HELD, MAX_PARTS_HELD, MAX_VALUES_HELD } from './limits.ts'
import { decodeMessage, encodeMessage, hasBit, rowMessages, setBit, type Row, type ShardMessage } from './message.ts'
import type { Part } from './partition.ts'
import { keyOf } from './wiring.ts'

/** Computes one pass of a part from rest. */
export interface PartKernel {
  /**
   * @param given value of sensor i in lane l at i × lanes + l
   * @returns value of actuator i in lane l at i × lanes + l, NaN in a lane in which a neuron is not finite; valid until the next call
   */
  run(given: Float64Array): Float64Array
}

export type OpenPart = (genotype: Genotype, lanes: number) => PartKernel

export interface ShardDonor {
  /** @returns answers in order, or undefined for what no honest asker sends: the stream must then end */
  receive(bytes: Uint8Array): Iterable<Uint8Array> | undefined
  /** For people. */
  view(): { readonly parts: number; readonly links: number; readonly levelsDone: number }
}

interface Held {
  readonly part: Part
  exports: Uint8Array
  kernel: PartKernel | undefined
}

export function createShardDonor(open: OpenPart): ShardDonor {
  const held = new Map<number, Held>()
  const store = new Map<number, Float64Array>()
  let links = 0
  let levelsDone = 0
  let pass = -1
  let lanes = 0

  function install(message: Extract<ShardMessage, { kind: 'install' }>): ShardMessage {
    const part = partFrom(message, message.level)
    const former = held.get(message.part)
    const count = typeof part === 'string' ? 0 : part.genotype.links.sources.length
    const others = links - (former?.part.genotype.links.sources.length ?? 0)
    const isTooMuch = (former === undefined && held.size >= MAX_PARTS_HELD) || others + count > MAX_LINKS_HELD
    if (typeof part === 'string' || isTooMuch) return { kind: 'declined', part: message.part }
    links = others + count
    held.set(message.part, { part, exports: new Uint8Array(), kernel: undefined })
    return { kind: 'held', part: message.part }
  }

  function begin(nextPass: number, nextLanes: number): void {
    store.clear()
    pass = nextPass
    if (nextLanes !== lanes) for (const one of held.values()) one.kernel = undefined
    lanes = nextLanes
  }

  /** @returns false where a value is missing or too many are held */
  function compute({ part, exports, ...rest }: Held, keep: (kernel: PartKernel) => void, out: Row[], failed: Uint8Array): boolean {
    const { imports, owned } = part.wiring
    const given = new Float64Array(imports.length * lanes)
    for (let i = 0; i < imports.length; i++) {
      const row = store.get(imports[i]!)
      if (row === undefined) return false
      given.set(row, i * lanes)
    }
    const kernel = rest.kernel ?? open(part.genotype, lanes)
    keep(kernel)
    const values = kernel.run(given)
    // A lane that failed is NaN in all of its values.
    for (let lane = 0; lane < lanes; lane++) if (Number.isNaN(values[lane])) setBit(failed, lane)
    if ((store.size + owned.length) * lanes > MAX_VALUES_HELD) return false
    for (let i = 0; i < owned.length; i++) {
      const row = { key: keyOf(owned[i]!, false), values: values.slice(i * lanes, (i + 1) * lanes) }
      store.set(row.key, row.values)
      if (hasBit(exports, i)) out.push(row)
    }
    return true
  }

  function go(level: number): Iterable<Uint8Array> | undefined {
    const out: Row[] = []
    const failed = new Uint8Array((lanes + 7) >> 3)
    for (const one of held.values()) {
      if (one.part.level === level && !compute(one, (kernel) => (one.kernel = kernel), out, failed)) return undefined
    }
    levelsDone++
    return [...rowMessages(pass, out), encodeMessage({ kind: 'done', pass, level, failed })]
  }

  return {
    receive(bytes) {
      const message = decodeMessage(bytes)
      switch (message?.kind) {
        case 'install':
          return [encodeMessage(install(message))]
        case 'exports': {
          const one = held.get(message.part)
          if (one === undefined || message.bits.length !== (one.part.wiring.owned.length + 7) >> 3) return undefined
          one.exports = message.bits
          return []
        }
        case 'begin':
          begin(message.pass, message.lanes)
          return []
        case 'rows':
          if (message.pass !== pass) return []
          if (message.rows[0]!.values.length !== lanes || (store.size + message.rows.length) * lanes > MAX_VALUES_HELD) return undefined
          for (const { key, values } of message.rows) store.set(key, values)
          return []
        case 'go':
          return message.pass === pass ? go(message.level) : []
        default:
          return undefined
      }
    },
    view: () => ({ parts: held.size, links, levelsDone }),
  }
}
