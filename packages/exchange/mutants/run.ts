// Plants the bugs one by one in a copy of the committed tree and runs the tests of the exchange against each, the fast ones
// first, and prints one line per bug. Apart from the tests because it takes half an hour.
//
//   node packages/exchange/mutants/run.ts [--only TEXT] [--from N] [--commit REVISION] [--log FILE]

import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { allMutants } from './all-mutants.ts'
import type { Mutant } from './mutant.ts'

const root = join(import.meta.dirname, '../../..')
/** Tests that take long, or that run others: after the rest, for those that survive it. */
const SLOW = [
  'src/archipelago/**', 'src/member/forgeries.test.ts', 'src/memory/**', 'zoo/**', 'fuzz/hostile.test.ts', 'fuzz/fuzz-*.test.ts',
]
const NEVER = ['mutants/**', 'fuzz/memory.test.ts', 'zoo/experiments/**']
/** A mutant that makes a test hang is caught too. */
const PATIENCE_MS = 300_000

type Outcome = 'killed' | 'killed late' | 'survived'

const text = { type: 'string' } as const
const { values } = parseArgs({ options: { only: text, from: text, commit: text, log: text } })
const house = mkdtempSync(join(tmpdir(), 'planted-'))
try {
  furnish()
  if (!passes('fast') || !passes('slow')) throw new Error(`The tests must pass before anything is planted; see ${house}`)
  const chosen = allMutants.slice(Number(values.from ?? 0)).filter(({ breaks, file }) => `${file} ${breaks}`.includes(values.only ?? ''))
  const outcomes = chosen.map((mutant) => ({ mutant, outcome: report(mutant) }))
  const killed = outcomes.filter(({ outcome }) => outcome !== 'survived').length
  process.stdout.write(`\n${killed} of ${outcomes.length} caught (${((100 * killed) / Math.max(1, outcomes.length)).toFixed(1)} %)\n`)
  rmSync(house, { recursive: true })
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

/** The committed tree, with the installed packages of this one. */
function furnish(): void {
  const words = ['archive', values.commit ?? 'HEAD', 'packages', 'tsconfig.base.json']
  const tree = execFileSync('git', words, { cwd: root, maxBuffer: 2 ** 28 })
  execFileSync('tar', ['x', '-C', house], { input: tree })
  symlinkSync(join(root, 'node_modules'), join(house, 'node_modules'))
  for (const name of ['exchange', 'evolve', 'tasks']) {
    const modules = join(house, 'packages', name, 'node_modules')
    mkdirSync(modules)
    for (const scope of ['@noble', '@libp2p', 'protons-runtime', 'fflate', 'multiformats', 'fast-check', 'uint8arraylist']) {
      const installed = join(root, 'packages', name, 'node_modules', scope)
      if (existsSync(installed)) symlinkSync(installed, join(modules, scope))
    }
    mkdirSync(join(modules, '@megabrain'))
    symlinkSync(join(house, 'packages/evolve'), join(modules, '@megabrain/evolve'))
  }
  writeFileSync(join(house, 'package.json'), '{ "type": "module" }')
}

function report(mutant: Mutant): Outcome {
  const path = join(house, 'packages/exchange/src', mutant.file)
  const original = readFileSync(path, 'utf8')
  if (original.split(mutant.find).length !== 2) throw new Error(`${mutant.file} must hold ${JSON.stringify(mutant.find)} exactly once`)
  writeFileSync(path, original.replace(mutant.find, () => mutant.replace))
  const outcome: Outcome = !passes('fast') ? 'killed' : passes('slow') ? 'survived' : 'killed late'
  writeFileSync(path, original)
  const line = `${outcome.padEnd(12)} ${mutant.file}: ${mutant.breaks}\n`
  process.stdout.write(line)
  if (values.log !== undefined) appendFileSync(values.log, line)
  return outcome
}

function passes(which: 'fast' | 'slow'): boolean {
  const inside = (globs: readonly string[]): string[] => globs.map((glob) => `packages/exchange/${glob}`)
  const slow = inside(SLOW).map((glob) => (glob.endsWith('.ts') ? glob : `${glob}/*.test.ts`))
  const include = which === 'fast' ? inside(['{src,zoo,fuzz}/**/*.test.ts']) : slow
  const exclude = ['**/node_modules/**', ...inside(NEVER), ...(which === 'fast' ? inside(SLOW) : [])]
  const config = { test: { include, exclude, testTimeout: 60_000, bail: 1, isolate: false, maxWorkers: which === 'fast' ? 1 : 2 } }
  writeFileSync(join(house, 'vitest.config.mjs'), `export default ${JSON.stringify(config)}\n`)
  const words = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', house, '--reporter=dot']
  const env = { ...process.env, CI: '1', FUZZ_INPUTS: '300000', FUZZ_SEED: '1' }
  const how = { cwd: house, env, encoding: 'utf8', timeout: PATIENCE_MS, killSignal: 'SIGKILL' } as const
  const { status, stdout, stderr } = spawnSync(process.execPath, words, how)
  writeFileSync(join(house, `last-${which}.log`), `${stdout}${stderr}`)
  return status === 0
}
