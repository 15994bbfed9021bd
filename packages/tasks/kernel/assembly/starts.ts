// One network from many starts: its lanes are episodes, and a lane whose episode is over takes the next start, so that all
// lanes are busy until the starts run out.

import { ANY_FAILED, FAILED, FIRST_NEURON, LANES, STRIDE, VALUES } from '../../../evolve/kernel/assembly/layout'
import { splat } from '../../../evolve/kernel/assembly/pair-arithmetic'
import { isOneOutside, isOutside } from './cart'
import { advanceAll, ROWS } from './carts'

@external("kernel", "activate")
declare function activate(base: usize): i32

@external("kernel", "reset")
declare function reset(base: usize, lane: i32): void

/** Marks a lane without an episode. */
const IDLE = -1

/**
 * Counts the starts of at least `least` balanced steps; the bias is the last sensor and the velocities are not read.
 * @param base a network at rest, of an even number of lanes
 * @param starts six values each
 * @param room for the rows of `carts.ts`, then one i32 per lane
 * @param enough stops counting there
 * @returns the count; the activations made are written to `room` as an i32
 */
export function balanceStarts(base: usize, starts: usize, count: i32, maxSteps: i32, least: i32, enough: i32, room: usize): i32 {
  const lanes = load<i32>(base, LANES)
  const stride: usize = load<i32>(base, STRIDE)
  const inputs: usize = load<i32>(base, VALUES)
  const outputs = inputs + load<i32>(base, FIRST_NEURON)
  const steps = room + ROWS * stride
  let next = 0
  let busy = 0
  let good = 0
  let activations = 0
  for (let lane = 0; lane < lanes; lane++) {
    store<f64>(inputs + 3 * stride + 8 * lane, 0.5)
    if (next < count) {
      begin(room, stride, lane, starts + 48 * next++)
      store<i32>(steps + 4 * lane, 0)
      busy++
    } else {
      begin(room, stride, lane, starts)
      store<i32>(steps + 4 * lane, IDLE)
    }
  }
  while (busy > 0 && good < enough) {
    observe(room, inputs, stride)
    let ended = activate(base) != 0
    activations += busy
    advanceAll(room, stride, outputs)
    for (let column: usize = 0; column < stride; column += 16) if (isOneOutside(room + column, stride)) ended = true
    const failed: usize = load<i32>(base, FAILED)
    const anyFailed = load<i32>(base, ANY_FAILED) != 0
    for (let lane = 0; lane < lanes; lane++) {
      const at = steps + 4 * lane
      let step = load<i32>(at)
      if (step == IDLE) continue
      store<i32>(at, ++step)
      if (!ended && step < maxSteps) continue
      const state = room + 8 * lane
      const isFailed = anyFailed && load<i32>(failed + 4 * lane) != 0
      const fell = isFailed || isOutside(load<f64>(state), load<f64>(state + 2 * stride), load<f64>(state + 4 * stride))
      if (!fell && step < maxSteps) continue
      if (!isFailed && (fell ? step - 1 : step) >= least) good++
      reset(base, lane)
      if (next < count) {
        begin(room, stride, lane, starts + 48 * next++)
        store<i32>(at, 0)
      } else {
        begin(room, stride, lane, starts)
        store<i32>(at, IDLE)
        busy--
      }
      store<f64>(inputs + 3 * stride + 8 * lane, 0.5)
    }
  }
  store<i32>(room, activations)
  return min(good, enough)
}

function begin(room: usize, stride: usize, lane: i32, start: usize): void {
  for (let i: usize = 0; i < 6; i++) store<f64>(room + i * stride + 8 * lane, load<f64>(start + 8 * i))
}

/** Positions over their ranges. */
@inline
function observe(room: usize, inputs: usize, stride: usize): void {
  for (let column: usize = 0; column < stride; column += 16) {
    const from = room + column, to = inputs + column
    v128.store(to, f64x2.div(v128.load(from), splat(4.8)))
    v128.store(to + stride, f64x2.div(v128.load(from + 2 * stride), splat(0.52)))
    v128.store(to + 2 * stride, f64x2.div(v128.load(from + 4 * stride), splat(0.52)))
  }
}
