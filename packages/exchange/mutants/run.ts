// Plants the bugs one by one in a copy of the committed tree and runs the tests of the exchange against each, the nearest
// first, and prints one line per bug. Apart from the tests because it takes half an hour.
//
//   node packages/exchange/mutants/run.ts [--only PATTERN] [--from N] [--stages 1 to 4]
//     [--commit REVISION] [--log FILE]

import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { allMutants } from './all-mutants.ts'
import type { Mutant } from './mutant.ts'

const root = join(import.meta.dirname, '../../..')
/** How far tests are from a mutant: those of its own file, of its folder and of the formats, all others, those that take long. */
const STAGES = ['own', 'near', 'far', 'slow'] as const
type Stage = (typeof STAGES)[number]

/** Tests that take long, or that run others. */
const SLOW = [
  'src/archipelago/**/*.test.ts', 'src/memory/*.test.ts', 'src/member/forgeries.test.ts', 'src/member/releases.test.ts',
  'src/member/audit.test.ts', 'fuzz/hostile.test.ts', 'fuzz/fuzz-*.test.ts', 'zoo/**/*.test.ts', 'bench/**/*.test.ts',
]
/** In a folder of many tests, those that hold most of its rules. */
const OWN_OF_FOLDER: Readonly<Record<string, readonly string[]>> = {
  member: ['rules', 'limits', 'member'].map((name) => `src/member/${name}.test.ts`),
  claim: ['src/claim/*.test.ts', 'src/member/limits.test.ts'],
  wire: ['src/wire/*.test.ts', 'src/member/limits.test.ts'],
}
const NEVER = ['mutants/**', 'fuzz/memory.test.ts']
/** A mutant that makes a test hang is caught too. */
const PATIENCE_MS = 400_000

type Outcome = Stage | 'survived'

const text = { type: 'string' } as const
const { values } = parseArgs({ options: { only: text, from: text, commit: text, log: text, stages: text } })
const stages = STAGES.slice(0, Number(values.stages ?? STAGES.length))
/** Stage and folder, `*` for all, whose tests passed before anything was planted. */
const sound = new Set<string>()
const house = mkdtempSync(join(tmpdir(), 'planted-'))
try {
  furnish()
  const chosen = allMutants.slice(Number(values.from ?? 0)).filter(({ breaks, file }) => new RegExp(values.only ?? '').test(`${file}: ${breaks}`))
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

function assertSound(stage: Stage, file: string): void {
  const name = `${stage} ${stage === 'own' ? file : stage === 'near' ? folderOf(file) : ''}`
  if (sound.has(name)) return
  if (!passes(stage, file)) throw new Error(`The ${name} tests must pass before anything is planted; see ${house}`)
  sound.add(name)
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf('/'))
}

function report(mutant: Mutant): Outcome {
  const path = join(house, 'packages/exchange/src', mutant.file)
  const original = readFileSync(path, 'utf8')
  if (original.split(mutant.find).length !== 2) throw new Error(`${mutant.file} must hold ${JSON.stringify(mutant.find)} exactly once`)
  for (const stage of stages) assertSound(stage, mutant.file)
  writeFileSync(path, original.replace(mutant.find, () => mutant.replace))
  const outcome: Outcome = stages.find((stage) => !passes(stage, mutant.file)) ?? 'survived'
  writeFileSync(path, original)
  const line = `${(outcome === 'survived' ? outcome : `caught ${outcome}`).padEnd(12)} ${mutant.file}: ${mutant.breaks}\n`
  process.stdout.write(line)
  if (values.log !== undefined) appendFileSync(values.log, line)
  return outcome
}

function passes(stage: Stage, file: string): boolean {
  const inside = (globs: readonly string[]): string[] => globs.map((glob) => `packages/exchange/${glob}`)
  const own = [`src/${file.replace('.ts', '.test.ts')}`, ...(OWN_OF_FOLDER[folderOf(file)] ?? [`src/${folderOf(file)}/*.test.ts`])]
  const globs = { own, near: [`src/${folderOf(file)}/*.test.ts`, 'src/*.test.ts'], far: ['src/**/*.test.ts'], slow: SLOW }
  const include = inside(globs[stage])
  const exclude = ['**/node_modules/**', ...inside([...NEVER, ...(stage === 'slow' ? [] : SLOW)])]
  const maxWorkers = stage === 'own' || stage === 'near' ? 1 : 2
  const config = { test: { include, exclude, testTimeout: 60_000, bail: 1, isolate: false, maxWorkers } }
  writeFileSync(join(house, 'vitest.config.mjs'), `export default ${JSON.stringify(config)}\n`)
  const words = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', house, '--reporter=dot']
  const env = { ...process.env, CI: '1', FUZZ_INPUTS: '300000', FUZZ_SEED: '1' }
  const how = { cwd: house, env, encoding: 'utf8', timeout: PATIENCE_MS, killSignal: 'SIGKILL' } as const
  const { status, stdout, stderr } = spawnSync(process.execPath, words, how)
  writeFileSync(join(house, `last-${stage}.log`), `${stdout}${stderr}`)
  return status === 0
}
