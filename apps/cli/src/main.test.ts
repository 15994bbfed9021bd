import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tasks as registry } from '@megabrain/tasks'
import { runMegabrain } from './cli.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const oracles = fileURLToPath(new URL('../../../packages/tasks/oracles/', import.meta.url))
const winner = join(oracles, 'dpnv_winners', 'winner00.genome')
const neatPython = join(oracles, 'neat_python_xor_winner.json')

let folder: string
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'megabrain-cli-')) })
afterAll(() => rm(folder, { recursive: true }))

interface Ended { readonly exit: number | null; readonly stdout: string; readonly stderr: string }

/** The command line without its process, which would cost a start each time. */
function run(args: readonly string[]) {
  return runMegabrain(args, { progress: () => {}, stop: new AbortController().signal })
}

/** Runs the real program. `onProgress` sees what stderr has so far. */
function spawnMegabrain(args: readonly string[], onProgress: (stderr: string, kill: () => void) => void = () => {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { cwd: folder })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
      onProgress(stderr, () => child.kill('SIGINT'))
    })
    child.on('error', reject)
    child.on('close', (exit) => resolve({ exit, stdout, stderr }))
  })
}

async function json(args: readonly string[], exit = 0): Promise<any> {
  const ended = await run([...args, '--json'])
  expect({ exit: ended.exit, fault: ended.fault }).toEqual({ exit, fault: '' })
  return JSON.parse(ended.output)
}

describe('megabrain', () => {
  test('tasks lists what there is', async () => {
    const tasks = await json(['tasks'])
    expect(tasks.map(({ id }: { id: string }) => id)).toEqual(Object.keys(registry))
    expect(Object.keys(registry)).toContain('xor')
    expect(Object.keys(tasks[0])).toEqual(['id', 'version', 'inputs', 'outputs', 'goal', 'deterministic'])
  })

  test('score replays a winner of the original NEAT with its champion test', async () => {
    const score = await json(['score', '--task', 'double-pole-no-velocity', '--genotype', winner, '--format', 'neat'])
    expect(score).toMatchObject({ task: 'double-pole-no-velocity', solved: true, steps100k: 100_000 })
    expect(score.fitness1000).toBeCloseTo(0.107836722, 6)
    expect(Math.abs(score.generalisation625 - 201)).toBeLessThanOrEqual(3)
  })

  test('score sees the format by itself and lets a network with its own biases play', async () => {
    expect(await json(['score', '--task', 'xor', '--genotype', neatPython])).toMatchObject({ task: 'xor', solved: true })
  })

  test('trace follows the task, with negative numbers where they are natural', async () => {
    const trace = await json(['trace', '--task', 'double-pole', '--state', '0,0,0.07,0,0,0', '--actions', '0.6,0.6'])
    expect(trace.states[0][0]).toBeCloseTo(3.7919845202799443e-4, 12)
    expect(trace).toMatchObject({ rewards: [1, 1], terminated: [false, false] })
    expect((await json(['trace', '--task', 'cart-pole-v1', '--state', '-2.41,0,0,0', '--actions', '1'])).terminated).toEqual([true])
  })

  test('activate resets the network between rows', async () => {
    const { outputs } = await json(['activate', '--genotype', winner, '--inputs', '0,0.1,0,0.5;0,0.1,0,0.5'])
    expect(outputs[0]).toEqual(outputs[1])
  })

  test('evolve is the same for one worker and two, keeps champions that score and claims that verify', async () => {
    const one = await json(['evolve', '--task', 'xor', '--runs', '2', '--seed', '5', '--out', join(folder, 'one')])
    const two = await json(['evolve', '--task', 'xor', '--runs', '2', '--seed', '5', '--workers', '2'])
    const timeless = (report: any) =>
      report.runs.map(({ wallMs: _, champion: { file: __, ...champion }, ...run }: any) => ({ ...run, champion }))
    expect(timeless(two)).toEqual(timeless(one))
    expect(one.summary).toMatchObject({ runs: 2, solved: 2 })
    expect(JSON.parse(await readFile(join(folder, 'one', 'runs.json'), 'utf8'))).toEqual(one)

    const { champion } = one.runs[0]
    const score = await json(['score', '--task', 'xor', '--genotype', champion.file])
    expect(score).toMatchObject({ fitness: champion.fitness, cid: champion.cid, solved: true })
    const verdict = await json(['verify', join(folder, 'one', 'champion-5.claim')])
    expect(verdict).toMatchObject({ valid: true, cid: champion.cid, claimed: champion.fitness, measured: champion.fitness })
    expect(await json(['inspect', champion.file])).toMatchObject({ kind: 'genotype', cid: champion.cid, links: champion.links })
    expect(await json(['convert', champion.file, '--to', 'json'])).toMatchObject({ format: 'megabrain-genotype', cid: champion.cid })
  }, 120_000)

  test('verify answers no to a claim with any byte changed or cut off', async () => {
    await json(['evolve', '--task', 'xor', '--max-evaluations', '1', '--out', join(folder, 'forged')])
    const claim = await readFile(join(folder, 'forged', 'champion-1.claim'))
    const cut = join(folder, 'cut.claim')
    await writeFile(cut, claim.subarray(0, -1))
    expect(await json(['verify', cut], 1)).toMatchObject({ valid: false, reason: 'wrong-content' })
    const changed = Buffer.from(claim)
    changed[100]! ^= 1
    await writeFile(cut, changed)
    expect((await json(['verify', cut], 1)).valid).toBe(false)
    await writeFile(cut, 'hello')
    const nothing = { cid: null, author: null, claimed: null, measured: null }
    expect(await json(['verify', cut], 1)).toEqual({ valid: false, reason: 'malformed', ...nothing })
  })

  test('Ctrl-C ends evolve soon, with what was found kept', async () => {
    const out = join(folder, 'stopped')
    const endless = ['--max-evaluations', '100000000', '--set', 'size=20', '--set', 'addNeuron=0']
    const args = ['evolve', '--task', 'double-pole-no-velocity', ...endless, '--out', out, '--json']
    let stopped = false
    const ended = await spawnMegabrain(args, (stderr, kill) => {
      if (stopped || !stderr.includes('generation')) return
      stopped = true
      kill()
    })
    expect(ended.exit).toBe(0)
    const report = JSON.parse(ended.stdout)
    expect(report.runs[0].champion.file).toBe(join(out, 'champion-1.genotype'))
    expect(existsSync(join(out, 'runs.json'))).toBe(true)
  }, 120_000)

  test('the program keeps stdout for one document, stderr for the rest, and exits with the code', async () => {
    const good = await spawnMegabrain(['evolve', '--task', 'xor', '--max-evaluations', '1', '--json'])
    expect(good.exit).toBe(0)
    expect(good.stdout.trim().split('\n')).toHaveLength(1)
    expect(JSON.parse(good.stdout)).toMatchObject({ task: 'xor', summary: { runs: 1 } })
    expect(good.stderr).toMatch(/^seed 1: /)
    const bad = await spawnMegabrain(['tasks', '--colour'])
    expect(bad).toEqual({ exit: 2, stdout: '', stderr: "megabrain tasks: Unknown option '--colour'\n" })
  }, 120_000)

  test('simulate prints what the contract names, and the same trace for the same seed', async () => {
    const world = ['--islands', '12', '--minutes', '1.5', '--seed', '4', '--loss', '0.05', '--partition', '0.25-0.75', '--liars', '0.25']
    const args = ['simulate', ...world]
    const { wallMs, ...report } = await json(args)
    expect(wallMs).toBeGreaterThan(0)
    expect(Object.keys(report)).toEqual(expect.arrayContaining([
      'islands', 'virtualMinutes', 'messages', 'bytesPerIslandPerSecond', 'delivery', 'convergedAfterHealMs', 'falseEntries', 'violations',
      'traceHash',
    ]))
    expect(Object.keys(report.delivery)).toEqual(['p50Ms', 'p99Ms', 'ratio'])
    expect(report).toMatchObject({ islands: 12, virtualMinutes: 1.5, falseEntries: 0, violations: [] })
    expect(report.convergedAfterHealMs).toBeLessThan(30_000)
    expect(await json(args)).toEqual({ ...report, wallMs: expect.any(Number) })
    expect((await json([...args, '--seed', '5'])).traceHash).not.toBe(report.traceHash)
  }, 60_000)

  test('simulate --watch draws the archipelago while it runs', async () => {
    const pictures: string[] = []
    const screen = { columns: 100, show: (lines: readonly string[]) => { pictures.push(lines.join('\n')) } }
    const args = ['simulate', '--islands', '60', '--minutes', '3', '--churn', '0.3', '--watch']
    const ended = await runMegabrain(args, { progress: () => {}, stop: new AbortController().signal, screen })
    expect(ended.exit).toBe(0)
    expect(ended.output).toMatch(/trace +[0-9a-f]{32}/)
    expect(pictures.length).toBeGreaterThan(1)
    expect(pictures[0]).toMatch(/islands .* of 60 up[^]*links [^]*best [^]*traffic [^]*B\/s per island/)
    expect(pictures.at(-1)).toBe('')
  }, 60_000)

  test('a task may be a file of the user', async () => {
    await writeFile(join(folder, 'half.mjs'), `export default {
      id: 'half', version: 1, inputs: 1, outputs: 1, inputLabels: ['one'], outputLabels: ['half'], goal: 'Answer a half.',
      deterministic: true, updateRule: { kind: 'ordered' }, maxActivations: 1,
      evaluate(network) {
        network.reset()
        const score = 1 - Math.abs(network.activate([1])[0] - 0.5)
        return { fitness: Math.floor(score * 1e6), score, steps: 1 }
      },
      solved: (_network, { score }) => score > 0.95,
    }`)
    const report = await json(['evolve', '--task', join(folder, 'half.mjs'), '--out', join(folder, 'half')])
    expect(report).toMatchObject({ task: 'half', summary: { solved: 1 } })
    expect(existsSync(join(folder, 'half', 'champion-1.claim'))).toBe(false)
  })

  test.each([
    [['nonsense'], /no such command; there are tasks, evolve/],
    [['donate'], /--relay is missing/],
    [['peers', '--relay', 'nowhere'], /--relay must be a web address or a multiaddr, got "nowhere"/],
    [['best', '--relay', 'http://127.0.0.1:9'], /--relay http:\/\/127\.0\.0\.1:9 does not answer/],
    [['get', 'cid', '--relay', 'http://127.0.0.1:9'], /CID must be the name of a genotype/],
    [['publish', 'missing.claim', '--relay', 'http://127.0.0.1:9', '--keys', 'k'], /file missing\.claim does not exist/],
    [['donate', '--relay', 'http://127.0.0.1:9', '--duty', '101'], /--duty must be per cent of one core for each worker, at most 100, got 101/],
    [['evolve', '--task', 'xor', '--algorithm', 'magic'], /unknown algorithm magic; there are neat/],
    [['evolve', '--task', 'nothing'], /unknown task nothing; there are xor/],
    [['evolve', '--task', './missing.mjs'], /task file \.\/missing\.mjs does not exist/],
    [['evolve', '--task', 'xor', '--runs', '0'], /--runs must be a whole number from 1, got "0"/],
    [['evolve', '--task', 'xor', '--seed', '1.5'], /--seed must be a whole number from 0/],
    [['evolve', '--task', 'xor', '--set', 'sise=3'], /unknown setting sise; there are size/],
    [['evolve', '--task', 'xor', '--set', 'size=1'], /Setting size must be an integer from 2 to 10000, got 1/],
    [['evolve', '--task', 'xor', '--set', 'size=many'], /setting size must be a number, got "many"/],
    [['evolve', '--task', 'xor', '--config', 'missing.json'], /--config missing\.json cannot be read \(ENOENT\)/],
    [['evolve'], /--task is missing/],
    [['simulate'], /--islands is missing/],
    [['simulate', '--islands', '5'], /--minutes is missing/],
    [['simulate', '--islands', 'many', '--minutes', '1'], /--islands must be a whole number from 1, got "many"/],
    [['simulate', '--islands', '5', '--minutes', '-1'], /--minutes must be a number from 0 to 100000, got "-1"/],
    [['simulate', '--islands', '5', '--minutes', '1', '--seed', 'x'], /--seed must be a whole number from 0, got "x"/],
    [['simulate', '--islands', '5', '--minutes', '1', '--model', '3'], /--model 3 \(swarm\) comes later/],
    [['simulate', '--islands', '5', '--minutes', '1', '--model', '5'], /--model must be 1, 2, 3 or 4, got "5"/],
    [['simulate', '--islands', '5', '--minutes', '1', '--loss', '1.5'], /--loss must be a number from 0 to 1, got "1.5"/],
    [
      ['simulate', '--islands', '5', '--minutes', '1', '--partition', '0.5-2'],
      /--partition must be FROM-TO in minutes within 0 to 1, got "0.5-2"/,
    ],
    [['simulate', '--islands', '5', '--minutes', '1', '--partition', '1'], /--partition must be FROM-TO/],
    [['simulate', '--islands', '5', '--minutes', '1', '--liars', 'half'], /--liars must be a number from 0 to 1, got "half"/],
    [['simulate', '--islands', '5', '--minutes', '1', '--sybils', '-3'], /--sybils must be a number from 0 to 100, got "-3"/],
    [['simulate', '--islands', '5', '--minutes', '1', '--latency', '9-3'], /--latency must be MS or LEAST-MOST, got "9-3"/],
    [['simulate', '--islands', '5', '--minutes', '1', '--task', 'life'], /unknown task life; there are xor/],
    [['tasks', '--colour'], /Unknown option '--colour'/],
    [['tasks', 'xor'], /unexpected argument xor/],
    [['score', '--task', 'xor', '--genotype', 'missing'], /file missing does not exist/],
    [['score', '--task', 'xor', '--genotype', winner], /winner00\.genome has 4 inputs and 1 outputs, xor needs 3 and 1/],
    [['score', '--task', 'xor', '--genotype', winner, '--format', 'onnx'], /unknown format onnx; there are megabrain/],
    [['score', '--task', 'xor', '--genotype', winner, '--format', 'megabrain'], /winner00\.genome is no genotype in format megabrain: /],
    [['trace', '--task', 'xor', '--state', '0', '--actions', '0'], /task xor has no states to trace/],
    [['trace', '--task', 'cart-pole-v1', '--state', '0,0', '--actions', '0'], /--state of cart-pole-v1 is 4 numbers .* got 2/],
    [['trace', '--task', 'cart-pole-v1', '--state', '0,0,0,x', '--actions', '0'], /--state must be numbers divided by commas, got "x"/],
    [['activate', '--genotype', neatPython, '--inputs', '1,2,3'], /has 2 inputs, got a row of 3/],
    [['verify'], /FILE is missing/],
    [['verify', 'missing'], /file missing does not exist/],
    [['convert', winner, '--to', 'png'], /--to is one of json, dot, svg, .*, got png/],
  ])('exit 2 and one line for %j', async (args, cause) => {
    const ended = await run(args)
    expect({ exit: ended.exit, output: ended.output }).toEqual({ exit: 2, output: '' })
    expect(ended.fault).toMatch(cause)
    expect(ended.fault.split('\n')).toHaveLength(1)
  })

  test('a genotype cut anywhere is bad input, named with its file', async () => {
    const path = join(folder, 'cut.genome')
    await writeFile(path, (await readFile(winner, 'utf8')).slice(0, 200))
    const ended = await run(['activate', '--genotype', path, '--inputs', '0,0,0,0'])
    expect(ended.exit).toBe(2)
    expect(ended.fault).toMatch(/cut\.genome is no genotype in format neat: (line \d+|end of file): /)
  })
})
