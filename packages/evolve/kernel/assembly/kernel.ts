// The kernel's verbs on a resident network, single or in lanes: one control step, and forgetting.

import {
  ANY_FAILED, BOUNDED, COUNTS, FAILED, FIRST_NEURON, LANES, LARGEST, LATER_PASSES, NEURONS, NEXT, ORDER, OWN, PASSES, RULE, STRIDE, VALUES,
} from './layout'
import { passLanes } from './lanes'
import { passOne } from './one-lane'

export { order } from './order'
export { pairTwins } from './twins'

/** First address that belongs to no constant. */
export function firstAddress(): usize {
  return __heap_base
}

const ORDERED = 0
const STANLEY = 2

/** One control step of every lane. 1 when a lane has failed since its reset: a neuron was NaN or infinite. */
export function activate(base: usize): i32 {
  const rule = load<i32>(base, RULE)
  let finite = true
  if (rule == ORDERED) {
    pass(base, load<i32>(base, VALUES), i32.MAX_VALUE)
    finite = (load<i32>(base, BOUNDED) != 0 && areSensorsModest(base)) || isFinite(base)
  } else if (rule == STANLEY && !isInStep(base)) {
    finite = activateEach(base)
  } else {
    const before = rule == STANLEY ? load<i32>(load<i32>(base, COUNTS)) : i32.MAX_VALUE
    const passes = before == 0 ? load<i32>(base, PASSES) : load<i32>(base, LATER_PASSES)
    for (let i = 1; i <= passes; i++) {
      pass(base, load<i32>(base, NEXT), rule == STANLEY ? before + i : i32.MAX_VALUE)
      if (!adopt(base)) finite = false
      // A later pass may make the value finite again, so the lane is noted before.
      if (!finite) noteFailures(base)
    }
    if (rule == STANLEY) setCounts(base, before + passes)
  }
  if (!finite) noteFailures(base)
  return load<i32>(base, ANY_FAILED)
}

/** Forgets all activity of one lane, or of all when `lane` is negative. */
export function reset(base: usize, lane: i32): void {
  const stride: usize = load<i32>(base, STRIDE)
  const values: usize = load<i32>(base, VALUES)
  const lanes = load<i32>(base, LANES)
  const counts: usize = load<i32>(base, COUNTS)
  const failed: usize = load<i32>(base, FAILED)
  const end = values + load<i32>(base, FIRST_NEURON) + <usize>load<i32>(base, NEURONS) * stride
  if (lane < 0) {
    // Sensors are written before they are read.
    let at = values + <usize>load<i32>(base, FIRST_NEURON)
    for (; at + 8 < end; at += 16) v128.store(at, i64x2.splat(0))
    if (at < end) store<f64>(at, 0.0)
    for (let i: usize = 0; i < <usize>lanes; i++) {
      store<i32>(counts + 4 * i, 0)
      store<i32>(failed + 4 * i, 0)
    }
    store<i32>(base, 0, ANY_FAILED)
    return
  }
  for (let at = values + 8 * <usize>lane; at < end; at += stride) store<f64>(at, 0.0)
  store<i32>(counts + 4 * <usize>lane, 0)
  store<i32>(failed + 4 * <usize>lane, 0)
  let any = 0
  for (let i: usize = 0; i < <usize>lanes; i++) any |= load<i32>(failed + 4 * i)
  store<i32>(base, any, ANY_FAILED)
}

/** Computes every neuron of every lane once, into the rows at `to`. */
function pass(base: usize, to: usize, passes: i32): void {
  const records: usize = load<i32>(base, ORDER)
  const end = records + 4 * <usize>load<i32>(base, NEURONS)
  const from: usize = load<i32>(base, VALUES)
  const stride: usize = load<i32>(base, STRIDE)
  const own = load<i32>(base, OWN) != 0
  for (let column: usize = 0; column < stride;) {
    const rest = stride - column
    const width: usize = rest >= 128 ? 128 : rest >= 64 ? 64 : rest >= 32 ? 32 : rest >= 16 ? 16 : 8
    if (width == 8) passColumn(own, records, end, from + column, to + column, column, stride, passes)
    else if (own) passLanes<f64>(records, end, from + column, to + column, column, width, stride, passes)
    else passLanes<i32>(records, end, from + column, to + column, column, width, stride, passes)
    column += width
  }
}

@inline
function passColumn(own: bool, records: usize, end: usize, from: usize, to: usize, column: usize, stride: usize, passes: i32): void {
  if (own) passOne<f64>(records, end, from, to, column, stride, passes)
  else passOne<i32>(records, end, from, to, column, stride, passes)
}

/** Takes over the rows of the pass before; false when one of them is not finite. */
function adopt(base: usize): bool {
  const first: usize = load<i32>(base, FIRST_NEURON)
  let from = <usize>load<i32>(base, NEXT) + first
  let to = <usize>load<i32>(base, VALUES) + first
  const end = to + <usize>load<i32>(base, NEURONS) * <usize>load<i32>(base, STRIDE)
  // x − x is +0 for a finite x and NaN otherwise.
  let fault = i64x2.splat(0)
  for (; to + 8 < end; from += 16, to += 16) {
    const x = v128.load(from)
    v128.store(to, x)
    fault = v128.or(fault, f64x2.sub(x, x))
  }
  if (to < end) {
    const x = v128.load64_zero(from)
    v128.store64_lane(to, x, 0)
    fault = v128.or(fault, f64x2.sub(x, x))
  }
  return !v128.any_true(fault)
}

function areSensorsModest(base: usize): bool {
  let at: usize = load<i32>(base, VALUES)
  const end = at + <usize>load<i32>(base, FIRST_NEURON)
  const largest = f64x2.splat(LARGEST)
  let modest = i64x2.splat(-1)
  for (; at + 8 < end; at += 16) modest = v128.and(modest, f64x2.le(f64x2.abs(v128.load(at)), largest))
  if (at < end) modest = v128.and(modest, f64x2.le(f64x2.abs(v128.load64_splat(at)), largest))
  return i64x2.all_true(modest)
}

function isFinite(base: usize): bool {
  let at = <usize>load<i32>(base, VALUES) + <usize>load<i32>(base, FIRST_NEURON)
  const end = at + <usize>load<i32>(base, NEURONS) * <usize>load<i32>(base, STRIDE)
  let fault = i64x2.splat(0)
  for (; at + 56 < end; at += 64) {
    const a = v128.load(at), b = v128.load(at, 16), c = v128.load(at, 32), d = v128.load(at, 48)
    fault = v128.or(fault, v128.or(v128.or(f64x2.sub(a, a), f64x2.sub(b, b)), v128.or(f64x2.sub(c, c), f64x2.sub(d, d))))
  }
  for (; at + 8 < end; at += 16) {
    const x = v128.load(at)
    fault = v128.or(fault, f64x2.sub(x, x))
  }
  if (at < end) {
    const x = v128.load64_zero(at)
    fault = v128.or(fault, f64x2.sub(x, x))
  }
  return !v128.any_true(fault)
}

/** Marks the lanes with a value that is not finite. */
function noteFailures(base: usize): void {
  const first = <usize>load<i32>(base, VALUES) + <usize>load<i32>(base, FIRST_NEURON)
  const stride: usize = load<i32>(base, STRIDE)
  const end = first + <usize>load<i32>(base, NEURONS) * stride
  const failed: usize = load<i32>(base, FAILED)
  for (let column: usize = 0; column < stride; column += 8) {
    for (let at = first + column; at < end; at += stride) {
      const x = load<f64>(at)
      if (x - x == 0.0) continue
      store<i32>(failed + (column >> 1), 1)
      store<i32>(base, 1, ANY_FAILED)
      break
    }
  }
}

/** Whether all lanes have made as many passes since their resets. */
function isInStep(base: usize): bool {
  const counts: usize = load<i32>(base, COUNTS)
  const lanes: usize = load<i32>(base, LANES)
  for (let i: usize = 1; i < lanes; i++) if (load<i32>(counts + 4 * i) != load<i32>(counts)) return false
  return true
}

function setCounts(base: usize, passes: i32): void {
  const counts: usize = load<i32>(base, COUNTS)
  const lanes: usize = load<i32>(base, LANES)
  // Only what lies beyond every neuron's first pass matters, so that the count need not grow for ever.
  for (let i: usize = 0; i < lanes; i++) store<i32>(counts + 4 * i, min(passes, 1000000000))
}

/** Lanes under `stanley` that were reset at different times: one after the other, each with its own count. */
function activateEach(base: usize): bool {
  const records: usize = load<i32>(base, ORDER)
  const recordsEnd = records + 4 * <usize>load<i32>(base, NEURONS)
  const values: usize = load<i32>(base, VALUES)
  const next: usize = load<i32>(base, NEXT)
  const stride: usize = load<i32>(base, STRIDE)
  const first: usize = load<i32>(base, FIRST_NEURON)
  const length = <usize>load<i32>(base, NEURONS) * stride
  const counts: usize = load<i32>(base, COUNTS)
  const failed: usize = load<i32>(base, FAILED)
  for (let column: usize = 0; column < stride; column += 8) {
    const before = load<i32>(counts + (column >> 1))
    const passes = before == 0 ? load<i32>(base, PASSES) : load<i32>(base, LATER_PASSES)
    for (let i = 1; i <= passes; i++) {
      passColumn(load<i32>(base, OWN) != 0, records, recordsEnd, values + column, next + column, column, stride, before + i)
      for (let at = first + column; at < first + length; at += stride) {
        const x = load<f64>(next + at)
        store<f64>(values + at, x)
        if (x - x != 0.0) {
          store<i32>(failed + (column >> 1), 1)
          store<i32>(base, 1, ANY_FAILED)
        }
      }
    }
    store<i32>(counts + (column >> 1), min(before + passes, 1000000000))
  }
  return true
}
