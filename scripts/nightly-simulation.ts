// Seeds of random scenes, one after the other, for as long as it is told: `node scripts/nightly-simulation.ts [MINUTES] [FIRST-SEED]`.
// Every tenth scene is played twice and must leave the same trace. Exit 1 with seed, commit and a minimal trace when an
// invariant did not hold. The seeds of a night follow from its date, so that every night plays others.

import { execFileSync } from 'node:child_process'
import { evaluatorVersion, findTask } from '../packages/tasks/src/index.ts'
import { measureOn } from '../apps/cli/src/simulate/scene.ts'
import { drawScene, faultsOf, runArchipelago, shrinkFailure } from '../packages/exchange/src/archipelago/index.ts'

const SEEDS_PER_DAY = 100_000
const DAY_MS = 86_400_000
const REPEATED_EVERY = 10
const PROGRESS_MS = 30_000

const [minutesText = '60', firstText] = process.argv.slice(2)
const minutes = Number(minutesText)
const first = firstText === undefined ? Math.floor(Date.now() / DAY_MS) * SEEDS_PER_DAY : Number(firstText)
if (!(minutes > 0) || !Number.isSafeInteger(first) || first < 0) {
  console.error(`usage: nightly-simulation.ts [MINUTES] [FIRST-SEED], got ${process.argv.slice(2).join(' ')}`)
  process.exit(2)
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}

const scenes = ['function-regression', 'xor', 'multiplexer-11'].map((id) => {
  const task = findTask(id)!
  return { task, evaluator: evaluatorVersion(task), evaluate: measureOn(task) }
})
const started = performance.now()
const sums = { seeds: 0, islandHours: 0, messages: 0, checks: 0, refused: 0 }
const drawn = new Map<string, number>()
let shown = started

function fail(seed: number, sentences: readonly string[]): void {
  console.log(`FAILED seed ${seed}, commit ${commit()}`)
  for (const sentence of sentences) console.log(`  ${sentence}`)
  process.exitCode = 1
}

for (let seed = first; performance.now() - started < minutes * 60_000 && process.exitCode !== 1; seed++) {
  const scene = drawScene(seed, scenes[seed % scenes.length]!)
  const report = runArchipelago(scene)
  sums.seeds++
  sums.islandHours += (report.islands * report.virtualMinutes) / 60
  sums.messages += report.messages
  sums.checks += report.invariantChecks
  sums.refused += Object.values(report.refused).reduce((sum, count) => sum + count, 0)
  for (const fault of faultsOf(scene)) drawn.set(fault, (drawn.get(fault) ?? 0) + 1)
  if (report.violations.length > 0) {
    const minimal = shrinkFailure(scene)
    const smallest = minimal?.scene ?? scene
    fail(seed, [
      ...report.violations,
      `smallest scene (${minimal?.tries ?? 0} tried): ${JSON.stringify({ ...smallest, task: smallest.task.id })}`,
      ...(minimal === undefined ? [] : [minimal.violation, ...minimal.trace]),
    ])
  } else if (seed % REPEATED_EVERY === 0 && runArchipelago(scene).traceHash !== report.traceHash) {
    fail(seed, ['the same scene left another trace'])
  }
  if (performance.now() - shown > PROGRESS_MS) {
    shown = performance.now()
    console.error(`${Math.round((shown - started) / 1_000)} s: ${sums.seeds} seeds, ${sums.islandHours.toFixed(0)} island-hours`)
  }
}

const faults = [...drawn].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => `${name} ${count}`).join(', ')
console.log(`${sums.seeds} seeds from ${first}: ${sums.islandHours.toFixed(1)} island-hours, ${sums.messages} messages, ${sums.checks} checks of invariants`)
console.log(`${sums.refused} claims refused; scenes with ${faults}`)
console.log(process.exitCode === 1 ? 'an invariant did not hold' : 'all invariants held')
