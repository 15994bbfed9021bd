// Feed-forward order of a resident network, as `orderOf` in `src/network/graph.ts` finds it: here because every
// evaluation begins with it and typed arrays in JavaScript cost more than the search.

import { FIRST_NEURON, NEURONS, ORDER, RECORDS, RECORD_BYTES, SOURCES, SOURCES_END, STRIDE } from './layout'

/**
 * Writes the addresses of the records in order of computation.
 * @param scratch room for 12 bytes per neuron: the next source to follow, the stack, and the mark (0 not met, 1 being
 *   visited, 2 placed)
 */
export function order(base: usize, scratch: usize): void {
  const count: usize = load<i32>(base, NEURONS)
  const records: usize = load<i32>(base, RECORDS)
  const firstNeuron = load<i32>(base, FIRST_NEURON)
  const stride = load<i32>(base, STRIDE)
  const stack = scratch + 4 * count
  const marks = stack + 4 * count
  let placed: usize = load<i32>(base, ORDER)
  for (let i: usize = 0; i < count; i++) {
    store<i32>(scratch + 4 * i, load<i32>(records + i * RECORD_BYTES, SOURCES))
    store<i32>(marks + 4 * i, 0)
  }
  for (let root: usize = 0; root < count; root++) {
    if (load<i32>(marks + 4 * root) != 0) continue
    let top = stack
    store<i32>(top, <i32>root)
    store<i32>(marks + 4 * root, 1)
    while (top >= stack) {
      const neuron: usize = load<i32>(top)
      const record = records + neuron * RECORD_BYTES
      const cursor: usize = load<i32>(scratch + 4 * neuron)
      if (cursor == <usize>load<i32>(record, SOURCES_END)) {
        store<i32>(marks + 4 * neuron, 2)
        store<i32>(placed, <i32>record)
        placed += 4
        top -= 4
        continue
      }
      store<i32>(scratch + 4 * neuron, <i32>cursor + 4)
      const offset = load<i32>(cursor) - firstNeuron
      if (offset < 0) continue
      const source: usize = <u32>offset / <u32>stride
      if (load<i32>(marks + 4 * source) != 0) continue
      store<i32>(marks + 4 * source, 1)
      top += 4
      store<i32>(top, <i32>source)
    }
  }
}
