import { createRandom } from '@megabrain/evolve'
import { describe, expect, test } from 'vitest'
import { meanInterval } from './bootstrap.ts'
import { rankSum, upperTail } from './rank-sum.ts'

describe('rankSum', () => {
  test('gives the p of the published table: complete separation of 3 and 3 is 2 of 20 divisions', () => {
    expect(rankSum([1, 2, 3], [4, 5, 6])).toMatchObject({ u: 0, a12: 0, delta: -1, method: 'exact', magnitude: 'large' })
    expect(rankSum([1, 2, 3], [4, 5, 6]).p).toBeCloseTo(0.1, 12)
    expect(rankSum([4, 5, 6], [1, 2, 3]).u).toBe(9)
  })

  test('with ties is exact: equal to the count over every division', () => {
    const random = createRandom(3)
    for (let round = 0; round < 30; round++) {
      const values = Array.from({ length: 9 }, () => random.integer(5))
      expect(rankSum(values.slice(0, 4), values.slice(4)).p).toBeCloseTo(pOverAllDivisions(values, 4), 12)
    }
  })

  test('of large samples follows the normal approximation, which lies near the exact value', () => {
    const random = createRandom(8)
    const draw = (n: number, shift: number): number[] => Array.from({ length: n }, () => random.integer(40) + shift)
    const [a, b] = [draw(30, 0), draw(30, 6)]
    const small = rankSum(a, b)
    const [c, d] = [draw(31, 0), draw(31, 6)]
    expect(small.method).toBe('exact')
    expect(rankSum(c, d).method).toBe('normal')
    // One value more in each sample: the two methods may not tell another story.
    expect(Math.abs(Math.log10(rankSum([...a, 20], [...b, 20]).p) - Math.log10(small.p))).toBeLessThan(0.3)
  })

  test('takes Infinity for what never happened, and calls equal samples equal', () => {
    expect(rankSum([1, Infinity, Infinity], [1, Infinity, Infinity])).toMatchObject({ a12: 0.5, delta: 0, p: 1, magnitude: 'negligible' })
    expect(rankSum(Array(50).fill(7), Array(50).fill(7))).toMatchObject({ p: 1, a12: 0.5 })
    expect(rankSum([Infinity, Infinity], [1, 2])).toMatchObject({ u: 4, a12: 1 })
    expect(() => rankSum([], [1])).toThrow(RangeError)
    expect(() => rankSum([NaN], [1])).toThrow(RangeError)
  })
})

test('the tail of the normal distribution has its tabled values', () => {
  // Abramowitz and Stegun, tables 26.1 and 26.2.
  expect(upperTail(0)).toBe(0.5)
  expect(upperTail(1)).toBeCloseTo(0.158655253931457, 14)
  expect(upperTail(1.959963984540054)).toBeCloseTo(0.025, 14)
  expect(upperTail(3)).toBeCloseTo(1.349898031630095e-3, 14)
  expect(upperTail(6) / 9.865876450376946e-10).toBeCloseTo(1, 10)
})

test('the interval of a mean holds it, narrows with more values and is the same every time', () => {
  const random = createRandom(4)
  const values = Array.from({ length: 400 }, () => random.uniform())
  const [low, high] = meanInterval(values)!
  // Standard error of 400 uniform values: 1/√12/20; the interval is ± 1.96 of them.
  expect(high - low).toBeGreaterThan(2 * 1.96 * 0.0144 * 0.85)
  expect(high - low).toBeLessThan(2 * 1.96 * 0.0144 * 1.15)
  expect(low).toBeLessThan(0.53)
  expect(high).toBeGreaterThan(0.47)
  expect(meanInterval(values)).toEqual([low, high])
  expect(meanInterval([3])).toEqual([3, 3])
  expect(meanInterval([])).toBeNull()
})

/** The definition, by going through all subsets. */
function pOverAllDivisions(values: readonly number[], n: number): number {
  const uOf = (mask: number): number => {
    let u = 0
    values.forEach((x, i) => values.forEach((y, j) => {
      if ((mask >> i) % 2 === 1 && (mask >> j) % 2 === 0) u += x > y ? 1 : x === y ? 0.5 : 0
    }))
    return u
  }
  const middle = (n * (values.length - n)) / 2
  const seen = Math.abs(uOf(2 ** n - 1) - middle)
  const masks = Array.from({ length: 2 ** values.length }, (_, mask) => mask)
    .filter((mask) => mask.toString(2).replaceAll('0', '').length === n)
  return masks.filter((mask) => Math.abs(uOf(mask) - middle) >= seen).length / masks.length
}
