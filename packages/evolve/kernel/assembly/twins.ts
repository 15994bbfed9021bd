// Two neurons of one network computed as a pair: neighbours in the order of computation, of one kind, that read the same
// sources. Layers are made of them. Their parameters and weights are copied side by side, and each keeps its own order of sums.

import {
  KIND, NEURONS, ORDER, PARAMETERS, REACHED_AT, RULE, SOURCES, SOURCES_END, TARGET, TWINS, WEIGHTS,
} from './layout'
import { splat } from './pair-arithmetic'

/**
 * Finds the twins of a network of one lane.
 * @param room for blocks: 16 bytes per neuron and 8 per link; each is two biases, two responses, two weights per source
 */
export function pairTwins(base: usize, room: usize): void {
  const ordered = load<i32>(base, RULE) == 0
  const end = <usize>load<i32>(base, ORDER) + 4 * <usize>load<i32>(base, NEURONS)
  for (let order: usize = load<i32>(base, ORDER); order + 4 < end; order += 4) {
    const a: usize = load<i32>(order), b: usize = load<i32>(order, 4)
    if (!areTwins(a, b, ordered)) continue
    store<i32>(a, <i32>room, TWINS)
    room = copySideBySide(load<i32>(a, PARAMETERS), load<i32>(b, PARAMETERS), 2, room)
    const sources = <usize>(load<i32>(a, SOURCES_END) - load<i32>(a, SOURCES)) >> 2
    room = copySideBySide(load<i32>(a, WEIGHTS), load<i32>(b, WEIGHTS), sources, room)
    order += 4
  }
}

function areTwins(a: usize, b: usize, ordered: bool): bool {
  const kind = load<i32>(a, KIND)
  if (kind != load<i32>(b, KIND) || load<i32>(a, REACHED_AT) != load<i32>(b, REACHED_AT)) return false
  if (kind != 1 && kind != 2 && kind != 5 && kind != 6) return false
  let first: usize = load<i32>(a, SOURCES), second: usize = load<i32>(b, SOURCES)
  const end: usize = load<i32>(a, SOURCES_END)
  if (end - first != <usize>load<i32>(b, SOURCES_END) - second) return false
  const target = load<i32>(a, TARGET)
  for (; first < end; first += 4, second += 4) {
    const source = load<i32>(first)
    // In feed-forward order the second neuron would have to read what the first one has just become.
    if (source != load<i32>(second) || (ordered && source == target)) return false
  }
  return true
}

function copySideBySide(a: usize, b: usize, count: usize, to: usize): usize {
  for (let i: usize = 0; i < count; i++, to += 16) {
    store<f64>(to, load<f64>(a + 8 * i))
    store<f64>(to, load<f64>(b + 8 * i), 8)
  }
  return to
}

/** bias + response × sum of the terms, for both. */
@inline
export function joinedTwins(record: usize, block: usize, from: usize): v128 {
  let source: usize = load<i32>(record, SOURCES)
  const end: usize = load<i32>(record, SOURCES_END)
  let weights = block + 32
  let joined = splat(0.0)
  for (; source + 4 < end; source += 8, weights += 32) {
    joined = f64x2.add(joined, f64x2.mul(v128.load(weights), v128.load64_splat(from + load<i32>(source))))
    joined = f64x2.add(joined, f64x2.mul(v128.load(weights, 16), v128.load64_splat(from + load<i32>(source, 4))))
  }
  if (source < end) joined = f64x2.add(joined, f64x2.mul(v128.load(weights), v128.load64_splat(from + load<i32>(source))))
  return f64x2.add(v128.load(block), f64x2.mul(v128.load(block, 16), joined))
}

/** Writes the two values at the targets of two records. */
@inline
export function storeTwins(order: usize, record: usize, to: usize, values: v128): void {
  v128.store64_lane(to + load<i32>(record, TARGET), values, 0)
  v128.store64_lane(to + load<i32>(load<i32>(order, 4), TARGET), values, 1)
}
