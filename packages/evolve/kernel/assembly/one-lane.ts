// One pass over one column of values. `T` says whose weights: i32 when all lanes share them, f64 when each has its own.

import { activate } from './activation'
import {
  ACTIVATION, AGGREGATION, PARAMETERS, REACHED_AT, SOURCES, SOURCES_END, TARGET, WEIGHTS,
} from './layout'

/**
 * @param order addresses of the records, to `orderEnd`
 * @param from,to the column in the rows to read and in those to write
 * @param column bytes from a row's start to the column, `stride` bytes per row
 * @param passes how many passes this one makes since the reset; a neuron reached later than that stays 0
 */
export function passOne<T>(order: usize, orderEnd: usize, from: usize, to: usize, column: usize, stride: usize, passes: i32): void {
  const step: usize = isFloat<T>() ? stride : 8
  for (; order < orderEnd; order += 4) {
    const record: usize = load<i32>(order)
    const target: usize = to + load<i32>(record, TARGET)
    if (passes < load<i32>(record, REACHED_AT)) {
      store<f64>(target, 0.0)
      continue
    }
    let source: usize = load<i32>(record, SOURCES)
    const end: usize = load<i32>(record, SOURCES_END)
    let weight: usize = load<i32>(record, WEIGHTS)
    if (isFloat<T>()) weight += column
    const aggregation = load<i32>(record, AGGREGATION)
    let joined: f64 = 0.0
    if (aggregation == 0) {
      for (; source < end; source += 4, weight += step) joined += load<f64>(weight) * load<f64>(from + load<i32>(source))
    } else if (source < end) {
      joined = join(aggregation, source, end, weight, step, from)
    }
    let parameters: usize = load<i32>(record, PARAMETERS)
    if (isFloat<T>()) parameters += column
    store<f64>(target, activate(load<i32>(record, ACTIVATION), load<f64>(parameters) + load<f64>(parameters + step) * joined))
  }
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
