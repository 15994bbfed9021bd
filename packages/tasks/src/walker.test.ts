import { describe, expect, test } from 'vitest'
import { createRandom } from '@megabrain/evolve'
import { advance, groundHeight, hasFallen, middleX, POINTS, RODS, STANDING } from './walker-physics.ts'
import { walker } from './walker.ts'

const lengthOf = (state: ArrayLike<number>, [a, b]: readonly [number, number]): number => {
  const dx = state[2 * b]! - state[2 * a]!
  const dy = state[2 * b + 1]! - state[2 * a + 1]!
  return Math.sqrt(dx * dx + dy * dy)
}

describe('walker', () => {
  test('stands on stretched legs, and its rods keep their length', () => {
    const state = Float64Array.from(STANDING)
    for (let step = 0; step < 300; step++) advance(state, [1, 1, 1, 1])
    expect(hasFallen(state)).toBe(false)
    for (const rod of RODS) expect(Math.abs(lengthOf(state, rod) - lengthOf(STANDING, rod))).toBeLessThan(0.02)
    expect(Math.abs(middleX(state) - middleX(STANDING))).toBeLessThan(0.3)
  })

  test('stays in one piece above the ground whatever a network asks for', () => {
    const random = createRandom(7)
    for (let episode = 0; episode < 20; episode++) {
      const state = Float64Array.from(STANDING)
      for (let step = 0; step < 600; step++) {
        advance(state, [0, 1, 2, 3].map(() => Math.round(random.uniform())))
        for (const rod of RODS) expect(Math.abs(lengthOf(state, rod) - lengthOf(STANDING, rod))).toBeLessThan(0.3)
        for (let point = 0; point < POINTS; point++) {
          expect(state[2 * point + 1]!).toBeGreaterThan(groundHeight(state[2 * point]!) - 0.05)
          expect(state[2 * point + 1]!).toBeLessThan(5)
        }
      }
    }
  })

  test('falls freely as Newton says while nothing touches', () => {
    const state = Float64Array.from(STANDING, (x, i) => (i < 28 && i % 2 === 1 ? x + 10 : x))
    const middle = (): number => [0, 1, 2, 3, 4, 5, 6].reduce((sum, point) => sum + state[2 * point + 1]! / POINTS, 0)
    const height = middle()
    for (let step = 0; step < 15; step++) advance(state, [0.5, 0.5, 0.5, 0.5])
    expect(height - middle()).toBeGreaterThan(0.95 * 0.5 * 9.8 * 0.25)
    expect(height - middle()).toBeLessThan(1.05 * 0.5 * 9.8 * 0.25)
  })

  test('has hurdles that grow without end', () => {
    expect(groundHeight(1.5)).toBe(0)
    for (let metre = 3; metre < 200; metre++) expect(groundHeight(metre + 0.5)).toBeGreaterThan(groundHeight(metre - 0.5))
    expect(groundHeight(100.5)).toBeGreaterThan(1)
  })

  test('a watched step is an evaluated step', () => {
    const { environment } = walker
    const state = Float64Array.from(STANDING)
    advance(state, [0, 0.5, 1, 0.25])
    expect(environment!.step(environment!.start(0), environment!.decide([-1, 0.5, 3, 0.25])).state).toEqual(Array.from(state))
    expect(environment!.step(STANDING, 0.5)).toEqual(environment!.step(STANDING, [0.5, 0.5, 0.5, 0.5]))
  })
})
