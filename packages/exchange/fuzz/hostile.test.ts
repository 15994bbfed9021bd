import { describe, expect, test } from 'vitest'
import { SLOW_MS } from './fuzz.ts'
import { damaged, hostileCases } from './hostile.ts'
import { goldenBytes } from './seeds.ts'
import { targets } from './targets.ts'

const cases = hostileCases()

/** The least of four tries: the collector and other programs take time too. */
function timeOf(read: () => void): number {
  let least = Infinity
  for (let i = 0; i < 4 && least > SLOW_MS; i++) {
    const began = performance.now()
    read()
    least = Math.min(least, performance.now() - began)
  }
  return least
}

describe.each(targets())('$name', ({ read, seeds, name, isFramed }) => {
  test(`none of ${cases.length} hostile cases is taken, throws or takes longer than ${SLOW_MS} ms`, () => {
    for (const { name: what, bytes } of cases) {
      let outcome = ''
      expect(timeOf(() => { outcome = read(bytes) }), what).toBeLessThanOrEqual(SLOW_MS)
      if (isFramed !== false) expect(outcome, what).not.toBe('ok')
    }
  })

  test('every cut and every flipped bit of good bytes ends in a result', () => {
    let refused = 0
    for (const good of seeds.filter(({ length }) => length <= 1_024)) {
      for (const bytes of damaged(good)) if (read(bytes) !== 'ok') refused++
    }
    expect(refused, name).toBeGreaterThan(100)
  })
})

test('golden vectors of every format are among the good bytes', () => {
  expect(goldenBytes().length).toBeGreaterThan(20)
  for (const { name, seeds, read } of targets()) {
    if (!name.startsWith('member')) expect(seeds.filter((bytes) => read(bytes) !== 'ok'), name).toEqual([])
  }
})
