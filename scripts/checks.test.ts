import { expect, test } from 'vitest'
import { floors, lockfileFaults, scriptFaults } from './check-dependencies.ts'
import { determinismFaultsOf } from './check-determinism.ts'

test('every way to reach an engine-dependent result is found', () => {
  const forbidden = ['x ** 2', 'x **= 2', 'Math.exp(x)', 'Math.random()', 'Math["sin"](x)', 'const { tanh } = Math', 'Date.now()', 'new Date()', 'performance.now()', 'for (const k in o) f(k)', 'a.localeCompare(b)']
  for (const text of forbidden) expect(determinismFaultsOf(text), text).not.toEqual([])
})

test('exact arithmetic passes', () => {
  const allowed = ['Math.sqrt(x) + Math.fround(y)', 'a.Date', '({ Date: 1 })', 'x * x', 'for (const k of o) f(k)']
  for (const text of allowed) expect(determinismFaultsOf(text), text).toEqual([])
})

const lockOf = (...packages: string[]): string => `packages:\n\n${packages.map((each) => `  '${each}':\n    resolution: {integrity: x}\n`).join('\n')}\nsnapshots:\n`

test.each(floors)('$name below $versions is refused with $advisory', ({ name, versions, advisory }) => {
  for (const good of versions) {
    const [major, minor, patch] = good.split('.').map(Number) as [number, number, number]
    const below = patch > 0 ? [major, minor, patch - 1] : minor > 0 ? [major, minor - 1, 99] : [major - 1, 99, 99]
    expect(lockfileFaults(lockOf(`${name}@${below.join('.')}`)).join()).toContain(advisory)
    expect(lockfileFaults(lockOf(`${name}@${good}-rc.1`)).join()).toContain(advisory)
    expect(lockfileFaults(lockOf(`${name}@${good}`)).join()).not.toContain(advisory)
    expect(lockfileFaults(lockOf(`${name}@999.0.0`))).toEqual([])
  }
})

test('forbidden packages, two of what must be one, and undecided install scripts are refused', () => {
  expect(lockfileFaults(lockOf('@libp2p/mplex@12.0.0'))).toEqual([expect.stringContaining('backpressure')])
  expect(lockfileFaults(lockOf('@libp2p/interface@3.3.0', '@libp2p/interface@2.11.0'))).toEqual([expect.stringContaining('3.3.0, 2.11.0')])
  expect(lockfileFaults('lockfileVersion: 99\n')).toEqual([expect.stringContaining('format')])
  const workspace = "allowBuilds:\n  esbuild: false\n  '@a/b': true\n\nminimumReleaseAge: 5760\n"
  expect(scriptFaults(['esbuild', '@a/b', 'sneaky'], workspace)).toEqual([expect.stringContaining('sneaky')])
})
