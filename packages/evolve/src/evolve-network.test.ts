import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { evolveNetwork } from './evolve-network.ts'
import type { Network } from './network/network.ts'

const folder = fileURLToPath(new URL('..', import.meta.url))

/** Both inputs on the same side of a half. */
function sameSide(network: Network): number {
  const rows = [[0, 0, 1], [0, 1, 0], [1, 0, 0], [1, 1, 1]] as const
  const error = rows.reduce((sum, [a, b, wanted]) => sum + Math.abs(wanted - network.activate([a, b])[0]!), 0)
  return (1 - error / 4) * (1 - error / 4)
}

describe('evolveNetwork', () => {
  test('the ten lines of the README run as they stand and solve their problem', () => {
    const readme = readFileSync(`${folder}/README.md`, 'utf8')
    const code = /```js\n([\s\S]*?)```/.exec(readme)![1]!
    expect(code.trim().split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(10)
    // Its import finds the package from the package's own folder.
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: folder, encoding: 'utf8' })
    expect(output).toMatch(/^true \d+ \[ 0, 1, 1, 0 \]\n$/)
  })

  test('gives the same champion for the same seed, another for another', () => {
    const evolved = (seed: number) => evolveNetwork({ inputs: 2, outputs: 1, fitness: sameSide, seed, goal: 0.8 })
    const [first, second, other] = [evolved(1), evolved(1), evolved(2)]
    expect(first.solved).toBe(true)
    expect(second.champion.cid).toBe(first.champion.cid)
    expect(other.champion.cid).not.toBe(first.champion.cid)
    expect(sameSide(first.network)).toBe(first.fitness)
    expect(first.fitness).toBeGreaterThanOrEqual(0.8)
  })

  test('ends at its budget, or when it is told to, with the best so far', () => {
    const spent = evolveNetwork({ inputs: 2, outputs: 1, fitness: sameSide, seed: 1, maxEvaluations: 1 })
    expect(spent).toMatchObject({ solved: false, evaluations: 150, generations: 1 })
    let seen = 0
    const told = evolveNetwork({ inputs: 2, outputs: 1, fitness: sameSide, seed: 1, generation: () => ++seen < 3 })
    expect(told).toMatchObject({ solved: false, generations: 3 })
  })

  test.each([
    [{ goal: 2 }, /goal is a fitness above 0, at most 1, got 2/],
    [{ inputs: 0 }, /inputs must be a whole number from 1, got 0/],
    [{ outputs: 1.5 }, /outputs must be a whole number from 1, got 1\.5/],
    [{ fitness: () => NaN }, /Fitness must be a number from 0 to 1, got NaN/],
    [{ fitness: () => 7 }, /Fitness must be a number from 0 to 1, got 7/],
    [{ settings: { size: 1 } }, /Setting size must be an integer from 2/],
    [{ seed: -1 }, /-1/],
  ])('refuses %j by name', (wrong, cause) => {
    expect(() => evolveNetwork({ inputs: 2, outputs: 1, fitness: sameSide, seed: 1, maxEvaluations: 1, ...wrong })).toThrow(cause)
  })
})
