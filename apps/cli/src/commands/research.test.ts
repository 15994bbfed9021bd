import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runMegabrain } from '../cli.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'megabrain-research-'))
  await json(['evolve', '--task', 'xor', '--runs', '5', '--out', join(folder, 'small'), '--set', 'size=50'])
  const frozen = ['--out', join(folder, 'frozen'), '--set', 'addNeuron=0']
  await json(['evolve', '--task', 'xor', '--runs', '4', ...frozen, '--max-evaluations', '600'])
}, 60_000)
afterAll(() => rm(folder, { recursive: true }))

async function json(args: readonly string[], exit = 0): Promise<any> {
  const ended = await runMegabrain([...args, '--json'], { progress: () => {}, stop: new AbortController().signal })
  expect({ exit: ended.exit, fault: ended.fault }).toEqual({ exit, fault: '' })
  return JSON.parse(ended.output)
}

async function faultOf(args: readonly string[]): Promise<string> {
  const ended = await runMegabrain(args, { progress: () => {}, stop: new AbortController().signal })
  expect({ exit: ended.exit, output: ended.output, lines: ended.fault.split('\n').length }).toEqual({ exit: 2, output: '', lines: 1 })
  return ended.fault
}

/** The real program in the test's folder, where `new-task` writes. */
interface Ended {
  readonly exit: number | null
  readonly output: string
  readonly fault: string
}

function spawnMegabrain(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { cwd: folder })
    let [output, fault] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => { output += text })
    child.stderr.setEncoding('utf8').on('data', (text: string) => { fault += text })
    child.on('error', reject)
    child.on('close', (exit) => resolve({ exit, output, fault }))
  })
}

describe('plot', () => {
  test('draws every run once and the same picture every time', async () => {
    const { file } = await json(['plot', join(folder, 'small')])
    expect(file).toBe(join(folder, 'small', 'runs.svg'))
    const svg = await readFile(file, 'utf8')
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
    const texts = [
      'xor · neat · 5 of 5 runs solved', 'Best fitness', 'Survival: runs not yet solved', 'Complexity of the champion', 'evaluations',
    ]
    for (const text of texts) {
      expect(svg).toContain(text)
    }
    // Per run one line of fitness, one of links, one of hidden neurons; and their three medians and the survival curve.
    expect(svg.match(/stroke-linejoin/g)).toHaveLength(5 * 3 + 4)
    expect(svg).not.toMatch(/NaN|undefined|Infinity/)
    const other = join(folder, 'other.svg')
    await json(['plot', join(folder, 'small'), '--output', other])
    expect(await readFile(other, 'utf8')).toBe(svg)
  })

  test('draws runs that solved nothing', async () => {
    const { file } = await json(['plot', join(folder, 'frozen')])
    const svg = await readFile(file, 'utf8')
    expect(svg).toContain('xor · neat · 0 of 4 runs solved')
    expect(svg).not.toMatch(/NaN|undefined|Infinity/)
  })

  test.each([
    [['plot'], /DIR is missing/],
    [['plot', 'nowhere'], /nowhere holds no runs\.json of evolve --out/],
  ])('exit 2 and one line for %j', async (args, cause) => {
    expect(await faultOf(args)).toMatch(cause)
  })
})

describe('compare', () => {
  test('counts unsolved runs as later than all others and names what was set differently', async () => {
    const compared = await json(['compare', join(folder, 'small'), join(folder, 'frozen')])
    expect(compared).toMatchObject({
      task: 'xor',
      folders: [{ n: 5, solved: 5 }, { n: 4, solved: 0 }],
      differences: { size: [50, 150], addNeuron: [0.03, 0], maxEvaluations: [100_000, 600] },
    })
    const [evaluations] = compared.measures
    expect(evaluations).toMatchObject({ measure: 'evaluations', sides: [{ n: 5 }, null], test: { u: 0, delta: -1, method: 'exact' } })
    // All of one below all of the other: 2 of the 9 over 4 divisions.
    expect(evaluations.test.p).toBeCloseTo(2 / 126, 10)
    const [low, high] = evaluations.sides[0].meanInterval
    expect(low).toBeLessThanOrEqual(evaluations.sides[0].mean)
    expect(high).toBeGreaterThanOrEqual(evaluations.sides[0].mean)
  })

  test('finds no difference between a folder and itself', async () => {
    const { differences, measures } = await json(['compare', join(folder, 'small'), join(folder, 'small')])
    expect(differences).toEqual({})
    expect(measures.map(({ measure }: { measure: string }) => measure)).toEqual(['evaluations', 'hidden', 'links'])
    for (const { test: { p, delta } } of measures) expect({ p, delta }).toEqual({ p: 1, delta: 0 })
  })

  test('refuses folders about different tasks', async () => {
    await json(['evolve', '--task', 'double-pole', '--max-evaluations', '1', '--out', join(folder, 'poles')])
    expect(await faultOf(['compare', join(folder, 'small'), join(folder, 'poles')]))
      .toMatch(/small is about xor, .*poles about double-pole/)
    expect(await faultOf(['compare', join(folder, 'small')])).toMatch(/DIR is missing/)
  })
})

describe('new-task', () => {
  test('writes a task that evolve solves and trace plays, and never over a file', async () => {
    expect(await spawnMegabrain('new-task', 'moon', '--json')).toMatchObject({ exit: 0, output: '{"file":"./moon.mjs","id":"moon"}\n' })
    const report = await json(['evolve', '--task', join(folder, 'moon.mjs'), '--runs', '3'])
    expect(report).toMatchObject({ task: 'moon', evaluator: null, summary: { runs: 3, solved: 3 } })
    const trace = await json(['trace', '--task', join(folder, 'moon.mjs'), '--state', '0.1,-5', '--actions', '0,0'])
    expect(trace.terminated).toEqual([true, true])
    await writeFile(join(folder, 'moon.mjs'), 'mine')
    expect(await spawnMegabrain('new-task', 'moon')).toMatchObject({ exit: 2, fault: 'megabrain new-task: ./moon.mjs is there already\n' })
    expect(await readFile(join(folder, 'moon.mjs'), 'utf8')).toBe('mine')
  }, 60_000)

  test.each([
    [['new-task'], /NAME is missing/],
    [['new-task', '../escape'], /NAME must be 1 to 32 characters of a-z, 0-9 and -, got "\.\.\/escape"/],
  ])('exit 2 and one line for %j', async (args, cause) => {
    expect(await faultOf(args)).toMatch(cause)
  })
})
