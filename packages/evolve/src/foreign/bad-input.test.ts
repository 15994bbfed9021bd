// What strangers' files may do: be cut, changed, spliced and nested as they like. A reader gives a valid genotype or a
// sentence that opens with the place; it never throws.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { faultOf } from '../genotype/genotype.ts'
import { createRandom, type Random } from '../random.ts'
import type { Reading } from './foreign.ts'
import { readNeat } from './neat.ts'
import { readNeatPython } from './neat-python.ts'
import { readSharpneat } from './sharpneat.ts'

const textOf = (name: string): string => readFileSync(new URL(`../../oracles/${name}`, import.meta.url), 'utf8')

const formats: readonly { readonly name: string; readonly read: (text: string) => Reading; readonly texts: readonly string[] }[] = [
  { name: 'neat', read: readNeat, texts: [textOf('winner00.genome')] },
  { name: 'neat-python', read: readNeatPython, texts: [textOf('neat_python_xor_winner.json')] },
  { name: 'sharpneat', read: readSharpneat, texts: [1, 2, 3].map((n) => textOf(`sharpneat_example${n}.net`)) },
]

/** Pieces that break numbers, lines, brackets and ranges. */
const PIECES = [
  '', ' ', '\n', '\n\n', '\t', '#', '"', '{', '}', '[', ']', ',', ':', '-', '+', '.', 'e', '0', '1', '9999999999', '-1', '1e999', 'NaN',
  'Infinity', 'null', 'true', '\u0000', '\uFEFF', '\uD800', '4097', '65536', '281474976710656', 'node', 'gene', 'cyclic 256', '__proto__',
]

function changed(text: string, random: Random): string {
  let result = text
  for (let changes = 1 + random.integer(3); changes > 0; changes--) {
    const at = random.integer(result.length + 1)
    const end = at + random.integer(6)
    const kind = random.integer(5)
    if (kind === 0) result = result.slice(0, at)
    else if (kind === 1) result = result.slice(0, at) + result.slice(end)
    else if (kind === 2) result = result.slice(0, at) + result.slice(Math.max(0, at - 40)) // says something twice
    else result = result.slice(0, at) + PIECES[random.integer(PIECES.length)]! + result.slice(kind === 3 ? at : end)
  }
  return result
}

function assertReadOrRefused(reading: Reading): boolean {
  if (reading.ok) expect(faultOf(reading.value)).toBeUndefined()
  else {
    expect(reading.reason).toMatch(/^(file|end of file|line \d+|[a-z_]+[^ ]*|node \d+): .{5,}/s)
    expect(reading.reason.length).toBeLessThan(400)
  }
  return reading.ok
}

describe.each(formats)('$name', ({ read, texts }) => {
  test('3,000 changed files are read as valid genotypes or refused with place and cause', () => {
    let refused = 0
    for (let seed = 1; seed <= 3_000; seed++) {
      const random = createRandom(seed)
      if (!assertReadOrRefused(read(changed(texts[seed % texts.length]!, random)))) refused++
    }
    expect(refused).toBeGreaterThan(500)
    expect(refused).toBeLessThan(3_000)
  })

  test('every cut, and every file of another format', () => {
    for (const text of texts) for (let end = 0; end <= text.length; end++) assertReadOrRefused(read(text.slice(0, end)))
    for (const other of formats) if (other.read !== read) for (const text of other.texts) expect(read(text).ok).toBe(false)
  })
})

describe('numbers that a file only claims', () => {
  test('make nothing grow: a few bytes stay a small genotype or none', () => {
    expect(readSharpneat('4096 4096\n\nacyclic\n\n0 4096 1\n\n0 ReLU\n')).toMatchObject({ ok: true })
    expect(readSharpneat('999999999 1\n\nacyclic\n\n0 1 1\n\n0 ReLU\n')).toMatchObject({ ok: false })
    expect(readSharpneat('1 999999999\n\nacyclic\n\n0 1 1\n\n0 ReLU\n')).toMatchObject({ ok: false })
    expect(readSharpneat('1 1\n\ncyclic 256\n\n0 1 1\n\n0 ReLU\n')).toMatchObject({ ok: false })
  })

  test('too many nodes and links are refused by number', () => {
    const nodes = Array.from({ length: 4_098 }, (_, i) => `node ${i + 1} 1 ${i === 0 ? '1 1' : i === 1 ? '0 2' : '0 0'}`)
    expect(readNeat(['genomestart 1', ...nodes, 'genomeend 1'].join('\n'))).toEqual(
      { ok: false, reason: 'file: has at most 4096 neurons, this one 4097' })
    const links = Array.from({ length: 65_537 }, (_, i) => `${i % 300} ${300 + Math.floor(i / 300)} 1`)
    expect(readSharpneat(['300 300', '', 'acyclic', '', ...links, '', '0 ReLU'].join('\n'))).toEqual(
      { ok: false, reason: 'file: has at most 65536 links, this one 65537' })
  })
})

test('JSON nested a hundred thousand deep is refused wherever it stands', () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  assertReadOrRefused(readNeatPython(deep))
  assertReadOrRefused(readNeatPython('['.repeat(100_000)))
  const file = JSON.parse(textOf('neat_python_xor_winner.json'))
  for (const name of ['network_type', 'topology', 'nodes', 'connections']) {
    const text = JSON.stringify({ ...file, [name]: '@' }).replace('"@"', deep)
    expect(readNeatPython(text).ok).toBe(false)
    assertReadOrRefused(readNeatPython(text))
  }
})
