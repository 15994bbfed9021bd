// The short version of the chaos suite; `run.ts` is the long one. A case that this machine cannot run is left out, and said so.

import { expect, test } from 'vitest'
import { cases, runCase } from './cases.ts'
import { ensureTools } from './tools.ts'

/** The long version varies it. */
const SEED = 1
const tools = ensureTools()

for (const each of cases.filter(({ everyRun }) => everyRun)) {
  const lack = each.lacks(tools)
  if (lack !== undefined) process.stderr.write(`\nLEFT OUT: "${each.what}" is not tested on this machine: ${lack}.\n`)
  test.skipIf(lack !== undefined)(each.what, { timeout: 240_000 }, async () => {
    const lines: string[] = []
    const verdict = await runCase(each, 'short', SEED, tools, (line) => lines.push(line))
    expect(verdict, lines.join('\n')).toBe('kept')
  })
}
