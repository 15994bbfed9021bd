// Figures that `docs/energy-figures.md` states, computed again: a number in the page that does not follow from its premises fails here.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rawBytesPerEvaluation } from '../packages/tasks/src/raw-data.ts'
import { sensorFusion } from '../packages/tasks/src/sensor-fusion.ts'

const root = join(import.meta.dirname, '..')
const page = readFileSync(join(root, 'docs/energy-figures.md'), 'utf8')
const HOURS = 24 * 365
const KB = 1_000

const megawatts = (100_000 * 50) / 1e6
const gigawattHours = (megawatts * HOURS) / 1e3
const survivors = 0.2 * 1_000 * 20
const computed: readonly (readonly [string, number])[] = [
  ['5 MW | 5 MW', megawatts],
  ['43.8 GWh | 43.8 GWh', gigawattHours],
  ['4,088 at 10,715', Math.round((gigawattHours * 1e6) / 10_715)],
  ['3,425 × more | 3,425 ×', Math.round(150_000 / gigawattHours)],
  ['274 × more | 274 ×', Math.round(12_000 / gigawattHours)],
  ['548 ×', Math.round(24_000 / gigawattHours)],
  ['1.25 to 3.75 W', 0.25 * 5],
  ['3.75 W', 0.25 * 15],
  ['0.375 MW', (100_000 * 0.25 * 15) / 1e6],
  ['13 to 40 times', Math.floor(megawatts / 0.375)],
  ['40 times', megawatts / 0.125],
  ['5 MB for each', (100 * 50 * KB) / 1e6],
  ['9,600 bytes', rawBytesPerEvaluation(sensorFusion)],
  ['0.83 kB/s', Math.round((50 / 60) * 100) / 100],
  ['833 kB/s', Math.round((1_000 * 50) / 60)],
  ['9.97', Math.round(Math.log2(1_000) * 100) / 100],
  ['160 B/min a node', 20 * 8],
  ['4,000 genotypes, 200 MB', survivors],
  ['200 MB', (survivors * 50 * KB) / 1e6],
  ['1.67 MB/s', Math.round((1_000 * 20 * 0.1 * 50 * KB) / 60 / 1e4) / 100],
  ['8 kB | 8 kB', (100 * 10 * 8) / KB],
  ['2,000 ms | 2,000 ms', 100 * 2 * 10],
]

test.each(computed)('"%s" follows from its premises', (stated, value) => {
  expect(page).toContain(stated)
  expect(stated).toContain(value.toLocaleString('en', { maximumFractionDigits: 3 }))
})

// The keys that the schema of the Citation File Format 1.2.0 requires, and no others than it knows.
test('CITATION.cff names what the format requires, and the version and licence of the packages', () => {
  const file = readFileSync(join(root, 'CITATION.cff'), 'utf8')
  const manifest = JSON.parse(readFileSync(join(root, 'packages/evolve/package.json'), 'utf8')) as { version?: string; license?: string }
  const of = (key: string): string | undefined => new RegExp(`^${key}: "?([^"\\n]*)"?$`, 'm').exec(file)?.[1]
  expect(of('cff-version')).toBe('1.2.0')
  expect(of('message')).toMatch(/\w/)
  expect(of('title')).toBe('Megabrain')
  expect(file).toMatch(/^authors:\n  - name: \S/m)
  const keys = [...file.matchAll(/^([a-z-]+):/gm)].map(([, key]) => key)
  expect(keys).toEqual(['cff-version', 'message', 'title', 'abstract', 'type', 'authors', 'version', 'license', 'keywords'])
  expect([of('version'), of('license')]).toEqual([manifest.version, manifest.license])
})
