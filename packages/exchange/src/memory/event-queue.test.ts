import { createRandom } from '@megabrain/evolve'
import { expect, test } from 'vitest'
import { createEventQueue } from './event-queue.ts'

test('whatever the times, near, far or in fractions, asked for before or meanwhile, things run by time and then by arrival', () => {
  for (const seed of [1, 2, 3]) {
    const random = createRandom(seed)
    const start = 1_800_000_000_000
    const queue = createEventQueue(start)
    const ran: (readonly [time: number, order: number])[] = []
    let asked = 0
    const ask = (time: number): void => {
      const order = asked++
      queue.at(time, () => {
        expect(queue.now()).toBe(time)
        ran.push([time, order])
        if (asked < 3_000) ask(queue.now() + [0, random.uniform(), random.integer(5), random.integer(20_000)][random.integer(4)]!)
      })
    }
    for (let i = 0; i < 1_000; i++) ask(start + random.integer(60_000) / (1 + random.integer(3)))
    while (queue.size() > 0) queue.runUntil(queue.now() + random.uniform() * 3_000)
    expect(ran).toHaveLength(asked)
    expect(ran).toEqual(ran.toSorted(([a, i], [b, j]) => a - b || i - j))
  }
})

test('what was asked for in the past runs now, and time goes on without anything to do', () => {
  const queue = createEventQueue(5)
  queue.runUntil(100.5)
  const ran: number[] = []
  queue.at(50, () => ran.push(queue.now()))
  queue.runUntil(100.5)
  expect(ran).toEqual([100.5])
  queue.runUntil(1_000_000)
  expect([queue.now(), queue.size()]).toEqual([1_000_000, 0])
})
