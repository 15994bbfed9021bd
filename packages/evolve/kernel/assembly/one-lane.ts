// One pass over one column of values. `T` says whose weights: i32 when all lanes share them, f64 when each has its own.
//
// Neurons of the same kind often follow each other. Each common kind has a loop of its own, which knows its activation
// and calls nothing, so that the engine keeps what it needs in registers.

import { activate, logistic, rational, softsign, STEEP } from './activation'
import { KIND, PARAMETERS, REACHED_AT, SOURCES, SOURCES_END, TARGET, TWINS, WEIGHTS } from './layout'
import { logisticPair, rationalPair, softsignPair } from './pair-activation'
import { joinedTwins, storeTwins } from './twins'

/**
 * @param order addresses of the records, to `orderEnd`
 * @param from,to the column in the rows to read and in those to write
 * @param column bytes from a row's start to the column, `stride` bytes per row
 * @param passes how many passes this one makes since the reset; a neuron reached later than that stays 0
 */
export function passOne<T>(order: usize, orderEnd: usize, from: usize, to: usize, column: usize, stride: usize, passes: i32): void {
  const step: usize = isFloat<T>() ? stride : 8
  while (order < orderEnd) {
    const record: usize = load<i32>(order)
    if (passes < load<i32>(record, REACHED_AT)) {
      store<f64>(to + load<i32>(record, TARGET), 0.0)
      order += 4
      continue
    }
    switch (load<i32>(record, KIND)) {
      case 1: order = runLogistic<T>(order, orderEnd, from, to, column, step, passes, 1, 1.0); break
      case 2: order = runLogistic<T>(order, orderEnd, from, to, column, step, passes, 2, STEEP); break
      case 5: order = runSoftsign<T>(order, orderEnd, from, to, column, step, passes); break
      case 6: order = runRational<T>(order, orderEnd, from, to, column, step, passes); break
      default:
        computeAny<T>(record, from, to, column, step)
        order += 4
    }
  }
}

function runLogistic<T>(
  order: usize, orderEnd: usize, from: usize, to: usize, column: usize, step: usize, passes: i32, kind: i32, slope: f64,
): usize {
  for (; order < orderEnd; order += 4) {
    const record: usize = load<i32>(order)
    if (load<i32>(record, KIND) != kind || passes < load<i32>(record, REACHED_AT)) break
    const block: usize = isFloat<T>() ? 0 : <usize>load<i32>(record, TWINS)
    if (block != 0) {
      storeTwins(order, record, to, logisticPair(slope, joinedTwins(record, block, from)))
      order += 4
      continue
    }
    // The reference multiplies by 1 nowhere; that changes no bit.
    store<f64>(to + load<i32>(record, TARGET), logistic(slope * joinedSum<T>(record, from, column, step)))
  }
  return order
}

function runSoftsign<T>(order: usize, orderEnd: usize, from: usize, to: usize, column: usize, step: usize, passes: i32): usize {
  for (; order < orderEnd; order += 4) {
    const record: usize = load<i32>(order)
    if (load<i32>(record, KIND) != 5 || passes < load<i32>(record, REACHED_AT)) break
    const block: usize = isFloat<T>() ? 0 : <usize>load<i32>(record, TWINS)
    if (block != 0) {
      storeTwins(order, record, to, softsignPair(joinedTwins(record, block, from)))
      order += 4
      continue
    }
    store<f64>(to + load<i32>(record, TARGET), softsign(joinedSum<T>(record, from, column, step)))
  }
  return order
}

function runRational<T>(order: usize, orderEnd: usize, from: usize, to: usize, column: usize, step: usize, passes: i32): usize {
  for (; order < orderEnd; order += 4) {
    const record: usize = load<i32>(order)
    if (load<i32>(record, KIND) != 6 || passes < load<i32>(record, REACHED_AT)) break
    const block: usize = isFloat<T>() ? 0 : <usize>load<i32>(record, TWINS)
    if (block != 0) {
      storeTwins(order, record, to, rationalPair(joinedTwins(record, block, from)))
      order += 4
      continue
    }
    store<f64>(to + load<i32>(record, TARGET), rational(joinedSum<T>(record, from, column, step)))
  }
  return order
}

/** bias + response × sum of the terms */
@inline
function joinedSum<T>(record: usize, from: usize, column: usize, step: usize): f64 {
  let source: usize = load<i32>(record, SOURCES)
  const end: usize = load<i32>(record, SOURCES_END)
  let weight: usize = load<i32>(record, WEIGHTS)
  let parameters: usize = load<i32>(record, PARAMETERS)
  if (isFloat<T>()) {
    weight += column
    parameters += column
  }
  let joined: f64 = 0.0
  for (; source + 4 < end; source += 8, weight += 2 * step) {
    joined += load<f64>(weight) * load<f64>(from + load<i32>(source))
    joined += (isFloat<T>() ? load<f64>(weight + step) : load<f64>(weight, 8)) * load<f64>(from + load<i32>(source, 4))
  }
  if (source < end) joined += load<f64>(weight) * load<f64>(from + load<i32>(source))
  return load<f64>(parameters) + (isFloat<T>() ? load<f64>(parameters + step) : load<f64>(parameters, 8)) * joined
}

function computeAny<T>(record: usize, from: usize, to: usize, column: usize, step: usize): void {
  const kind = load<i32>(record, KIND)
  const source: usize = load<i32>(record, SOURCES)
  const end: usize = load<i32>(record, SOURCES_END)
  let x: f64
  if (kind < 256 || source == end) {
    x = joinedSum<T>(record, from, column, step)
  } else {
    const shift: usize = isFloat<T>() ? column : 0
    const parameters = shift + load<i32>(record, PARAMETERS)
    x = load<f64>(parameters) + load<f64>(parameters + step) * join(kind >> 8, source, end, shift + load<i32>(record, WEIGHTS), step, from)
  }
  store<f64>(to + load<i32>(record, TARGET), activate(kind & 255, x))
}

function join(code: i32, source: usize, end: usize, weight: usize, step: usize, from: usize): f64 {
  const count = <f64>(<i32>((end - source) >> 2))
  let result = load<f64>(weight) * load<f64>(from + load<i32>(source))
  for (source += 4, weight += step; source < end; source += 4, weight += step) {
    const x = load<f64>(weight) * load<f64>(from + load<i32>(source))
    if (code == 1) result *= x
    else if (code == 2) result = x > result || x != x ? x : result
    else if (code == 3) result = x < result || x != x ? x : result
    else if (code == 5) result = abs(x) > abs(result) || x != x ? x : result
    else result += x
  }
  return code == 4 ? result / count : result
}
