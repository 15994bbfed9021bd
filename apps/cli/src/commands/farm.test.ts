// Work units between real processes: a donor at a real relay evaluates what `megabrain farm` breeds.

import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cidOf } from '@megabrain/evolve'
import type { Relay } from '@megabrain/relay'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { megabrain, openQuietRelay } from '../../fixtures/terminal.ts'

let folder: string
let relay: Relay
let donor: ChildProcess | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'megabrain-farm-'))
  relay = await openQuietRelay(folder)
}, 60_000)
afterAll(async () => {
  donor?.kill('SIGKILL')
  await relay.close()
  await rm(folder, { recursive: true, force: true })
})

interface Farmed {
  readonly evaluations: number
  readonly evaluatedHere: number
  readonly champion: { readonly cid: string; readonly fitness: number }
  readonly donors: readonly { readonly evaluations: number; readonly checked: number; readonly isFalse: boolean }[]
}

test('a search finds the same champion whether a donor evaluates for it or nobody does', { timeout: 120_000 }, async () => {
  const farm = async (...args: readonly string[]): Promise<Farmed> => {
    const { exit, json, fault } = await megabrain('farm', '--relay', relay.url, '--task', 'function-regression', '--max-evaluations', '900', '--seed', '3', ...args)
    expect([exit, fault]).toEqual([0, ''])
    return json as unknown as Farmed
  }
  const alone = await farm('--donors', '0')
  expect(alone).toMatchObject({ evaluatedHere: alone.evaluations, donors: [] })

  const main = new URL('../main.ts', import.meta.url).pathname
  donor = spawn(process.execPath, [
    main, 'donate', '--relay', relay.url, '--task', 'xor', '--duty', '100', '--even-when', 'in-use,busy,battery', '--nice', '0', '--data', join(folder, 'donor'),
  ], { stdio: 'ignore' })
  const farmed = await farm('--donors', '1', '--out', join(folder, 'out'))
  expect([farmed.evaluations, farmed.champion]).toEqual([alone.evaluations, alone.champion])
  expect(farmed.donors).toHaveLength(1)
  const [{ evaluations, checked, isFalse }] = farmed.donors as [Farmed['donors'][number]]
  expect(evaluations + farmed.evaluatedHere).toBe(farmed.evaluations)
  expect([evaluations > farmed.evaluations / 2, checked >= 10, isFalse]).toEqual([true, true, false])
  expect(cidOf(new Uint8Array(await readFile(join(folder, 'out', 'champion-3.genotype'))))).toBe(alone.champion.cid)
})

test('what is wrong with the options is said in one line', async () => {
  for (const [args, fault] of [
    [['--task', 'xor'], /--relay/],
    [['--relay', relay.url, '--task', 'nothing'], /unknown task nothing/],
    [['--relay', relay.url, '--task', 'xor', '--algorithm', 'luck'], /--algorithm must be one of .*, got luck/],
  ] as const) {
    const ending = await megabrain('farm', ...args)
    expect(ending.exit).toBe(2)
    expect(ending.fault).toMatch(fault)
  }
})
