import { describe, expect, test } from 'vitest'
import { readSharpneat } from './sharpneat.ts'

const net = `\uFEFF# Counts.
2 1

# Scheme.
cyclic 3

# Connections.
0 3 0.5
1 2\t-1.5
3 2 2

# Functions.
0 ReLU
1 Sine

3 1
`
const reasonOf = (text: string): string => {
  const result = readSharpneat(text)
  return result.ok ? 'read' : result.reason
}

describe('readSharpneat', () => {
  test('reads counts, cycles, links and functions', () => {
    const result = readSharpneat(net)
    if (!result.ok) throw new Error(result.reason)
    expect(result.value.rule).toEqual({ kind: 'synchronous', steps: 3 })
    expect(result.value.neurons.map((n) => [n.id, n.activation, n.response])).toEqual([[4096, 'relu', 1], [65539, 'sine', 2]])
    expect(Array.from(result.value.links.weights)).toEqual([-1.5, 2, 0.5])
  })

  test('names line and cause of what it cannot read', () => {
    expect(reasonOf('')).toBe('end of file: expected input and output counts')
    expect(reasonOf('4097 1')).toBe('line 1: input count is 1 to 4096, got 4097')
    expect(reasonOf(net.replace('cyclic 3', 'cyclic'))).toBe('line 5: expected "acyclic" or "cyclic N", got "cyclic"')
    expect(reasonOf(net.replace('3 2 2', '3 2'))).toBe('line 10: a connection has 3 columns (source, target, weight), got 2')
    expect(reasonOf(net.replace('3 2 2', '3 1 2'))).toBe('line 10: goes to node 1, which is an input')
    expect(reasonOf(net.replace('Sine', 'ArcTan'))).toMatch(/^line 14: function "ArcTan" is not among ReLU/)
    expect(reasonOf(net.replace('3 1\n', '3 2\n'))).toBe('line 16: function 2 is not among the 2 functions')
  })
})
