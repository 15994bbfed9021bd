// Everything that must hold, in one command: static checks, tests in Node, tests in Chromium, the running system from
// outside. Ends with the plain line `N passed, N failed`. `--only checks|node|browser|e2e` runs one part.

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBrowsers } from './browsers.ts'
import { ensureNewerLibc } from './newer-libc.ts'
import { dependencyFaults } from './check-dependencies.ts'
import { determinismFaults } from './check-determinism.ts'
import { floorFaults } from './check-floors.ts'

interface Tally {
  readonly passed: number
  readonly failed: number
}

const root = join(import.meta.dirname, '..')
const cache = join(root, '.cache')
const parts = ['checks', 'node', 'browser', 'e2e']
const { values } = parseArgs({ options: { only: { type: 'string' } } })
if (values.only !== undefined && !parts.includes(values.only)) {
  process.stderr.write(`--only takes one of ${parts.join(', ')}, not ${values.only}\n`)
  process.exit(2)
}
const wanted = values.only === undefined ? parts : [values.only]
mkdirSync(cache, { recursive: true })

const tallies: Tally[] = []
try {
  if (wanted.includes('checks')) tallies.push(await staticChecks())
  if (wanted.some((part) => part !== 'checks')) {
    Object.assign(process.env, ensureBrowsers(), newerLibc())
    if (wanted.includes('e2e')) await runNode('web build', ['scripts/build-web.ts'])
    for (const part of wanted.filter((name) => name !== 'checks')) tallies.push(await vitest(part))
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  tallies.push({ passed: 0, failed: 1 })
}

const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0)
const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0)
process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
process.exit(failed === 0 && passed > 0 ? 0 : 1)

/** For tests that start programs with the WebTransport binding. */
function newerLibc(): Record<string, string> {
  const libraries = ensureNewerLibc(cache)
  return libraries === undefined ? {} : { NEWER_LIBC: libraries }
}

/** Floors, dependencies, determinism, names and lengths of files, lint, types; each check counts as one test. */
async function staticChecks(): Promise<Tally> {
  const results = [
    report('floors', floorFaults(root)),
    report('dependencies', dependencyFaults(root)),
    report('determinism', determinismFaults(root)),
    report('files', fileFaults()),
    report('lint', toolFaults(['oxlint', '--deny-warnings'])),
  ]
  const projects = ['packages', 'apps'].flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name)))
  const configs = [...projects, 'relays/node', 'examples', 'e2e', 'e2e/attacker'].flatMap((folder) =>
    readdirSync(join(root, folder)).filter((file) => /^tsconfig.*\.json$/.test(file)).map((file) => join(folder, file)),
  )
  const queue = [...configs, 'tsconfig.tests.json']
  await Promise.all([1, 2].map(async () => {
    for (let config = queue.shift(); config !== undefined; config = queue.shift()) results.push(await typeCheck(config))
  }))
  return { passed: results.filter(Boolean).length, failed: results.filter((good) => !good).length }
}

function report(name: string, faults: readonly string[]): boolean {
  process.stdout.write(`${faults.length === 0 ? '✓' : '✗'} ${name}\n${faults.map((fault) => `    ${fault}\n`).join('')}`)
  return faults.length === 0
}

/** House rules on source files: at most 450 lines, and a name that says what is inside. */
function fileFaults(): string[] {
  const { stdout } = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx', '*.mjs'], { cwd: root, encoding: 'utf8' })
  return stdout.split('\n').filter((file) => file !== '' && existsSync(join(root, file))).flatMap((file) => {
    const lines = readFileSync(join(root, file), 'utf8').split('\n').length - 1
    const vague = /(^|\/)(utils?|helpers?|common|misc|types|manager)(\.|\/)/.test(file)
    return [...(lines > 450 ? [`${file} has ${lines} lines`] : []), ...(vague ? [`${file} has a name that says nothing`] : [])]
  })
}

function toolFaults([tool, ...words]: readonly [string, ...string[]]): string[] {
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin', tool), words, { cwd: root, encoding: 'utf8' })
  return status === 0 ? [] : `${stdout}${stderr}`.trim().split('\n')
}

function typeCheck(config: string): Promise<boolean> {
  const buildInfo = join(cache, 'types', `${config.replaceAll('/', '-')}.tsbuildinfo`)
  const words = [join(root, 'node_modules/typescript/bin/tsc'), '-p', config, '--incremental', '--tsBuildInfoFile', buildInfo, '--pretty', 'false']
  return new Promise((resolve) => {
    let output = ''
    const child = spawn(process.execPath, words, { cwd: root })
    child.stdout.on('data', (chunk: Buffer) => { output += chunk.toString() })
    child.on('close', (status) => resolve(report(`types ${config}`, status === 0 ? [] : output.trim().split('\n'))))
  })
}

async function vitest(project: string): Promise<Tally> {
  const outputFile = join(cache, `vitest-${project}.json`)
  rmSync(outputFile, { force: true })
  const words = ['node_modules/vitest/vitest.mjs', 'run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${outputFile}`]
  const status = await spawnNode(words)
  if (!existsSync(outputFile)) return { passed: 0, failed: 1 }
  const result = JSON.parse(readFileSync(outputFile, 'utf8')) as { numPassedTests: number; numFailedTests: number; numTotalTests: number }
  // A run that failed without a failed test (a file that does not load, an unhandled error) must not pass.
  const failed = result.numFailedTests === 0 && status !== 0 ? 1 : result.numFailedTests
  return { passed: result.numPassedTests, failed }
}

async function runNode(what: string, words: readonly string[]): Promise<void> {
  if ((await spawnNode(words)) !== 0) throw new Error(`The ${what} failed`)
}

function spawnNode(words: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, words, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
    child.on('close', (status) => resolve(status ?? 1))
  })
}
