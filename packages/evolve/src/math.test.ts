import { expect, test } from 'vitest'
import vectors from '../vectors/math.json' with { type: 'json' }
import { cos, exp, log, sin, tanh } from './math.ts'
import { createRandom } from './random.ts'

const own = { exp, log, tanh, sin, cos }
type Name = keyof typeof own

function bitsOf(x: number): string {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, x)
  return view.getBigUint64(0).toString(16).padStart(16, '0')
}

function fromBits(bits: string): number {
  const view = new DataView(new ArrayBuffer(8))
  view.setBigUint64(0, BigInt(`0x${bits}`))
  return view.getFloat64(0)
}

test('every function gives the golden bits', () => {
  expect(vectors.cases.length).toBeGreaterThan(100)
  for (const { name, x, y } of vectors.cases) expect(`${name} ${x} ${bitsOf(own[name as Name](fromBits(x)))}`).toBe(`${name} ${x} ${y}`)
})

test.each([
  ['exp', -708, 709.7], ['exp', -1, 1], ['tanh', -25, 25], ['tanh', -0.6, 0.6], ['tanh', -1e-5, 1e-5], ['log', 1e-300, 1], ['log', 1.5, 1e300],
] as const)('%s is within 1e-15 of the engine from %d to %d', (name, least, most) => {
  const random = createRandom(1)
  for (let i = 0; i < 20_000; i++) {
    const x = least + (most - least) * random.uniform()
    expect(Math.abs(own[name](x) / Math[name](x) - 1)).toBeLessThanOrEqual(1e-15)
  }
})

test.each(['sin', 'cos'] as const)('%s is within 2.3e-16 of the engine up to 100,000 radians', (name) => {
  const random = createRandom(2)
  for (const limit of [1, 10, 1_000, 100_000]) {
    for (let i = 0; i < 10_000; i++) {
      const x = limit * (2 * random.uniform() - 1)
      expect(Math.abs(own[name](x) - Math[name](x))).toBeLessThanOrEqual(2.3e-16)
    }
  }
})

test('overflow, underflow, NaN and infinity have defined answers', () => {
  expect([exp(709.782712893384), exp(709.782712893385), exp(-746), exp(-745.13)]).toEqual([1.7976931348622732e308, Infinity, 0, 5e-324])
  expect([exp(NaN), exp(Infinity), exp(-Infinity)]).toEqual([NaN, Infinity, 0])
  expect([tanh(NaN), tanh(Infinity), tanh(-Infinity), tanh(1e300)]).toEqual([NaN, 1, -1, 1])
  expect([log(0), log(-1), log(Infinity), log(NaN), log(1)]).toEqual([-Infinity, NaN, Infinity, NaN, 0])
  expect([sin(NaN), sin(Infinity), sin(1e7), cos(NaN), cos(-Infinity), cos(-1e7)]).toEqual([NaN, NaN, 0, NaN, NaN, 1])
})

test('none of them returns -0', () => {
  for (const x of [-0, 0, -5e-324, 5e-324, -3.141592653589793, 3.141592653589793]) {
    for (const name of ['exp', 'tanh', 'sin', 'cos'] as const) expect(Object.is(own[name](x), -0)).toBe(false)
  }
  expect(Object.is(log(1), -0)).toBe(false)
})

test('sine and hyperbolic tangent are odd, cosine is even, to the bit', () => {
  const random = createRandom(3)
  for (let i = 0; i < 5_000; i++) {
    const x = 100 * random.normal()
    expect(tanh(-x)).toBe(-tanh(x))
    expect(cos(-x)).toBe(cos(x))
    expect(sin(-x)).toBe(-sin(x))
  }
})
