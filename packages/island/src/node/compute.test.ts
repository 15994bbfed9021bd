import { Worker } from 'node:worker_threads'
import { ask, createPopulation, encodeGenotype, evaluate, fingerprintOf } from '@megabrain/evolve'
import { tasks } from '@megabrain/tasks'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Report } from '../core/compute-messages.ts'
import { createSupervisor } from '../core/supervisor.ts'
import type { ComputeWorker, Supervisor, SupervisorOptions } from '../core/supervisor.ts'
import { spawnCompute } from './spawn-compute.ts'

const xor = tasks['xor']!
const genotype = ask(createPopulation({ task: xor, seed: 7 })).candidates[0]!.genotype
const body = encodeGenotype(genotype)
const noLimit = 1e9

let open: Supervisor[] = []
afterEach(() => {
  for (const supervisor of open) supervisor.close()
  open = []
  ended = 0
})

function supervise(options: Partial<SupervisorOptions> = {}): { readonly supervisor: Supervisor; readonly reports: Report[] } {
  const reports: Report[] = []
  const supervisor = createSupervisor({
    spawn: () => spawnCompute((message) => supervisor.workerFailed(message)),
    onReport: (report) => reports.push(report),
    latest: () => ({}),
    onFailed: () => undefined,
    ...options,
  })
  open.push(supervisor)
  return { supervisor, reports }
}

let ended = 0

function spawnHanging(): ComputeWorker {
  const worker = new Worker(new URL('./hanging-thread.ts', import.meta.url))
  const kill = (): void => {
    ended += 1
    void worker.terminate()
  }
  return { post: (order) => worker.postMessage(order), listen: (listener) => void worker.on('message', listener), close: kill, kill }
}

function ofKind<K extends Report['kind']>(reports: readonly Report[], kind: K) {
  return reports.filter((report) => report.kind === kind) as (Report & { kind: K })[]
}

describe('a compute worker', () => {
  test('measures a stranger to the same bit as here', async () => {
    const { supervisor } = supervise()
    supervisor.run(true, 100)
    const { fitness } = evaluate(xor, genotype)
    expect(await supervisor.measure({ task: 'xor', body, costLimit: noLimit })).toEqual({
      ok: true, fitness, fingerprint: fingerprintOf(genotype), links: genotype.links.sources.length, tookMs: expect.any(Number),
    })
  })

  test('answers with a reason what it cannot or must not measure', async () => {
    const { supervisor } = supervise()
    supervisor.run(true, 100)
    const measure = (task: string, bytes: Uint8Array, costLimit = noLimit) => supervisor.measure({ task, body: bytes, costLimit })
    expect(await measure('xor', body.subarray(0, 10))).toMatchObject({ ok: false, reason: 'malformed' })
    expect(await measure('cart-pole-v1', body)).toMatchObject({ ok: false, reason: 'wrong-interface' })
    expect(await measure('xor', body, 1)).toMatchObject({ ok: false, reason: 'too-expensive' })
    expect(await measure('no-such-task', body)).toMatchObject({ ok: false, reason: 'evaluator-failed' })
  })

  test('evolves, improves, and goes on from its checkpoint', async () => {
    const { supervisor, reports } = supervise()
    supervisor.evolve({ task: 'xor', algorithm: 'neat', seed: 1, population: undefined, champion: undefined })
    supervisor.run(true, 100)
    await vi.waitFor(() => expect(ofKind(reports, 'generation').length).toBeGreaterThan(3), 10_000)
    supervisor.checkpoint()
    const [population] = await vi.waitFor(() => {
      const found = ofKind(reports, 'population')
      expect(found).toHaveLength(1)
      return found
    }, 5_000)
    expect(ofKind(reports, 'began')[0]).toMatchObject({ conformant: true, restored: false })
    expect(ofKind(reports, 'champion').length).toBeGreaterThan(1)

    const second = supervise()
    second.supervisor.evolve({ task: 'xor', algorithm: 'neat', seed: 2, population: population!.bytes, champion: undefined })
    second.supervisor.run(true, 100)
    await vi.waitFor(() => expect(ofKind(second.reports, 'generation').length).toBeGreaterThan(0), 10_000)
    expect(ofKind(second.reports, 'began')[0]).toMatchObject({ restored: true, generation: population!.generation })
    expect(ofKind(second.reports, 'generation')[0]!.generation).toBe(population!.generation + 1)
  })

  test('is busy for the share it was given, and changes it at once', async () => {
    const { supervisor, reports } = supervise()
    supervisor.evolve({ task: 'xor', algorithm: 'neat', seed: 1, population: undefined, champion: undefined })
    const shareOver = async (percent: number): Promise<number> => {
      supervisor.run(true, percent)
      const before = ofKind(reports, 'alive').length
      await vi.waitFor(() => expect(ofKind(reports, 'alive').length).toBeGreaterThan(before + 8), 15_000)
      const window = ofKind(reports, 'alive').slice(before + 2, before + 8)
      return window.reduce((sum, { busyMs }) => sum + busyMs, 0) * 100 / (window.length * 500)
    }
    await vi.waitFor(() => expect(ofKind(reports, 'began')).toHaveLength(1), 10_000)
    expect(Math.abs(await shareOver(25) - 25)).toBeLessThan(8)
    expect(Math.abs(await shareOver(60) - 60)).toBeLessThan(12)
  })

  test('does nothing while it is not running, and what was asked meanwhile is answered after', async () => {
    const { supervisor, reports } = supervise()
    supervisor.evolve({ task: 'xor', algorithm: 'neat', seed: 1, population: undefined, champion: undefined })
    supervisor.run(false, 25)
    const measured = supervisor.measure({ task: 'xor', body, costLimit: noLimit })
    await vi.waitFor(() => expect(ofKind(reports, 'alive').length).toBeGreaterThan(3), 10_000)
    expect(ofKind(reports, 'alive').slice(2).every(({ evaluations }) => evaluations === 0)).toBe(true)
    supervisor.run(true, 100)
    expect((await measured).ok).toBe(true)
  })
})

describe('pausing', () => {
  test('ends a worker that is in a long evaluation within a second, and what it measured is asked again', async () => {
    let spawned = 0
    const { supervisor, reports } = supervise({
      spawn: () => (spawned++ === 0 ? spawnHanging() : spawnCompute(() => undefined)),
    })
    supervisor.run(true, 100)
    const measured = supervisor.measure({ task: 'xor', body, costLimit: noLimit })
    await vi.waitFor(() => expect(ofKind(reports, 'alive').length).toBeGreaterThan(0), 5_000)
    supervisor.run(false, 100)
    await vi.waitFor(() => expect(ended).toBe(1), { timeout: 1_000, interval: 20 })
    supervisor.run(true, 100)
    expect((await measured).ok).toBe(true)
  })
})

describe('the watchdog', () => {
  test('ends a worker that does not come back from an evaluation, and the body behind it is measured', async () => {
    let spawned = 0
    const { supervisor } = supervise({ spawn: () => (spawned++ === 0 ? spawnHanging() : spawnCompute(() => undefined)) })
    supervisor.run(true, 100)
    const bomb = supervisor.measure({ task: 'xor', body, costLimit: noLimit })
    const behind = supervisor.measure({ task: 'xor', body, costLimit: noLimit })
    const ticks = setInterval(() => supervisor.tick(), 20)
    expect(await bomb).toMatchObject({ ok: false, reason: 'evaluator-failed' })
    clearInterval(ticks)
    expect((await behind).ok).toBe(true)
    expect(spawned).toBe(2)
  })

  test('gives up after four failures in a minute, says so, and starts again when told', async () => {
    const failed: string[] = []
    let isHealthy = false
    const { supervisor } = supervise({
      spawn: () => (isHealthy ? spawnCompute(() => undefined) : spawnHanging()),
      onFailed: (detail) => failed.push(detail),
    })
    supervisor.run(true, 100)
    for (let kill = 0; kill < 4; kill++) supervisor.workerFailed('out of memory')
    expect(failed).toEqual(['out of memory'])
    expect(await supervisor.measure({ task: 'xor', body, costLimit: noLimit })).toMatchObject({ ok: false, reason: 'evaluator-failed' })
    isHealthy = true
    supervisor.run(true, 100)
    expect((await supervisor.measure({ task: 'xor', body, costLimit: noLimit })).ok).toBe(true)
  })
})
