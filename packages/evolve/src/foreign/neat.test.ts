import { describe, expect, test } from 'vitest'
import { readNeat } from './neat.ts'

const genome = `genomestart 8
trait 1 0.07 0 0.05 0.01 0.24 0.23 0.11 0.06
node 1 1 1 1
node 2 1 1 3
node 5 1 0 2
node 6 1 0 0
gene 1 1 5 -0.5 0 1 -0.5 1
gene 1 2 5 3 0 2 3 0
gene 1 1 6 1e-1 0 6 0.1 1
gene 1 6 5 2.5 0 7 2.5 1
gene 1 5 5 -1.25 1 372 -1.25 1
genomeend 8
`

const reasonOf = (text: string): string => {
  const result = readNeat(text)
  return result.ok ? 'read' : result.reason
}

describe('readNeat', () => {
  test('keeps sensors in file order, drops disabled genes and uses the steep sigmoid', () => {
    const result = readNeat(genome)
    if (!result.ok) throw new Error(result.reason)
    expect(result.value.inputs).toBe(2)
    expect(result.value.outputs).toBe(1)
    expect(result.value.rule).toEqual({ kind: 'stanley' })
    expect(result.value.neurons.map((n) => [n.id, n.activation])).toEqual([[4096, 'steep-sigmoid'], [65542, 'steep-sigmoid']])
    expect(Array.from(result.value.links.sources)).toEqual([0, 4096, 65542, 0])
    expect(Array.from(result.value.links.weights)).toEqual([-0.5, -1.25, 2.5, 0.1])
  })

  test('names line and cause of what it cannot read', () => {
    expect(reasonOf('')).toBe('end of file: no genomestart')
    expect(reasonOf('hello')).toBe('line 1: expected genomestart, got "hello"')
    expect(reasonOf(genome.replace('genomeend 8\n', ''))).toBe('end of file: genomeend is missing, the genome is cut short')
    expect(reasonOf(genome.replace('3 0 2 3 0', '3 0 2'))).toMatch(/^line 8: a gene has 8 columns .* got 6$/)
    expect(reasonOf(genome.replace('2.5 0 7', 'NaN 0 7'))).toBe('line 10: weight must be a finite number, got "NaN"')
    expect(reasonOf(genome.replace('2.5 0 7', '1e999 0 7'))).toBe('line 10: weight must be a finite number, got "1e999"')
    expect(reasonOf(genome.replace('gene 1 6 5', 'gene 1 9 5'))).toBe('line 10: comes from node 9, which the file does not have')
    expect(reasonOf(genome.replace('gene 1 6 5', 'gene 1 6 1'))).toBe('line 10: goes to node 1, which is an input')
    expect(reasonOf(genome.replace('gene 1 6 5', 'gene 1 1 5'))).toBe('line 10: joins nodes 1 and 5 a second time, first in line 7')
    expect(reasonOf(genome.replace('node 6 1 0 0', 'node 5 1 0 0'))).toBe('line 6: node 5 a second time')
    expect(reasonOf(genome.replace('node 6 1 0 0', 'node 6 1 1 0'))).toBe('line 6: node type 1 does not go with placement 0')
    expect(reasonOf(genome.replace('node 5 1 0 2', 'node 5 1 0 0'))).toBe('file: needs at least one output')
  })

  test('never throws, wherever the text is cut', () => {
    for (let end = 0; end < genome.length; end++) expect(typeof readNeat(genome.slice(0, end)).ok).toBe('boolean')
  })
})
