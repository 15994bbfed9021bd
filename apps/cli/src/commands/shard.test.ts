import { describe, expect, test } from 'vitest'
import { runMegabrain } from '../cli.ts'

function run(...args: readonly string[]) {
  return runMegabrain(['shard', ...args], { progress: () => {}, stop: new AbortController().signal })
}

describe('a sharded network over processes of this machine', () => {
  test('one of which is killed in mid-run: its parts go to the others, and the bits are those of one process', { timeout: 120_000 }, async () => {
    const small = ['--neurons', '5000', '--links', '20000', '--layers', '5', '--batch', '8', '--steps', '2', '--peers', '3', '--runs', '1']
    const { exit, output } = await run(...small, '--kill', '--json')
    expect(JSON.parse(output)).toMatchObject({ bitEqual: true, neurons: 5_000, levels: 5 })
    expect(JSON.parse(output).replacements).toBeGreaterThanOrEqual(1)
    expect(exit).toBe(0)
  })

  test('is not put to a task that is controlled step by step', async () => {
    const { exit, fault } = await run('--neurons', '100', '--links', '300', '--layers', '3', '--task', 'cart-pole-v1')
    expect(exit).toBe(2)
    expect(fault).toMatch(/cart-pole-v1 is controlled step by step.*3 round trips/)
  })
})
