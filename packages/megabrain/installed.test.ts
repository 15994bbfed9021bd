// The package as somebody has it who installed it: packed, put into an empty folder by npm, used from there.

import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { createRandom, decodeGenotype, encodeGenotype, interpret } from '@megabrain/evolve'
import { afterAll, beforeAll, expect, test } from 'vitest'
import vectors from '../evolve/vectors/genotypes.json' with { type: 'json' }
import { sampleGenotype } from '../evolve/src/genotype/sample.ts'

const run = promisify(execFile)
const RUNTIME_BYTES = 5_000
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'megabrain-installed-'))
  const environment = { ...process.env, NODE_ENV: undefined }
  await run(process.execPath, [join(import.meta.dirname, 'build.ts'), join(folder, 'packed')], { env: environment })
  const app = join(folder, 'app')
  mkdirSync(app)
  writeFileSync(join(app, 'package.json'), '{ "private": true, "type": "module" }\n')
  const [file] = readdirSync(join(folder, 'packed'))
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', join(folder, 'packed', file!)], { cwd: app })
}, 240_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const installed = (...path: readonly string[]): string => join(folder, 'app/node_modules/megabrain', ...path)

/** Runs lines of a program in the folder of the app. @returns what it printed */
async function program(text: string): Promise<string> {
  const file = join(folder, 'app', 'program.js')
  writeFileSync(file, text)
  return (await run(process.execPath, [file], { cwd: join(folder, 'app'), maxBuffer: 2 ** 28 })).stdout
}

test('an install brings this package alone, and the runtime is one file of at most 5 kB', () => {
  expect(readdirSync(join(folder, 'app/node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['megabrain'])
  const runtime = readFileSync(installed('runtime.js'))
  expect(runtime.toString()).not.toMatch(/\bimport\s*[({"']/)
  expect(gzipSync(runtime, { level: 9 }).length).toBeLessThanOrEqual(RUNTIME_BYTES)
})

test('the installed runtime gives the bits of the reference on the golden genotypes and 3,000 random ones', async () => {
  const bits = (values: Float64Array): string => Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex')
  const golden = vectors.cases.map(({ hex, steps }) => ({ hex, rows: steps.map(({ inputs }) => inputs.map((text) => Buffer.from(text, 'hex').readDoubleBE())) }))
  const drawn = Array.from({ length: 3_000 }, (_, seed) => {
    const genotype = sampleGenotype(seed)
    const random = createRandom(seed)
    const scale = [1, 1, 30, 1e4, 1e8][random.integer(5)]!
    const rows = Array.from({ length: 4 }, () => Array.from({ length: genotype.inputs }, () => scale * random.normal()))
    return { hex: Buffer.from(encodeGenotype(genotype)).toString('hex'), rows }
  })
  const cases = [...golden, ...drawn]
  writeFileSync(join(folder, 'app', 'cases.json'), JSON.stringify(cases))
  const printed = await program(`
    import { readFileSync } from 'node:fs'
    import { readNetwork } from 'megabrain/runtime'
    const answers = JSON.parse(readFileSync('cases.json', 'utf8')).map(({ hex, rows }) => {
      const read = readNetwork(Buffer.from(hex, 'hex'))
      if (!read.ok) throw new Error(read.reason)
      return rows.map((row) => {
        const values = read.network.activate(row)
        return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex')
      })
    })
    console.log(JSON.stringify(answers))
  `)
  const expected = cases.map(({ hex, rows }) => {
    const decoded = decodeGenotype(Buffer.from(hex, 'hex'))
    if (!decoded.ok) throw new Error(decoded.reason)
    const network = interpret(decoded.value)
    return rows.map((row) => bits(network.activate(row)))
  })
  expect(JSON.parse(printed)).toEqual(expected)
})

test('the quick start of the README runs as it stands, and its types hold', async () => {
  const genotype = vectors.cases[1]!
  writeFileSync(join(folder, 'app', 'champion-1.genotype'), Buffer.from(genotype.hex, 'hex'))
  const [calls = '', running = ''] = [...readFileSync(installed('README.md'), 'utf8').matchAll(/```js\n([^]*?)```/g)].map(([, code]) => code!)
  const printed = await program(`import { readFile } from 'node:fs/promises'\n${running}`)
  expect(printed).toMatch(/^Float64Array\(1\) \[ -?[\d.]+ \]\n$/)
  // Without a page the three calls of an app are refused, not broken; in a page they are what the examples' tests do.
  expect(await program(`const button = {}, quit = {}\n${calls}\nconsole.log(await button.onclick())\nawait quit.onclick()`)).toBe("{ started: false, reason: 'no-page' }\n")

  writeFileSync(join(folder, 'app', 'quick.ts'), `declare const button: HTMLButtonElement, quit: HTMLButtonElement\n${calls}\n${running.replace(/readFile\([^)]*\)/, 'fetch("x").then(async (answer) => new Uint8Array(await answer.arrayBuffer()))')}`)
  const words = ['quick.ts', '--noEmit', '--strict', '--skipLibCheck', '--target', 'es2023', '--module', 'nodenext', '--lib', 'es2023,dom,dom.iterable']
  await run(process.execPath, [join(import.meta.dirname, '../../node_modules/typescript/bin/tsc'), ...words], { cwd: join(folder, 'app') })
    .catch((error: { readonly stdout: string }) => { throw new Error(error.stdout) })
}, 60_000)
