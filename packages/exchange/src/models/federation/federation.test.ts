// Model 2 among real members: rounds go on whoever dies, is cut off, is slow or lies, and what survives reaches everybody.

import { describe, expect, test } from 'vitest'
import { EVALUATOR, measure, xor } from '../../../fixtures/xor.ts'
import { createFalseCoordinator, type Falsehood } from '../../../zoo/false-coordinator.ts'
import { modelViewOf } from '../../member/model.ts'
import { DEFAULT_FEDERATED } from '../../realm/model-policy.ts'
import { runArchipelago } from '../../archipelago/archipelago.ts'
import type { Attacker } from '../../archipelago/attacker.ts'
import type { FederationReport } from '../../archipelago/federation-watch.ts'
import type { ArchipelagoOptions } from '../../archipelago/options.ts'
import type { ArchipelagoReport } from '../../archipelago/report.ts'

const base: ArchipelagoOptions = {
  islands: 24, minutes: 2, seed: 5, task: xor, evaluator: EVALUATOR, evaluate: measure, mutantsPerSecond: 1, model: DEFAULT_FEDERATED,
}

function play(change: Partial<ArchipelagoOptions> = {}): ArchipelagoReport & { readonly federation: FederationReport } {
  const report = runArchipelago({ ...base, ...change })
  expect(report.violations).toEqual([])
  expect(report.falseEntries).toBe(0)
  return { ...report, federation: report.federation! }
}

describe('a federation of 24 islands', () => {
  test('follows one coordinator, counts everybody in each round, and replays to the same trace', () => {
    const report = play()
    const { rounds, reports, members, led, coordinatorsPerShard, roundMs } = report.federation
    expect(rounds).toBeGreaterThanOrEqual(9)
    expect(reports).toBeGreaterThan(23)
    expect(members).toBeLessThanOrEqual(24)
    expect(led).toBe(1)
    expect(coordinatorsPerShard).toBe(1)
    expect(roundMs.most).toBeLessThanOrEqual(12_000)
    expect(report.archivesEqual).toBe(true)
    expect(report.published).toBeGreaterThan(5)
    expect(play().traceHash).toBe(report.traceHash)
  })

  test('decides the next round within ten seconds when its coordinator dies in the middle of one', () => {
    const { federation, archivesEqual } = play({ killCoordinator: [0.75, 1.25], minutes: 2.5 })
    expect(federation.nextRoundAfterKillMs).toHaveLength(2)
    for (const ms of federation.nextRoundAfterKillMs) expect(ms).toBeLessThanOrEqual(10_000)
    expect(federation.coordinatorsPerShard).toBe(1)
    expect(archivesEqual).toBe(true)
  })

  test('cut in halves has a coordinator in each, and one again after the heal', () => {
    const { federation, convergedAfterHealMs, archivesEqual } = play({ partition: [0.6, 1.6], minutes: 3, quietMs: 60_000 })
    expect(federation.coordinatorsPerShard).toBe(1)
    expect(federation.led).toBe(1)
    expect(convergedAfterHealMs).toBeLessThanOrEqual(30_000)
    expect(archivesEqual).toBe(true)
  })

  test('takes no longer for its rounds when a third of it is slow', () => {
    const { federation } = play({ slow: { share: 0.3, beatMs: 60_000 }, minutes: 3 })
    expect(federation.roundMs.p50).toBeLessThanOrEqual(12_000)
  })

  test('splits into shards when there are too many for one', () => {
    const { federation, archivesEqual } = play({ model: { ...DEFAULT_FEDERATED, maxShardMembers: 10 }, minutes: 3 })
    expect(federation.shards).toBeGreaterThanOrEqual(3)
    expect(federation.led).toBe(1)
    expect(federation.coordinatorsPerShard).toBe(1)
    expect(archivesEqual).toBe(true)
  })

  test.each(['two-decisions', 'invented', 'omitted'] satisfies Falsehood[])('drops a coordinator whose lie is %s, everywhere, and goes on', (falsehood) => {
    const attacker = createFalseCoordinator(falsehood, { fromMs: 30_000 })
    const { federation } = play({ attackers: [attacker], minutes: 3 })
    expect(attacker.deeds.decided).toBeGreaterThan(0)
    expect(federation.liarKnownMs).toHaveLength(1)
    expect(federation.liarKnownMs[0]).toBeLessThanOrEqual(5_000)
    expect(federation.rounds).toBeGreaterThan(9)
    expect(federation.coordinatorsPerShard).toBe(1)
  })

  test('leaves a coordinator that decides nothing', () => {
    const attacker = createFalseCoordinator('nothing', { fromMs: 30_000 })
    let states: (() => number | undefined)[] = []
    const watcher: Attacker = {
      name: 'watcher',
      start(node, world) {
        node.listen({ delivered: ({ id }) => node.verdict(id, 'forward'), neighbours() {}, requested: (_, __, answer) => answer(undefined) })
        states = world.islands().map((island) => () => {
          const state = world.stateOf(island)
          return state === undefined ? undefined : modelViewOf(state, state.clock.passed)?.federation?.round
        })
      },
    }
    const { federation } = play({ attackers: [attacker, watcher], minutes: 4 })
    expect(federation.led).toBe(1)
    for (const round of states) expect(round()).toBeGreaterThan(12)
  })

  test('through crashes, wipes, wrong clocks, churn and loss breaks no invariant and agrees once all is well', () => {
    const faults = { crashes: 60, wipes: 0.3, awayMs: 5_000, skewMs: 60_000, jumps: 10, jumpMs: 3_600_000, churn: 0.2 }
    const { federation, archivesEqual } = play({ minutes: 4, loss: 0.1, lossEnds: true, duplication: 0.1, reordering: 0.1, faults, quietMs: 90_000, calmMs: 90_000 })
    expect(federation.led).toBe(1)
    expect(federation.coordinatorsPerShard).toBe(1)
    expect(federation.liarKnownMs).toEqual([])
    expect(archivesEqual).toBe(true)
  })
})
