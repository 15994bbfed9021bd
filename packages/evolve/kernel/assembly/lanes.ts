// One pass over a group of 2, 4, 8 or 16 columns of values. Each lane's sum keeps the order of a single network; lanes
// only stand beside each other, so a lane has the bits it would have alone.

import {
  KIND, PARAMETERS, REACHED_AT, SOURCES, SOURCES_END, TARGET, WEIGHTS,
} from './layout'
import { activatePairs, rationalPair, softsignPair } from './pair-activation'
import { splat } from './pair-arithmetic'

const SOFTSIGN = 5
const RATIONAL = 6

/** As `passOne`, over `width` bytes from `column`: 16, 32, 64 or 128. */
export function passLanes<T>(
  order: usize, orderEnd: usize, from: usize, to: usize, column: usize, width: usize, stride: usize, passes: i32,
): void {
  const step: usize = isFloat<T>() ? stride : 8
  for (; order < orderEnd; order += 4) {
    const record: usize = load<i32>(order)
    const target: usize = to + load<i32>(record, TARGET)
    const end = target + width
    if (passes < load<i32>(record, REACHED_AT)) {
      for (let at = target; at < end; at += 16) v128.store(at, splat(0.0))
      continue
    }
    let weight: usize = load<i32>(record, WEIGHTS)
    let parameters: usize = load<i32>(record, PARAMETERS)
    if (isFloat<T>()) {
      weight += column
      parameters += column
    }
    const source: usize = load<i32>(record, SOURCES)
    const sourcesEnd: usize = load<i32>(record, SOURCES_END)
    const kind = load<i32>(record, KIND)
    const aggregation = kind >> 8
    if (aggregation != 0 && source < sourcesEnd) {
      joinPairs<T>(aggregation, source, sourcesEnd, weight, parameters, step, from, target, end)
    } else if (width == 128) {
      sum16<T>(kind, source, sourcesEnd, weight, parameters, step, from, target)
    } else if (width == 64) {
      sum8<T>(kind, source, sourcesEnd, weight, parameters, step, from, target)
    } else if (width == 32) {
      sum4<T>(kind, source, sourcesEnd, weight, parameters, step, from, target)
    } else {
      sum2<T>(kind, source, sourcesEnd, weight, parameters, step, from, target)
    }
    // The two cheapest are part of the sum's last step.
    if (kind != SOFTSIGN && kind != RATIONAL) activatePairs(kind & 255, target, end)
  }
}

/** The weight or parameter at `at` for the pair `offset` bytes from the group's first. */
@inline
function own<T>(at: usize, offset: usize): v128 {
  return isFloat<T>() ? v128.load(at + offset) : v128.load64_splat(at)
}

@inline
function finish<T>(kind: i32, parameters: usize, step: usize, target: usize, offset: usize, joined: v128): void {
  const x = f64x2.add(own<T>(parameters, offset), f64x2.mul(own<T>(parameters + step, offset), joined))
  v128.store(target + offset, kind == SOFTSIGN ? softsignPair(x) : kind == RATIONAL ? rationalPair(x) : x)
}

function joinPairs<T>(
  code: i32, source: usize, sourcesEnd: usize, weight: usize, parameters: usize, step: usize, from: usize, target: usize, end: usize,
): void {
  const count = splat(<f64>(<i32>((sourcesEnd - source) >> 2)))
  for (let offset: usize = 0; target + offset < end; offset += 16) {
    let w = weight
    let result = f64x2.mul(own<T>(w, offset), v128.load(from + load<i32>(source) + offset))
    for (let s = source + 4; s < sourcesEnd; s += 4) {
      w += step
      const x = f64x2.mul(own<T>(w, offset), v128.load(from + load<i32>(s) + offset))
      if (code == 1) result = f64x2.mul(result, x)
      else if (code == 2) result = v128.bitselect(x, result, v128.or(f64x2.gt(x, result), f64x2.ne(x, x)))
      else if (code == 3) result = v128.bitselect(x, result, v128.or(f64x2.lt(x, result), f64x2.ne(x, x)))
      else if (code == 5) result = v128.bitselect(x, result, v128.or(f64x2.gt(f64x2.abs(x), f64x2.abs(result)), f64x2.ne(x, x)))
      else result = f64x2.add(result, x)
    }
    finish<T>(0, parameters, step, target, offset, code == 4 ? f64x2.div(result, count) : result)
  }
}

/** sum + weight × value for one pair of the group; `shared` is the weight of all lanes. */
@inline
function plus<T>(sum: v128, shared: v128, weight: usize, value: usize, offset: usize): v128 {
  return f64x2.add(sum, f64x2.mul(isFloat<T>() ? v128.load(weight + offset) : shared, v128.load(value + offset)))
}

function sum2<T>(
  kind: i32, source: usize, sourcesEnd: usize, weight: usize, parameters: usize, step: usize, from: usize, target: usize,
): void {
  let a = splat(0.0)
  for (; source < sourcesEnd; source += 4, weight += step) {
    const value = from + load<i32>(source)
    a = plus<T>(a, own<T>(weight, 0), weight, value, 0)
  }
  finish<T>(kind, parameters, step, target, 0, a)
}

function sum4<T>(
  kind: i32, source: usize, sourcesEnd: usize, weight: usize, parameters: usize, step: usize, from: usize, target: usize,
): void {
  let a = splat(0.0), b = a
  for (; source < sourcesEnd; source += 4, weight += step) {
    const value = from + load<i32>(source)
    const w = own<T>(weight, 0)
    a = plus<T>(a, w, weight, value, 0)
    b = plus<T>(b, w, weight, value, 16)
  }
  finish<T>(kind, parameters, step, target, 0, a)
  finish<T>(kind, parameters, step, target, 16, b)
}

function sum8<T>(
  kind: i32, source: usize, sourcesEnd: usize, weight: usize, parameters: usize, step: usize, from: usize, target: usize,
): void {
  let a = splat(0.0), b = a, c = a, d = a
  for (; source < sourcesEnd; source += 4, weight += step) {
    const value = from + load<i32>(source)
    const w = own<T>(weight, 0)
    a = plus<T>(a, w, weight, value, 0)
    b = plus<T>(b, w, weight, value, 16)
    c = plus<T>(c, w, weight, value, 32)
    d = plus<T>(d, w, weight, value, 48)
  }
  finish<T>(kind, parameters, step, target, 0, a)
  finish<T>(kind, parameters, step, target, 16, b)
  finish<T>(kind, parameters, step, target, 32, c)
  finish<T>(kind, parameters, step, target, 48, d)
}

function sum16<T>(
  kind: i32, source: usize, sourcesEnd: usize, weight: usize, parameters: usize, step: usize, from: usize, target: usize,
): void {
  let a = splat(0.0), b = a, c = a, d = a, e = a, f = a, g = a, h = a
  for (; source < sourcesEnd; source += 4, weight += step) {
    const value = from + load<i32>(source)
    const w = own<T>(weight, 0)
    a = plus<T>(a, w, weight, value, 0)
    b = plus<T>(b, w, weight, value, 16)
    c = plus<T>(c, w, weight, value, 32)
    d = plus<T>(d, w, weight, value, 48)
    e = plus<T>(e, w, weight, value, 64)
    f = plus<T>(f, w, weight, value, 80)
    g = plus<T>(g, w, weight, value, 96)
    h = plus<T>(h, w, weight, value, 112)
  }
  finish<T>(kind, parameters, step, target, 0, a)
  finish<T>(kind, parameters, step, target, 16, b)
  finish<T>(kind, parameters, step, target, 32, c)
  finish<T>(kind, parameters, step, target, 48, d)
  finish<T>(kind, parameters, step, target, 64, e)
  finish<T>(kind, parameters, step, target, 80, f)
  finish<T>(kind, parameters, step, target, 96, g)
  finish<T>(kind, parameters, step, target, 112, h)
}
