// Whole episodes of the double pole beside the kernel: the network is stepped from here, so that nothing crosses into
// JavaScript until the episode is over. Records of networks are laid out as the kernel's `layout.ts` says.

import { FIRST_NEURON, VALUES } from '../../../evolve/kernel/assembly/layout'
import { advanceOne, forceOf, isOutside } from './cart'

export { balanceStarts } from './starts'

@external("kernel", "activate")
declare function activate(base: usize): i32

/** How an episode ended. */
const LASTED = 0
const FELL = 1
const NOT_FINITE = 2

/** What the sensors read, `stride` bytes apart: with velocities seven values, without them four. */
@inline
function observe(velocities: bool, state: usize, inputs: usize, stride: usize): void {
  const x = load<f64>(state) / 4.8
  const p = load<f64>(state, 16) / 0.52
  const q = load<f64>(state, 32) / 0.52
  store<f64>(inputs, x)
  if (velocities) {
    store<f64>(inputs + stride, load<f64>(state, 8) / 2.0)
    store<f64>(inputs + 2 * stride, p)
    store<f64>(inputs + 3 * stride, load<f64>(state, 24) / 2.0)
    store<f64>(inputs + 4 * stride, q)
    store<f64>(inputs + 5 * stride, load<f64>(state, 40) / 2.0)
    store<f64>(inputs + 6 * stride, 0.5)
  } else {
    store<f64>(inputs + stride, p)
    store<f64>(inputs + 2 * stride, q)
    store<f64>(inputs + 3 * stride, 0.5)
  }
}

/**
 * One episode of a network that has been reset.
 * @param state six values, the start; how it ended is written behind them, as an i32
 * @param jiggle room for a number per step, or 0
 * @returns steps after which everything was still inside the bounds
 */
export function balance(base: usize, velocities: bool, state: usize, maxSteps: i32, jiggle: usize): i32 {
  const inputs: usize = load<i32>(base, VALUES)
  const output = inputs + load<i32>(base, FIRST_NEURON)
  let step = 0
  let end = LASTED
  for (; step < maxSteps; step++) {
    observe(velocities, state, inputs, 8)
    if (activate(base) != 0) {
      end = NOT_FINITE
      break
    }
    advanceOne(state, forceOf(load<f64>(output)))
    const x = load<f64>(state)
    const p = load<f64>(state, 16)
    if (jiggle != 0) store<f64>(jiggle + 8 * <usize>step, abs(x) + abs(load<f64>(state, 8)) + abs(p) + abs(load<f64>(state, 24)))
    if (isOutside(x, p, load<f64>(state, 32))) {
      end = FELL
      break
    }
  }
  store<i32>(state, end, 48)
  return step
}
