import { describe, expect, test } from 'vitest'
import { readNeatPython } from './neat-python.ts'

const node = (id: number, type: string, name = 'sigmoid') =>
  ({ id, type, activation: { name, custom: false }, aggregation: { name: 'sum', custom: false }, bias: 0.5, response: 2 })
const file = {
  network_type: 'recurrent',
  topology: { input_keys: [-1, -2], output_keys: [0] },
  nodes: [node(7, 'hidden', 'tanh'), node(0, 'output'), { id: -1, type: 'input' }, { id: -2, type: 'input' }],
  connections: [
    { from: -1, to: 7, weight: 1, enabled: true },
    { from: 7, to: 0, weight: -2, enabled: true },
    { from: -2, to: 0, weight: 9, enabled: false },
  ],
}
const read = (change: object) => {
  const result = readNeatPython(JSON.stringify({ ...file, ...change }))
  return result.ok ? 'read' : result.reason
}

describe('readNeatPython', () => {
  test('maps functions, bias, response and update rule', () => {
    const result = readNeatPython(JSON.stringify(file))
    if (!result.ok) throw new Error(result.reason)
    expect(result.value.rule).toEqual({ kind: 'synchronous', steps: 1 })
    expect(result.value.neurons).toEqual([
      { id: 4096, activation: 'neat-python-sigmoid', aggregation: 'sum', bias: 0.5, response: 2 },
      { id: 65543, activation: 'neat-python-tanh', aggregation: 'sum', bias: 0.5, response: 2 },
    ])
    expect(Array.from(result.value.links.sources)).toEqual([65543, 0])
  })

  test('names place and cause of what it cannot read', () => {
    expect(readNeatPython('{\n  "nodes": [\n}')).toMatchObject({ ok: false, reason: expect.stringMatching(/^(file|line 3): not JSON .*$/) })
    expect(readNeatPython('[]')).toEqual({ ok: false, reason: 'file: must be an object, got a list' })
    expect(read({ network_type: 'ctrnn' })).toBe('network_type: only feedforward and recurrent can be read, got "ctrnn"')
    expect(read({ nodes: [node(0, 'output', 'hat')] })).toMatch(/^nodes\[0\]\.activation\.name: "hat" is not among sigmoid, tanh/)
    expect(read({ nodes: [{ ...node(0, 'output'), bias: '1' }] })).toBe('nodes[0].bias: must be a finite number, got "\\"1\\""')
    expect(read({ connections: [{ from: 3, to: 0, weight: 1 }] })).toBe('connections[0]: comes from node 3, which the file does not have')
    expect(read({ connections: [{ from: -1, to: 0 }] })).toBe('connections[0].weight: must be a finite number, got nothing')
    expect(read({ topology: { input_keys: [-1], output_keys: [5] } })).toBe('topology.output_keys[0]: node 5 is not among the nodes')
  })

  test('survives any cut of the text', () => {
    const text = JSON.stringify(file)
    for (let end = 0; end < text.length; end++) expect(readNeatPython(text.slice(0, end)).ok).toBe(false)
  })
})
