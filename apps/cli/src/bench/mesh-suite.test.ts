import { expect, test } from 'vitest'
import { runMegabrain } from '../cli.ts'

// The same program as by hand, with a handful of clients: real relay, real client processes.
test('a few clients all pull what one announces', async () => {
  const flags = ['--rows', 'genotypes', '--clients', '6', '--repetitions', '1', '--broadcasts', '2', '--no-stock']
  const ended = await runMegabrain(['bench', 'mesh', ...flags, '--json'], { progress: () => {}, stop: new AbortController().signal })
  expect(ended).toMatchObject({ exit: 0, fault: '' })
  const { rows } = JSON.parse(ended.output) as { readonly rows: { readonly genotypes: { readonly sides: Record<string, unknown> } } }
  expect(Object.values(rows.genotypes.sides)).toMatchObject([{ ratio: 1, runs: [{ expected: 10, delivered: 10 }] }])
}, 240_000)

test('a row that does not exist is refused by name', async () => {
  const ended = await runMegabrain(['bench', 'mesh', '--rows', 'swimming'], { progress: () => {}, stop: new AbortController().signal })
  expect(ended.exit).toBe(2)
  expect(ended.fault).toContain('unknown row swimming; there are genotypes, announcements')
})
