// Selection over a round's reports, and the test of it that every reporter makes: an honest list is unjust to nobody, and
// whatever is changed in a list somebody sees.

import { createRandom } from '@megabrain/evolve'
import { describe, expect, test } from 'vitest'
import { globalSelections } from '../../realm/model-policy.ts'
import {
  decodeList, decodeQuestion, decodeSaid, encodeList, encodeQuestion, encodeSaid, MAX_ROWS, type Report, type Row, type Said, type SurvivorList,
} from './content.ts'
import { covers, depthOf, shardAt, weightOf, WHOLE } from './rendezvous.ts'
import { injusticeTo, select, type Reported } from './selection.ts'

const hex = (value: number, length: number): string => value.toString(16).padStart(length, '0')

/** Told apart by their first characters, as a hash is. */
const nameOf = (i: number): string => hex(i, 16).padEnd(64, '0')

function reports(seed: number, count: number, rows = 20, species = 5): Reported[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, (_, i) => {
    const drawn = Array.from({ length: rows }, (): Row => ({ prefix: hex(random.integer(2 ** 31), 16), fitness: random.integer(1_000_001), species: random.integer(species) }))
    const report: Report = { kind: 'report', shard: 1, round: 3, task: i % 2, rows: drawn.sort((a, b) => b.fitness - a.fitness) }
    return { id: nameOf(i + 1), report }
  })
}

const policy = (selection: (typeof globalSelections)[number], survival = 200) => ({ selection, survival })

describe('selection', () => {
  test.each(globalSelections)('by %s keeps about the share that survives, the best of each task, and no agent twice', (selection) => {
    const reported = reports(1, 30)
    const { survivors } = select(policy(selection), reported, 1)
    expect(survivors.length).toBeGreaterThanOrEqual(100)
    expect(survivors.length).toBeLessThanOrEqual(120)
    expect(new Set(survivors.map(({ prefix }) => prefix)).size).toBe(survivors.length)
    for (const task of [0, 1]) {
      const best = reported.filter(({ report }) => report.task === task).flatMap(({ report }) => report.rows).reduce((a, b) => (b.fitness > a.fitness ? b : a))
      expect(survivors.map(({ prefix }) => prefix)).toContain(best.prefix)
    }
  })

  test('by competition lets no species die out, and gives the fitter species more places', () => {
    const rows = (species: number, fitness: number, from: number): Row[] => Array.from({ length: 10 }, (_, i) => ({ prefix: hex(from + i, 16), fitness: fitness - i, species }))
    const one: Reported = { id: nameOf(1), report: { kind: 'report', shard: 1, round: 1, task: 0, rows: rows(1, 900_000, 0) } }
    const other: Reported = { id: nameOf(2), report: { kind: 'report', shard: 1, round: 1, task: 0, rows: rows(2, 100_000, 100) } }
    const { survivors } = select(policy('competition', 500), [one, other], 1)
    expect(survivors.map(({ species }) => species)).toEqual([...Array.from({ length: 9 }, () => 1), 2])
    expect(select(policy('truncation', 500), [one, other], 1).survivors.every(({ species }) => species === 1)).toBe(true)
  })

  test('does not depend on the order in which reports came', () => {
    const reported = reports(2, 12)
    for (const selection of globalSelections) expect(select(policy(selection), reported.toReversed(), 5)).toEqual(select(policy(selection), reported, 5))
  })

  test('of two that report the same agent counts it once', () => {
    const [first] = reports(3, 1)
    const { survivors } = select(policy('truncation', 1_000), [first!, { id: nameOf(2), report: { ...first!.report } }], 1)
    expect(survivors).toHaveLength(20)
  })
})

describe('injustice', () => {
  test.each(globalSelections)('none is seen in an honest list by %s', (selection) => {
    for (let seed = 1; seed <= 30; seed++) {
      const reported = reports(seed, 1 + seed)
      const list = select(policy(selection), reported, seed)
      for (const each of reported) expect(injusticeTo(each, list, selection)).toBeUndefined()
    }
  })

  test('is seen by the one concerned, whatever is changed', () => {
    const reported = reports(4, 10)
    const honest = select(policy('competition'), reported, 1)
    const victimOf = (list: SurvivorList): (string | undefined)[] => reported.map((each) => injusticeTo(each, list, 'competition')).filter((found) => found !== undefined)
    const change = (i: number, by: Partial<SurvivorList['survivors'][number]>): SurvivorList => ({ ...honest, survivors: honest.survivors.map((one, at) => (at === i ? { ...one, ...by } : one)) })
    expect(victimOf(change(0, { prefix: 'f'.repeat(16) }))).toContain('invented')
    expect(victimOf(change(0, { fitness: 1_000_000 }))).toContain('invented')
    expect(victimOf(change(0, { species: 9 }))).toContain('invented')
    expect(victimOf({ ...honest, survivors: honest.survivors.slice(1) })).toEqual(['omitted'])
    expect(victimOf({ ...honest, reports: honest.reports.map((one, i) => (i === 0 ? { ...one, task: 1 - one.task } : one)) })).toContain('invented')
    expect(injusticeTo({ id: nameOf(99), report: reported[0]!.report }, honest, 'competition')).toBeUndefined()
  })
})

describe('what is said', () => {
  const all: readonly Said[] = [
    { kind: 'lease', shard: 5, term: 9, round: 2, members: 40 },
    { kind: 'decision', shard: 1, term: 9, round: 2, members: 40, fate: 'splits', list: hex(7, 64) },
    { kind: 'report', shard: 1, round: 2, task: 0, rows: reports(1, 1, MAX_ROWS)[0]!.report.rows },
    { kind: 'proof', device: hex(3, 64), one: { time: 5, content: Uint8Array.of(1), signature: new Uint8Array(64) }, other: { time: 6, content: Uint8Array.of(2), signature: new Uint8Array(64) } },
  ]

  test.each(all)('as $kind reads back, and cut short or with a byte changed it never throws', (said) => {
    const bytes = encodeSaid(said)
    expect(decodeSaid(bytes)).toEqual(said)
    for (let length = 0; length < bytes.length; length++) decodeSaid(bytes.subarray(0, length))
    for (let at = 0; at < bytes.length; at++) decodeSaid(bytes.map((byte, i) => (i === at ? byte ^ 0x55 : byte)))
  })

  test('beyond its bounds is nothing', () => {
    const rows = reports(1, 1)[0]!.report.rows
    expect(decodeSaid(encodeSaid({ kind: 'report', shard: 1, round: 2, task: 0, rows: rows.toReversed() }))).toBeUndefined()
    expect(decodeSaid(encodeSaid({ kind: 'report', shard: 1, round: 2, task: 0, rows: [rows[0]!, rows[0]!] }))).toBeUndefined()
    expect(decodeSaid(encodeSaid({ kind: 'report', shard: 1, round: 2, task: 16, rows }))).toBeUndefined()
    expect(decodeSaid(encodeSaid({ kind: 'lease', shard: 0, term: 1, round: 1, members: 1 }))).toBeUndefined()
    expect(decodeSaid(encodeSaid({ kind: 'lease', shard: 65_536, term: 1, round: 1, members: 1 }))).toBeUndefined()
    expect(decodeSaid(encodeSaid({ kind: 'lease', shard: 1, term: 1, round: 2 ** 40 + 1, members: 1 }))).toBeUndefined()
  })

  test('lists and questions read back', () => {
    const list = select(policy('competition'), reports(6, 20), 1)
    expect(decodeList(encodeList(list))).toEqual(list)
    expect(decodeList(encodeList({ reports: [], survivors: list.survivors }))).toBeUndefined()
    const question = { kind: 'reports', shard: 3, envelopes: [Uint8Array.of(1), Uint8Array.of(2)] } as const
    expect(decodeQuestion(encodeQuestion(question))).toEqual(question)
    expect(decodeQuestion(encodeQuestion({ kind: 'list', digest: hex(1, 64) }))).toEqual({ kind: 'list', digest: hex(1, 64) })
    expect(decodeQuestion(encodeQuestion({ ...question, envelopes: [new Uint8Array(513)] }))).toBeUndefined()
  })
})

describe('rendezvous', () => {
  test('gives each device one shard of each depth, inside the one above it', () => {
    for (let i = 0; i < 50; i++) {
      const device = hex(i, 64)
      expect(shardAt(device, 0)).toBe(WHOLE)
      for (let depth = 1; depth < 16; depth++) {
        expect(shardAt(device, depth) >> 1).toBe(shardAt(device, depth - 1))
        expect(depthOf(shardAt(device, depth))).toBe(depth)
        expect(covers(shardAt(device, depth), device)).toBe(true)
        expect(covers(shardAt(device, depth) ^ 1, device)).toBe(false)
      }
    }
  })

  test('draws another coordinator in another term, shard or realm, about as often for each device', () => {
    const devices = Array.from({ length: 8 }, (_, i) => hex(i, 64))
    const wins = new Map<string, number>()
    for (let term = 1; term <= 800; term++) {
      const winner = devices.reduce((a, b) => (weightOf('ab', 1, term, b) > weightOf('ab', 1, term, a) ? b : a))
      wins.set(winner, (wins.get(winner) ?? 0) + 1)
    }
    for (const device of devices) expect(wins.get(device)).toBeGreaterThan(60)
    expect(weightOf('ab', 1, 1, devices[0]!)).not.toBe(weightOf('ab', 2, 1, devices[0]!))
    expect(weightOf('ab', 1, 1, devices[0]!)).not.toBe(weightOf('cd', 1, 1, devices[0]!))
  })
})
