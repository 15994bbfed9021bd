import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { algorithmNames } from '@megabrain/evolve'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runMegabrain } from '../cli.ts'
import { parseRows } from '../evolve/generation-row.ts'

let folder: string
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'megabrain-evolve-')) })
afterAll(() => rm(folder, { recursive: true }))

async function evolve(args: readonly string[], stop = new AbortController(), progress = (_line: string): void => {}): Promise<any> {
  const ended = await runMegabrain(['evolve', ...args, '--json'], { progress, stop: stop.signal })
  expect({ exit: ended.exit, fault: ended.fault }).toEqual({ exit: 0, fault: '' })
  return JSON.parse(ended.output)
}

async function faultOf(args: readonly string[]): Promise<string> {
  const ended = await runMegabrain(['evolve', ...args], { progress: () => {}, stop: new AbortController().signal })
  expect({ exit: ended.exit, output: ended.output, lines: ended.fault.split('\n').length }).toEqual({ exit: 2, output: '', lines: 1 })
  return ended.fault
}

const cidsOf = (report: any): unknown[] => report.runs.map(({ seed, evaluations, champion }: any) => [seed, evaluations, champion.cid])

describe.each(algorithmNames)('evolve --algorithm %s', (algorithm) => {
  test('gives the same champions on one worker and on many, and plots them', async () => {
    const args = ['--task', 'xor', '--algorithm', algorithm, '--runs', '3', '--max-evaluations', '400']
    const one = await evolve([...args, '--workers', '1'])
    const out = join(folder, algorithm)
    const many = await evolve([...args, '--workers', '3', '--out', out])
    expect(one).toMatchObject({ algorithm, summary: { runs: 3 } })
    expect(cidsOf(many)).toEqual(cidsOf(one))
    const rows = parseRows(await readFile(join(out, 'generations-1.csv'), 'utf8'))
    expect(rows.at(-1)!.evaluations).toBeGreaterThanOrEqual(one.runs[0].evaluations)
    expect((await runMegabrain(['plot', out], { progress: () => {}, stop: new AbortController().signal })).exit).toBe(0)
  }, 60_000)
})

describe('evolve --out', () => {
  test('stopped by Ctrl-C and given again ends as if never stopped, and runs no finished seed twice', async () => {
    const whole = await evolve(['--task', 'xor', '--runs', '4', '--seed', '2', '--out', join(folder, 'whole')])
    const out = join(folder, 'parts')
    const stop = new AbortController()
    const stopAfterFirst = (line: string): void => { if (line.startsWith('seed 2: solved')) stop.abort() }
    const first = await evolve(['--task', 'xor', '--runs', '4', '--seed', '2', '--workers', '1', '--out', out], stop, stopAfterFirst)
    expect(first).toMatchObject({ stopped: true, summary: { runs: 1, solved: 1 } })
    const again: string[] = []
    const second = await evolve(['--task', 'xor', '--runs', '4', '--seed', '2', '--out', out], undefined, (line) => again.push(line))
    expect(cidsOf(second)).toEqual(cidsOf(whole))
    expect(again.some((line) => line.startsWith('seed 2: solved'))).toBe(false)
    expect(JSON.parse(await readFile(join(out, 'runs.json'), 'utf8'))).toEqual(second)
    for (const seed of [2, 3, 4, 5]) {
      for (const name of [`generations-${seed}.csv`, `champion-${seed}.genotype`]) {
        expect(await readFile(join(out, name))).toEqual(await readFile(join(folder, 'whole', name)))
      }
    }
  }, 60_000)

  test('goes on with a run whose budget grows, from its checkpoint and past lines that a crash left over', async () => {
    const out = join(folder, 'budget')
    const args = ['--task', 'double-pole', '--set', 'size=20', '--set', 'addNeuron=0', '--out', out]
    const short = await evolve([...args, '--max-evaluations', '100'])
    expect(short.summary).toMatchObject({ runs: 1, solved: 0 })
    const csv = join(out, 'generations-1.csv')
    const rows = await readFile(csv, 'utf8')
    await writeFile(csv, `${rows}${rows.trim().split('\n').at(-1)!.replace(/^\d+/, '99')}\n7,`)
    const long = await evolve([...args, '--max-evaluations', '300'])
    const fresh = await evolve([...args.slice(0, -2), '--out', join(folder, 'fresh'), '--max-evaluations', '300'])
    expect(cidsOf(long)).toEqual(cidsOf(fresh))
    const generations = parseRows(await readFile(csv, 'utf8')).map(({ generation }) => generation)
    expect(generations).toEqual(generations.map((_, i) => i + 1))
    expect(await readFile(csv, 'utf8')).toBe(await readFile(join(folder, 'fresh', 'generations-1.csv'), 'utf8'))
    expect(await faultOf([...args, '--max-evaluations', '200']))
      .toMatch(/budget holds runs with --max-evaluations 300, not 200; use another/)
  })

  test('says how to get the same runs again', async () => {
    const report = await evolve(['--task', 'xor', '--max-evaluations', '1', '--set', 'size=7', '--out', join(folder, 'said')])
    expect(report).toMatchObject({ task: 'xor', taskVersion: 1, algorithm: 'neat', seed: 1, maxEvaluations: 1, node: process.version })
    expect(report.evaluator).toMatch(/^[0-9a-f]{64}$/)
    expect(report.settings.size).toBe(7)
    expect(report.command).toBe(`megabrain evolve --task xor --max-evaluations 1 --set size=7 --out ${join(folder, 'said')}`)
    // Null where the sources are no git repository.
    expect(report.commit ?? 'a'.repeat(40)).toMatch(/^[0-9a-f]{40}(\+changes)?$/)
  })

  test.each([
    [['--task', 'double-pole'], /said holds runs with task "xor", not "double-pole"; use another --out/],
    [['--task', 'xor', '--set', 'size=8'], /said holds runs with setting size 7, not 8; use another --out/],
  ])('refuses a folder with other runs than %j', async (args, cause) => {
    expect(await faultOf([...args, '--max-evaluations', '1', '--out', join(folder, 'said')])).toMatch(cause)
  })

  test('refuses a folder whose files are damaged, by name', async () => {
    const out = join(folder, 'damaged')
    const args = ['--task', 'double-pole', '--set', 'size=20', '--out', out]
    await evolve([...args, '--max-evaluations', '1'])
    await writeFile(join(out, 'population-1.checkpoint'), 'hello')
    expect(await faultOf([...args, '--max-evaluations', '50'])).toMatch(/damaged\/population-1\.checkpoint cannot be continued/)
    await writeFile(join(out, 'runs.json'), '{"task":')
    expect(await faultOf([...args, '--max-evaluations', '50'])).toMatch(/damaged\/runs\.json is no report of evolve/)
  })
})

describe('evolve --config', () => {
  test('gives the same champions as the same options, and options win over it', async () => {
    const path = join(folder, 'run.json')
    const settings = { size: 20, activations: ['tanh', 'sine'] }
    await writeFile(path, JSON.stringify({ task: 'xor', algorithm: 'neat', seed: 3, settings }))
    const fromFile = await evolve(['--config', path, '--max-evaluations', '100'])
    const options = ['--task', 'xor', '--seed', '3', '--set', 'size=20', '--set', 'activations=tanh,sine', '--max-evaluations', '100']
    expect(cidsOf(fromFile)).toEqual(cidsOf(await evolve(options)))
    const changed = await evolve(['--config', path, '--seed', '4', '--set', 'size=10', '--max-evaluations', '10'])
    expect(changed).toMatchObject({ seed: 4, settings: { size: 10, activations: ['tanh', 'sine'] } })
  })

  test.each([
    [{ tsak: 'xor' }, /unknown key tsak; there are task, algorithm, seed, settings/],
    [{ task: 'xor', seed: '1' }, /seed must be a number, got "1"/],
    [{ task: 'xor', seed: -1 }, /seed must be a whole number from 0, got -1/],
    [{ task: 'xor', settings: [] }, /settings must be an object, got \[\]/],
    [{ task: 'xor', settings: { sise: 3 } }, /unknown setting sise; there are size/],
    [{ task: 'xor', settings: { size: '3' } }, /setting size must be a number, got "3"/],
    [{ task: 'xor', settings: { size: null } }, /setting size must be a number, got null/],
    [{ task: 'xor', settings: { survival: 2 } }, /Setting survival must be a number from 0 to 1, got 2/],
    [{ task: 'xor', settings: { novelty: 0.5 } }, /Setting novelty needs a task that describes behaviour, got 0\.5/],
    [{ task: 'xor', algorithm: 'magic' }, /unknown algorithm magic/],
    [{}, /--task is missing/],
    [[], /must be a JSON object/],
  ])('%j is refused by name', async (json, cause) => {
    const path = join(folder, 'bad.json')
    await writeFile(path, JSON.stringify(json))
    expect(await faultOf(['--config', path])).toMatch(cause)
  })
})
