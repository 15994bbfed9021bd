import { expect, test } from 'vitest'
import vectors from '../vectors/random.json' with { type: 'json' }
import { createRandom, episodeRandom, philox, resumeRandom } from './random.ts'

test('the same seed gives the golden numbers', () => {
  for (const { seed, uniforms, integers, normals, state } of vectors.streams) {
    const random = createRandom(seed)
    expect(uniforms.map(() => random.uniform())).toEqual(uniforms)
    expect(integers.map(() => random.integer(1_000))).toEqual(integers)
    expect(normals.map(() => random.normal())).toEqual(normals)
    expect(random.state()).toEqual(state)
  }
})

test('an episode has the golden numbers', () => {
  for (const { key, episode, uniforms } of vectors.episodes) {
    const random = episodeRandom(key, episode)
    expect(uniforms.map(() => random.uniform())).toEqual(uniforms)
  }
})

// Known answers of Random123 (`kat_vectors`, philox4x32 with 10 rounds).
test.each([
  [[0, 0, 0, 0], [0, 0], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
  [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]],
  [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]],
] as const)('philox of counter %j and key %j is the published block', ([c0, c1, c2, c3], [key0, key1], block) => {
  expect(philox(c0, c1, c2, c3, key0, key1)).toEqual(block)
})

test('a resumed stream goes on where it stopped', () => {
  const random = createRandom(7)
  for (let i = 0; i < 100; i++) random.normal()
  const resumed = resumeRandom(random.state())
  for (let i = 0; i < 100; i++) expect(resumed.uniform()).toBe(random.uniform())
})

test('other seeds give other streams', () => {
  const firsts = Array.from({ length: 1_000 }, (_, seed) => createRandom(seed).uniform())
  expect(new Set(firsts).size).toBe(1_000)
  expect(createRandom(2 ** 32).uniform()).not.toBe(createRandom(0).uniform())
})

test('normal numbers have mean 0 and deviation 1', () => {
  const random = createRandom(5)
  const numbers = Array.from({ length: 50_000 }, () => random.normal())
  const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length
  const variance = numbers.reduce((a, b) => a + (b - mean) ** 2, 0) / numbers.length
  expect(Math.abs(mean)).toBeLessThan(0.02)
  expect(Math.abs(variance - 1)).toBeLessThan(0.03)
})

test('integers are spread evenly', () => {
  const random = createRandom(6)
  const counts = Array.from({ length: 7 }, () => 0)
  for (let i = 0; i < 70_000; i++) counts[random.integer(7)]! += 1
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500)
})

test('impossible seeds and ranges are refused with the value', () => {
  expect(() => createRandom(-1)).toThrow('got -1')
  expect(() => createRandom(0.5)).toThrow('got 0.5')
  expect(() => createRandom(1).integer(0)).toThrow('got 0')
  expect(() => episodeRandom('task', -1)).toThrow('got -1')
})
