// Many carts side by side, one control step: the arithmetic of `advanceOne` for each, two carts at a time.

import { splat } from '../../../evolve/kernel/assembly/pair-arithmetic'
import {
  accelerateTwo, add, cartAccelerations, forcesOf, HALF, longAccelerations, mul, shortAccelerations, SIXTH, TAU,
} from './cart'

/** Rows of one value per cart: x, ẋ, θ₁, θ̇₁, θ₂, θ̇₂. */
export const ROWS: usize = 6

/**
 * @param state the rows, `stride` bytes apart; an even number of carts
 * @param outputs the network's answers, one per cart
 */
export function advanceAll(state: usize, stride: usize, outputs: usize): void {
  for (let column: usize = 0; column < stride; column += 16) advanceTwo(state + column, stride, forcesOf(v128.load(outputs + column)))
}

function advanceTwo(state: usize, stride: usize, force: v128): void {
  const half = splat(HALF), tau = splat(TAU), sixth = splat(SIXTH), two = splat(2.0)
  let x = v128.load(state), v = v128.load(state + stride)
  let p = v128.load(state + 2 * stride), w = v128.load(state + 3 * stride)
  let q = v128.load(state + 4 * stride), u = v128.load(state + 5 * stride)
  for (let i = 0; i < 2; i++) {
    accelerateTwo(force, p, w, q, u)
    const av = cartAccelerations, aw = longAccelerations, au = shortAccelerations
    const bx = add(v, mul(half, av)), bp = add(w, mul(half, aw)), bq = add(u, mul(half, au))
    accelerateTwo(force, add(p, mul(half, w)), bp, add(q, mul(half, u)), bq)
    const bv = cartAccelerations, bw = longAccelerations, bu = shortAccelerations
    const dx = add(v, mul(half, bv)), dp = add(w, mul(half, bw)), dq = add(u, mul(half, bu))
    accelerateTwo(force, add(p, mul(half, bp)), dp, add(q, mul(half, bq)), dq)
    const dv = cartAccelerations, dw = longAccelerations, du = shortAccelerations
    const ex = add(v, mul(tau, dv)), ep = add(w, mul(tau, dw)), eq = add(u, mul(tau, du))
    accelerateTwo(force, add(p, mul(tau, dp)), ep, add(q, mul(tau, dq)), eq)
    const ev = cartAccelerations, ew = longAccelerations, eu = shortAccelerations
    x = add(x, mul(sixth, add(add(v, ex), mul(two, add(dx, bx)))))
    p = add(p, mul(sixth, add(add(w, ep), mul(two, add(dp, bp)))))
    q = add(q, mul(sixth, add(add(u, eq), mul(two, add(dq, bq)))))
    v = add(v, mul(sixth, add(add(av, ev), mul(two, add(dv, bv)))))
    w = add(w, mul(sixth, add(add(aw, ew), mul(two, add(dw, bw)))))
    u = add(u, mul(sixth, add(add(au, eu), mul(two, add(du, bu)))))
  }
  v128.store(state, x)
  v128.store(state + stride, v)
  v128.store(state + 2 * stride, p)
  v128.store(state + 3 * stride, w)
  v128.store(state + 4 * stride, q)
  v128.store(state + 5 * stride, u)
}
