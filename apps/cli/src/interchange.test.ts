import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runMegabrain } from './cli.ts'

const oracle = (name: string): string => fileURLToPath(new URL(`../../../packages/evolve/oracles/${name}`, import.meta.url))
const winner = oracle('winner00.genome')
const neatPython = oracle('neat_python_xor_winner.json')
const sharpneat = (n: number): string => oracle(`sharpneat_example${n}.net`)

let folder: string
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'megabrain-interchange-')) })
afterAll(() => rm(folder, { recursive: true }))

const run = (...args: string[]) => runMegabrain(args, { progress: () => {}, stop: new AbortController().signal })

async function json(...args: string[]): Promise<any> {
  const { exit, fault, output } = await run(...args, '--json')
  expect({ exit, fault }).toEqual({ exit: 0, fault: '' })
  return JSON.parse(output)
}

async function fault(...args: string[]): Promise<string> {
  const ended = await run(...args)
  expect({ exit: ended.exit, output: ended.output }).toEqual({ exit: 2, output: '' })
  expect(ended.fault.split('\n')).toHaveLength(1)
  return ended.fault
}

describe('convert', () => {
  test.each([
    [winner, 'neat'], [neatPython, 'neat-python'], [sharpneat(1), 'sharpneat'], [sharpneat(2), 'sharpneat'], [sharpneat(3), 'sharpneat'],
    [winner, 'megabrain'], [neatPython, 'json'], [sharpneat(3), 'megabrain'],
  ])('%s to %s and back is the same genotype, seen by its content alone', async (file, to) => {
    const path = join(folder, `back.${to}`)
    expect(await json('convert', file, '--to', to, '--output', path)).toEqual({ file: path, bytes: (await readFile(path)).length })
    expect((await json('inspect', path)).cid).toBe((await json('inspect', file)).cid)
  })

  test('a foreign network goes through our bytes into another foreign format where both can hold it', async () => {
    const own = join(folder, 'own.genotype')
    const other = join(folder, 'other.json')
    await run('convert', sharpneat(2), '--to', 'megabrain', '--output', own)
    await run('convert', own, '--to', 'neat-python', '--output', other)
    const rows = ['--inputs', '1,-2,0.5;0.1,0.2,0.3']
    expect(await json('activate', '--genotype', other, ...rows)).toEqual(await json('activate', '--genotype', sharpneat(2), ...rows))
  })

  test('draws with the names of a task', async () => {
    const { svg } = await json('convert', winner, '--to', 'svg')
    expect(svg).toMatch(/^<svg .*<\/svg>$/s)
    const named = await json('convert', winner, '--task', 'double-pole-no-velocity', '--to', 'svg')
    expect(named.svg).not.toContain('>in 0</text>')
    expect((await json('convert', winner, '--to', 'dot')).dot).toMatch(/^digraph genotype {/)
  })

  test('writes ONNX to a file, a NEAT genome under the rule that is asked for', async () => {
    const path = join(folder, 'network.onnx')
    const plain = join(folder, 'plain.genome')
    await writeFile(plain, (await readFile(winner, 'utf8')).replace(/gene 1 5 5 .*\n/, ''))
    expect(await json('convert', plain, '--rule', 'ordered', '--to', 'onnx', '--output', path)).toMatchObject({ file: path })
    // IR version 8, producer megabrain.
    expect((await readFile(path)).subarray(0, 13).toString('latin1')).toBe('\x08\x08\x12\tmegabrain')
  })

  test.each([
    [['convert', neatPython, '--to', 'neat'], /winner\.json cannot be written as neat: neuron 4096: .* only steep-sigmoid/],
    [['convert', winner, '--to', 'neat-python'], /winner00\.genome cannot be written as neat-python: rule: /],
    [['convert', winner, '--rule', 'ordered', '--to', 'sharpneat'], /cannot be written as sharpneat: link 4096 → 4096: closes a cycle; /],
    [['convert', winner, '--to', 'onnx', '--output', 'x'], /cannot be written as onnx: rule: ONNX has no network that settles/],
    [['convert', neatPython, '--to', 'onnx'], /--to onnx writes bytes, name a file with --output/],
    [['convert', neatPython, '--to', 'toString'], /--to is one of json, dot, svg, onnx, .*, sharpneat, got toString/],
    [['convert', neatPython, '--rule', 'synchronous'], /--rule is stanley or ordered, for a genome of the original NEAT, got synchronous/],
    [['convert', neatPython, '--to', 'svg', '--task', 'cart-pole-v1'], /has 2 inputs and 1 outputs, cart-pole-v1 names 4 and 2/],
    [['convert', neatPython, '--to', 'svg', '--output', '/nowhere/x.svg'], /\/nowhere\/x\.svg cannot be written \(ENOENT\)/],
    [['convert'], /FILE is missing/],
    [['convert', 'missing.net'], /file missing\.net does not exist/],
    [['inspect', neatPython, '--format', 'sharpneat'], /winner\.json is no genotype in format sharpneat: line 2: /],
    [['inspect', sharpneat(1), '--format', 'json'], /sharpneat_example1\.net is no genotype in format json: not JSON/],
    [['activate', '--genotype', sharpneat(1), '--format', 'neat', '--inputs', '1,2,3'], /line 1: expected genomestart, got "#"/],
  ])('exit 2 and one line for %j', async (args, cause) => {
    expect(await fault(...args)).toMatch(cause)
  })
})

test('inspect, activate and score read every format, named or not', async () => {
  const files = [['neat', winner], ['neat-python', neatPython], ['sharpneat', sharpneat(1)]] as const
  for (const [format, file] of files) {
    const seen = await json('inspect', file)
    expect(seen).toMatchObject({ kind: 'genotype', inputs: expect.any(Number), costPerActivation: expect.any(Number) })
    expect(await json('inspect', file, '--format', format)).toEqual(seen)
    const inputs = Array.from({ length: seen.inputs }, () => '0.5').join()
    const answer = await json('activate', '--genotype', file, '--format', format, '--inputs', inputs)
    expect(answer.outputs[0]).toHaveLength(seen.outputs)
  }
  const score = ['score', '--task', 'xor', '--genotype', neatPython, '--format', 'neat-python']
  expect(await json(...score)).toMatchObject({ task: 'xor', solved: true })
  const { outputs } = await json('activate', '--genotype', neatPython, '--inputs', '0,0;0,1;1,0;1,1')
  const fitness = 4 - [0, 1, 1, 0].reduce((sum, wanted, i) => sum + (outputs[i][0] - wanted) ** 2, 0)
  expect(fitness).toBeCloseTo(3.9061692974679936, 12)
})

test('any cut or change of a foreign file is read or refused in one line, never thrown', async () => {
  for (const [name, file] of [['neat', winner], ['neat-python', neatPython], ['sharpneat', sharpneat(1)]] as const) {
    const content = await readFile(file)
    const path = join(folder, `changed.${name}`)
    for (let i = 0; i < 40; i++) {
      const changed = Buffer.from(content.subarray(0, Math.floor((content.length * (i + 1)) / 40)))
      changed[(i * 7919) % changed.length]! ^= 1 << (i % 8)
      await writeFile(path, changed)
      const ended = await run('inspect', path)
      expect([0, 2]).toContain(ended.exit)
      if (ended.exit === 2) expect(ended.fault).toMatch(/^megabrain inspect: [^\n]+ is no genotype in format [a-z-]+: [^\n]+$/)
    }
  }
})
