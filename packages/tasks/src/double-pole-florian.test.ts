import { describe, expect, test } from 'vitest'
import { accelerations, advanceFlorian, energyOf, florianCart, momentumOf } from './double-pole-florian.ts'
import type { Cart } from './double-pole-florian.ts'
import { advance } from './double-pole-physics.ts'

const frictionless: Cart = { ...florianCart, trackFriction: 0, hingeFriction: 0 }
const START = [0.3, -0.4, 0.2, 0.5, -0.1, 1]
const TAU = 0.001

describe('double pole physics after Florian', () => {
  test('without friction and force keep energy and momentum over a second of falling', () => {
    const state = Float64Array.from(START)
    const energy = energyOf(frictionless, state)
    const momentum = momentumOf(frictionless, state)
    for (let step = 0; step < 1_000; step++) advanceFlorian(frictionless, state, 0, TAU)
    expect(Math.abs(state[2]!)).toBeGreaterThan(1)
    expect(Math.abs(energyOf(frictionless, state) - energy)).toBeLessThan(1e-9)
    expect(Math.abs(momentumOf(frictionless, state) - momentum)).toBeLessThan(1e-9)
  })

  test('under a force gain just its impulse in momentum', () => {
    const state = Float64Array.from(START)
    const momentum = momentumOf(frictionless, state)
    for (let step = 0; step < 300; step++) advanceFlorian(frictionless, state, 4, TAU)
    expect(momentumOf(frictionless, state) - momentum).toBeCloseTo(4 * 0.3, 9)
  })

  test('lose energy to every friction, and the cart is braked against its way', () => {
    for (const cart of [{ ...frictionless, trackFriction: 0.05 }, { ...frictionless, hingeFriction: 0.002 }]) {
      const state = Float64Array.from(START)
      let energy = energyOf(cart, state)
      for (let step = 0; step < 500; step++) {
        advanceFlorian(cart, state, 0, TAU)
        expect(energyOf(cart, state)).toBeLessThan(energy + 1e-12)
        energy = energyOf(cart, state)
      }
    }
    const rough = { ...florianCart, trackFriction: 0.1 }
    const [right, left] = [[0, 1, 0, 0, 0, 0], [0, -1, 0, 0, 0, 0]].map((state) => accelerations(rough, state, 0)[0]!)
    expect(right).toBeLessThan(0)
    expect(left).toBe(-right!)
    // Upright poles at rest press with their whole weight: μ(M + m₁ + m₂)g.
    const [force, mass] = [0.1 * 1.11 * 9.8, 1 + 0.11 * 0.25]
    expect(right).toBeCloseTo(-force / mass, 2)
  })

  test("without track friction are Stanley's, force and all", () => {
    const smooth: Cart = { ...florianCart, trackFriction: 0 }
    const ours = Float64Array.from([0.1, 0.2, 0.05, -0.1, 0.02, 0.1])
    const his = ours.slice()
    for (let step = 0; step < 20; step++) {
      advance(his, 0.7)
      for (let i = 0; i < 2; i++) advanceFlorian(smooth, ours, 4, 0.01)
      ours.forEach((x, i) => expect(Math.abs(x - his[i]!)).toBeLessThan(1e-9))
    }
  })
})
