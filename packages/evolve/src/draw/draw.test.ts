import { describe, expect, test } from 'vitest'
import { createGenotype, type Link } from '../genotype/create.ts'
import { actuatorId, FIRST_HIDDEN, type Neuron } from '../genotype/genotype.ts'
import { sampleGenotype } from '../genotype/sample.ts'
import { dotOf } from './dot.ts'
import { layersOf, MAX_DRAWN_LINKS } from './layers.ts'
import { svgOf } from './svg.ts'

const OUT = actuatorId(0)
const H = FIRST_HIDDEN
const neuron = (id: number): Neuron => ({ id, activation: 'tanh', aggregation: 'sum', bias: 0, response: 1 })
const drawn = (neurons: readonly number[], links: readonly Link[], inputs = 1) =>
  createGenotype({ inputs, outputs: 1, rule: { kind: 'ordered' }, neurons: neurons.map(neuron), links })
const chain = drawn([H, H + 1, OUT], [
  { from: 0, to: H, weight: 1 }, { from: H, to: H + 1, weight: -2 }, { from: H + 1, to: OUT, weight: 3 },
  { from: 0, to: OUT, weight: 0.5 }, { from: OUT, to: H, weight: 0.25 }, { from: H, to: H, weight: 0.1 },
])

describe('layersOf', () => {
  test('puts sensors first, hidden neurons by depth and actuators last', () => {
    const { columns, places } = layersOf(chain)
    expect(columns).toBe(4)
    expect([0, H, H + 1, OUT].map((id) => places.get(id)!.column)).toEqual([0, 1, 2, 3])
  })

  test('leads a long link through the columns between, clear of their neurons', () => {
    const { links, places } = layersOf(chain)
    const long = links.find(({ from, to }) => from === 0 && to === OUT)!
    expect(long.points.map(({ column }) => column)).toEqual([0, 1, 2, 3])
    for (const [i, id] of [[1, H], [2, H + 1]] as const) expect(Math.abs(long.points[i]!.row - places.get(id)!.row)).toBeGreaterThan(0.5)
  })

  test('no two neurons share a place, whatever the genotype', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const { places } = layersOf(sampleGenotype(seed))
      const spots = [...places.values()].map(({ column, row }) => `${column} ${row.toFixed(6)}`)
      expect(new Set(spots).size).toBe(spots.length)
    }
  })

  test('draws the strongest links of a crowd and says how many are left out', () => {
    const links = Array.from({ length: 3_000 }, (_, from): Link => ({ from, to: OUT, weight: 1 + from }))
    const crowd = drawn([OUT], links, 3_000)
    const layers = layersOf(crowd)
    expect([layers.links.length, layers.omitted]).toEqual([MAX_DRAWN_LINKS, 1_000])
    expect(layers.links.at(-1)!.weight).toBe(3_000)
    expect(svgOf(crowd)).toContain('1000 weaker links not drawn')
  })
})

/** The text is well-formed as far as this needs: every element is closed in its turn, no bare ampersand. */
function assertWellFormed(svg: string): void {
  const open: string[] = []
  for (const [, closing, name, selfClosing] of svg.matchAll(/<(\/?)([a-zA-Z]+)[^<>]*?(\/?)>/g)) {
    if (closing === '/') expect(open.pop()).toBe(name)
    else if (selfClosing !== '/') open.push(name!)
  }
  expect(open).toEqual([])
  expect(svg.replace(/&(amp|lt|gt|quot);/g, '')).not.toContain('&')
}

describe('svgOf', () => {
  test('every link and neuron is there, recurrent ones dashed, signs by colour', () => {
    const svg = svgOf(chain, { inputLabels: ['angle'], outputLabels: ['force'] })
    assertWellFormed(svg)
    expect(svg.match(/<path class="link (plus|minus)[^>]*"[^>]*><title>/g)).toHaveLength(6)
    expect(svg.match(/class="link plus recurrent" d="[^"]+" stroke-width="[^"]+" opacity/g)).toHaveLength(2)
    expect(svg.match(/<path class="link minus"[^>]*><title>/g)).toHaveLength(1)
    expect(svg.match(/<circle /g)).toHaveLength(3)
    expect(svg).toContain('>angle</text>')
    expect(svg).toContain('<title>angle → force: 0.5000</title>')
  })

  test('labels are text, whatever they hold', () => {
    const svg = svgOf(chain, { inputLabels: ['<script>&"\u0000'], outputLabels: ['x'.repeat(500)] })
    assertWellFormed(svg)
    expect(svg).toContain('&lt;script&gt;&amp;&quot;</text>')
    expect(svg).not.toContain('x'.repeat(33))
  })

  test('every genotype gives a well-formed picture without NaN, and the same one twice', () => {
    for (let seed = 1; seed <= 150; seed++) {
      const svg = svgOf(sampleGenotype(seed))
      assertWellFormed(svg)
      expect(svg).not.toMatch(/NaN|Infinity|undefined/)
      expect(svgOf(sampleGenotype(seed))).toBe(svg)
    }
  })
})

describe('dotOf', () => {
  test('links keep their weights; those that close a cycle are dashed', () => {
    const dot = dotOf(chain)
    expect(dot).toContain(`  n${H} -> n${H + 1} [label="-2.00"]`)
    expect(dot).toContain(`  n${OUT} -> n${H} [label="0.250", style=dashed, constraint=false]`)
    expect(dot.match(/ -> /g)).toHaveLength(6)
  })

  test('quotes and line ends of a label stay inside it', () => {
    expect(dotOf(chain, { inputLabels: ['a"b\\c\nd'] })).toContain('n0 [label="a\\"b\\\\c\\nd", shape=box]')
  })
})
