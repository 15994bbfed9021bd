import { auditEvaluation, cidOf, encodeGenotype } from '@megabrain/evolve'
import { seedOf, stateRoot } from '@megabrain/exchange'
import { tasks } from '@megabrain/tasks'
import { afterEach, expect, test, vi } from 'vitest'
import { beginBreeding, checkpointOf, newSearch, stepBreeding, admitStranger } from '../core/breeding.ts'
import type { Assignment, ReplayWork, Report } from '../core/compute-messages.ts'
import { createSupervisor } from '../core/supervisor.ts'
import type { Supervisor } from '../core/supervisor.ts'
import { spawnCompute } from './spawn-compute.ts'

const xor = tasks['xor']!
const chain = { device: 'd'.repeat(64), realm: 'e'.repeat(64), task: 'xor' }
const stranger = encodeGenotype(newSearch(xor, 'neat', 99).ask().candidates[3]!.genotype)
const another = encodeGenotype(newSearch(xor, 'neat', 98).ask().candidates[5]!.genotype)

let open: Supervisor[] = []
afterEach(() => {
  for (const supervisor of open) supervisor.close()
  open = []
})

function supervise(): { readonly supervisor: Supervisor; readonly reports: Report[] } {
  const reports: Report[] = []
  const supervisor = createSupervisor({
    spawn: () => spawnCompute((message) => supervisor.workerFailed(message)),
    onReport: (report) => reports.push(report),
    latest: () => ({}),
    onFailed: () => undefined,
  })
  open.push(supervisor)
  return { supervisor, reports }
}

type StretchReport = Report & { readonly kind: 'stretch' }
const stretchesOf = (reports: readonly Report[]): readonly StretchReport[] => reports.filter((report) => report.kind === 'stretch')

function workOf({ stretch, before, bodies }: StretchReport): ReplayWork {
  return { chain, receipt: stretch, before, bodies, costLimit: 1e9 }
}

test('what one compute worker did, another runs again to the bit, strangers included', async () => {
  const alice = supervise()
  const assignment: Assignment = { task: 'xor', algorithm: 'neat', seed: seedOf(chain, 5), origin: 5, population: undefined, champion: undefined }
  alice.supervisor.evolve(assignment)
  alice.supervisor.run(true, 100)
  await vi.waitFor(() => expect(alice.reports.filter(({ kind }) => kind === 'generation').length).toBeGreaterThan(2), 10_000)
  alice.supervisor.immigrate('xor', stranger, 0)
  await vi.waitFor(() => expect(stretchesOf(alice.reports).length).toBeGreaterThan(0), 10_000)
  // One that comes where a stretch begins is let in at once; one that waits ends the stretch.
  await vi.waitFor(() => {
    alice.supervisor.immigrate('xor', another, 0)
    expect(stretchesOf(alice.reports).length).toBeGreaterThan(1)
  }, { timeout: 10_000, interval: 200 })
  alice.supervisor.run(false, 100)

  const [first, second] = stretchesOf(alice.reports)
  expect(first!.stretch).toMatchObject({ origin: 5, before: stateRoot(newSearch(xor, 'neat', seedOf(chain, 5)).encode()) })
  expect(second!.stretch.before).toBe(first!.stretch.after)

  const bob = supervise()
  bob.supervisor.run(true, 100)
  for (const report of [first!, second!]) {
    expect(await bob.supervisor.replay(workOf(report))).toEqual({ fault: undefined, evaluations: report.stretch.evaluations })
    const forged = { ...workOf(report), receipt: { ...report.stretch, after: 'a'.repeat(64) } }
    expect((await bob.supervisor.replay(forged))?.fault).toBe('other-end')
  }
  expect((await bob.supervisor.replay({ ...workOf(first!), chain: { ...chain, device: 'f'.repeat(64) } }))?.fault).toBe('not-new')
  expect(await bob.supervisor.replay({ ...workOf(first!), chain: { ...chain, task: 'no-such-task' } })).toBeUndefined()
})

test('a stretch goes on after a restart from the checkpoint in its middle', () => {
  const reports: Report[] = []
  const report = (one: Report): void => void reports.push(one)
  const assignment: Assignment = { task: 'xor', algorithm: 'memetic', seed: seedOf(chain, 6), origin: 6, population: undefined, champion: undefined }
  const whole = beginBreeding(xor, assignment)
  while (whole.stretch.evaluations < 500) stepBreeding(whole, report)
  const { bytes, stretch } = checkpointOf(whole)
  const restarted = beginBreeding(xor, { ...assignment, population: structuredClone(bytes), stretch: structuredClone(stretch), before: whole.before.slice() })
  for (const breeding of [whole, restarted]) {
    while (stretchesOf(reports).length < (breeding === whole ? 1 : 2)) stepBreeding(breeding, report, breeding.stretch.evaluations > 1_000)
  }
  const [one, two] = stretchesOf(reports)
  expect(two).toEqual(one)
  expect(one!.stretch.origin).toBe(6)
})

test('strangers wait for the end of a generation, and none is let in unrecorded', () => {
  const reports: Report[] = []
  const report = (one: Report): void => void reports.push(one)
  const breeding = beginBreeding(xor, { task: 'xor', algorithm: 'neat', seed: 1, population: undefined, champion: undefined })
  stepBreeding(breeding, report)
  admitStranger(breeding, stranger, report)
  admitStranger(breeding, another, report)
  expect(breeding.stretch.admitted).toEqual([])
  while (stretchesOf(reports).length === 0) stepBreeding(breeding, report)
  expect(stretchesOf(reports)[0]!.stretch.evaluations).toBe(150)
  expect(breeding.stretch.admitted.length).toBe(breeding.bodies.length)
  expect(breeding.stretch.admitted.length).toBeGreaterThan(0)
})

test('audits a genotype by a beacon as anyone would, and says where a task has no audits', async () => {
  const { supervisor } = supervise()
  supervisor.run(true, 100)
  const pendulum = tasks['pendulum-v1']!
  const genotype = newSearch(pendulum, 'neat', 1).ask().candidates[0]!.genotype
  const body = encodeGenotype(genotype)
  const beacon = 'b'.repeat(64)
  expect(await supervisor.audit({ task: 'pendulum-v1', body, beacon })).toBe(auditEvaluation(pendulum, genotype, cidOf(body), beacon)!.fitness)
  expect(await supervisor.audit({ task: 'xor', body: stranger, beacon })).toBe('none')
  expect(await supervisor.audit({ task: 'pendulum-v1', body: stranger, beacon })).toBe('none')
})
