// Kills a writer of the archive as often as asked and prints what was lost. By hand:
// `node packages/archive/bench/kill.ts [kills] [seed]`, about four kills a second.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { killRounds } from '../src/sqlite/kill-rounds.ts'

const kills = Number(process.argv[2] ?? 1_000)
let seed = Number(process.argv[3] ?? 1) >>> 0
/** Mulberry32: kill points from a seed; what the machine does between them is its own. */
function random(): number {
  seed = (seed + 0x6d2b79f5) >>> 0
  let x = Math.imul(seed ^ (seed >>> 15), seed | 1)
  x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
  return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32
}

const folder = mkdtempSync(join(tmpdir(), 'megabrain-kill-'))
const startedAt = performance.now()
const report = await killRounds({
  folder, kills, random,
  onKill: (so) => {
    if (so.kills % 50 === 0 || so.corrupt + so.lost > 0) process.stderr.write(`${JSON.stringify(so)}\n`)
  },
})
const isClean = report.lost === 0 && report.corrupt === 0
if (isClean) rmSync(folder, { recursive: true })
else process.stderr.write(`The database is left in ${folder}\n`)
process.stdout.write(`${JSON.stringify({ ...report, seconds: Math.round((performance.now() - startedAt) / 1_000) })}\n`)
process.exit(isClean ? 0 : 1)
