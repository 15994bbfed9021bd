// The short version of the chaos suite; `run.ts` is the long one. A case that this machine cannot run is left out, and said so.

import { test } from 'vitest'
import { cases, runCase } from './cases.ts'
import { ensureTools } from './tools.ts'

/** The long version varies it. */
const SEED = 1
const tools = ensureTools()
/** Two cases at a time: each waits more than it works. */
const lanes: Promise<unknown>[] = [Promise.resolve(), Promise.resolve()]

for (const [at, each] of cases.filter(({ everyRun }) => everyRun).entries()) {
  const lack = each.lacks(tools)
  if (lack !== undefined) process.stderr.write(`\nLEFT OUT: "${each.what}" is not tested on this machine: ${lack}.\n`)
  const start = lack === undefined ? test.concurrent : test.skip
  start(each.what, { timeout: 400_000 }, async ({ expect }) => {
    const lines: string[] = []
    const lane = at % lanes.length
    const run = lanes[lane]!.then(() => runCase(each, 'short', SEED, tools, (line) => lines.push(line)))
    lanes[lane] = run
    expect(await run, lines.join('\n')).toBe('kept')
  })
}
