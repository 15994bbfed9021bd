// What the readers make of other programs' files, against values calculated from the files' own text with the engine's
// `Math`, and what the writers make of that again.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compile } from '../network/compile.ts'
import type { Genotype } from '../genotype/genotype.ts'
import type { Reading, Writing } from './foreign.ts'
import { readNeat, writeNeat } from './neat.ts'
import { readNeatPython, writeNeatPython } from './neat-python.ts'
import { readSharpneat, writeSharpneat } from './sharpneat.ts'

const textOf = (name: string): string => readFileSync(new URL(`../../oracles/${name}`, import.meta.url), 'utf8')

function valueOf<T>(result: { ok: true; value: T } | { ok: false; reason: string }): T {
  if (!result.ok) throw new Error(result.reason)
  return result.value
}

function answers(genotype: Genotype, rows: readonly (readonly number[])[]): number[][] {
  const network = compile(genotype)
  return rows.map((row) => {
    network.reset()
    return Array.from(network.activate(row))
  })
}

function expectClose(got: readonly number[][], wanted: readonly number[][]): void {
  got.forEach((row, i) => row.forEach((x, j) => expect(Math.abs(x - wanted[i]![j]!)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(x)))))
}

/** Writing what was read gives a file with the same meaning: the same genotype, ids and all. */
function assertReturns(genotype: Genotype, write: (genotype: Genotype) => Writing, read: (text: string) => Reading): void {
  expect(valueOf(read(valueOf(write(genotype))))).toEqual(genotype)
}

describe('neat-python', () => {
  const genotype = valueOf(readNeatPython(textOf('neat_python_xor_winner.json')))

  test('the XOR winner has the outputs of its own formula and the fitness that its file states', () => {
    const file = JSON.parse(textOf('neat_python_xor_winner.json'))
    const rows = [[0, 0], [0, 1], [1, 0], [1, 1]]
    const value = (id: number, row: readonly number[]): number => {
      if (id < 0) return row[-1 - id]!
      const { bias, response } = file.nodes.find((node: { id: number }) => node.id === id)
      const incoming = file.connections.filter((link: { to: number }) => link.to === id)
      let sum = 0
      for (const { from, weight } of incoming) sum += weight * value(from, row)
      return 1 / (1 + Math.exp(-Math.max(-60, Math.min(60, 5 * (bias + response * sum)))))
    }
    const outputs = answers(genotype, rows)
    expectClose(outputs, rows.map((row) => [value(0, row)]))
    expectClose(outputs.map(([x]) => [Math.round(x! * 1e6) / 1e6]), [[0.298293], [0.98272], [1], [0.067479]])
    const fitness = 4 - rows.reduce((sum, [x, y], i) => sum + (outputs[i]![0]! - (x === y ? 0 : 1)) ** 2, 0)
    expect(Math.abs(fitness - file.metadata.fitness)).toBeLessThanOrEqual(1e-12)
  })

  test('comes back from its own format', () => assertReturns(genotype, writeNeatPython, readNeatPython))
})

describe('SharpNEAT', () => {
  const files = [1, 2, 3].map((n) => `sharpneat_example${n}.net`)

  test.each(files)('%s begins with a byte order mark and comes back from its own format', (name) => {
    expect(textOf(name).charCodeAt(0)).toBe(0xfeff)
    assertReturns(valueOf(readSharpneat(textOf(name))), writeSharpneat, readSharpneat)
    expect(readSharpneat(textOf(name).slice(1))).toEqual(readSharpneat(textOf(name)))
  })

  const rows = [[0.25, -0.5, 1], [1, 1, 1], [-0.3, 0.7, 0.1]]
  const relu = (x: number): number => (x < 0 ? 0 : x)

  test('example 1: functions per node', () => {
    const wanted = rows.map(([x, y, z]) => [relu(0.3 * x! + 1.3 * y!), relu(1.4 * y! + 2.4 * z!)])
    expectClose(answers(valueOf(readSharpneat(textOf(files[0]!))), rows), wanted)
  })

  test('example 2: a hidden node between', () => {
    const wanted = rows.map(([x, y, z]) => [relu(0.123 * x! + 1.234 * y! - 0.5835 * z!), relu(5.123456789 * z! + 5.4 * relu(2.5 * z!))])
    expectClose(answers(valueOf(readSharpneat(textOf(files[1]!))), rows), wanted)
  })

  test('example 3: three cycles, all nodes at once', () => {
    const wanted = rows.map(([x, y, z]) => {
      let [o3, o4, h5, h6, h7] = [0, 0, 0, 0, 0]
      for (let cycle = 0; cycle < 3; cycle++) {
        const [sum5, sum6] = [3 * x! + 5 * y! + 19 * h7, 7 * y! + 11 * z! + 13 * h5];
        [o3, o4, h5, h6, h7] = [relu(23 * h7), relu(29 * h6), relu(sum5), relu(sum6), relu(17 * h6)]
      }
      return [o3, o4]
    })
    expectClose(answers(valueOf(readSharpneat(textOf(files[2]!))), rows), wanted)
  })
})

test('a winner of the original NEAT comes back from its own format', () => {
  assertReturns(valueOf(readNeat(textOf('winner00.genome'))), writeNeat, readNeat)
})
