import { createSearch } from '@megabrain/evolve'
import { findTask } from '@megabrain/tasks'
import { expect, test } from 'vitest'
import { portraitOf } from './portrait.ts'

const task = findTask('xor')!

function grown(generations: number) {
  let search = createSearch({ algorithm: 'neat', task, seed: 5 })
  for (let generation = 0; generation < generations; generation++) {
    const asked = search.ask()
    search = asked.search.tell(asked.candidates.map((_, index) => ({ fitness: 1_000 * index, score: index, steps: 1 })) as never)
  }
  return search
}

test('a portrait is of the whole population and the same for the same one', () => {
  const search = grown(6)
  const portrait = portraitOf(search)
  const fitnesses = search.members().map(({ fitness }) => fitness).sort((a, b) => a - b)
  expect(portrait.median).toBe(fitnesses[fitnesses.length >> 1])
  expect(portrait.spread).toBeGreaterThan(0)
  expect(portrait.links).toBe(search.census().meanLinks)
  expect(portrait.distance).toBeGreaterThan(0)
  expect(portrait.species.filter((_, index) => index % 2 === 1).reduce((sum, size) => sum + size, 0)).toBe(search.members().length)
  expect(portrait).toEqual(portraitOf(grown(6)))
})

test('entropy is 0 bits for one species and at most log2 of their number', () => {
  const { entropy, species } = portraitOf(grown(6))
  expect(entropy).toBeGreaterThanOrEqual(0)
  expect(entropy).toBeLessThanOrEqual(Math.log2(species.length / 2) + 1e-12)
  expect(portraitOf(createSearch({ algorithm: 'neat', task, seed: 5 }))).toMatchObject({ spread: 0, median: 0 })
})
