import { cidOf, createRandom } from '@megabrain/evolve'
import { describe, expect, test } from 'vitest'
import { createWorld } from '../../fixtures/world.ts'
import { EVALUATOR, measure, sampleGenotype } from '../../fixtures/xor.ts'
import { MAX_UNIT_MS } from '../limits.ts'
import type { Measurement } from '../member/events.ts'
import { createEventQueue } from '../memory/event-queue.ts'
import { decodeAnswer, decodeRequest, encodeAnswer, encodeRequest } from '../wire/messages.ts'
import { createFarm, type Farm, type FarmEffect, type FarmEvent } from './farm.ts'
import type { UnitResult, WorkUnit } from './work-unit.ts'

/** Answers a unit after so many ms a genotype; undefined never answers. */
interface Donor {
  readonly msEach: number
  readonly answer: (unit: WorkUnit) => readonly UnitResult[] | undefined
}

const truth = (body: Uint8Array): UnitResult => {
  const measured = measure('xor', body)
  return measured.ok ? { ok: true, fitness: measured.fitness, fingerprint: measured.fingerprint } : measured
}
const honest = (msEach: number): Donor => ({ msEach, answer: ({ bodies }) => bodies.map(truth) })
const silent: Donor = { msEach: 1, answer: () => undefined }
/** Honest for so many results, and then adds one to each. */
function turncoat(after: number): Donor {
  let given = 0
  return {
    msEach: 5,
    answer: ({ bodies }) => bodies.map((body) => {
      const result = truth(body)
      return given++ < after || !result.ok ? result : { ...result, fitness: Math.min(1_000_000, result.fitness + 1) }
    }),
  }
}

interface Scene {
  readonly farm: Farm
  readonly done: Map<number, FarmEffect & { readonly kind: 'done' }>
  readonly disproved: string[]
  /** Genotypes that were evaluated by the requester. */
  here: number
  /** When a genotype was first given to a second donor, ms. */
  secondAt: number | undefined
  readonly bodies: readonly Uint8Array[]
  /** Virtual ms until everything was done; undefined when it never was. */
  run(): number | undefined
}

function createScene(donors: Readonly<Record<string, Donor>>, count: number, options: { readonly seed?: number; readonly evaluatesToo?: boolean; readonly ownMs?: number } = {}): Scene {
  const { seed = 1, ownMs = 5, ...rest } = options
  const farm = createFarm({ task: 'xor', evaluator: EVALUATOR, random: createRandom(seed), ...rest })
  const queue = createEventQueue(0)
  let now = 0
  let doneAt = 0
  let ownFreeAt = 0
  const later = (at: number, action: () => void): void => queue.at(at, () => {
    now = queue.now()
    action()
  })
  const bodies = Array.from({ length: count }, (_, i) => sampleGenotype(i, i % 5).body)
  const scene: Scene = {
    farm, done: new Map(), disproved: [], here: 0, secondAt: undefined, bodies,
    run() {
      happen({ kind: 'donors', peers: Object.keys(donors) })
      happen({ kind: 'submitted', work: bodies.map((body, id) => ({ id, body })) })
      const tick = (): void => {
        happen({ kind: 'tick' })
        if (scene.done.size < count) later(now + 100, tick)
      }
      tick()
      for (let until = 0; scene.done.size < count && until < 600_000; until += 1_000) queue.runUntil(until)
      return scene.done.size === count ? doneAt : undefined
    },
  }
  const free = new Map<string, number>()
  const given = new Map<string, string>()

  function happen(event: FarmEvent): void {
    for (const effect of farm.step(event, now)) carryOut(effect)
  }
  function carryOut(effect: FarmEffect): void {
    if (effect.kind === 'done') {
      expect(scene.done.has(effect.id)).toBe(false)
      expect(!effect.isChecked && scene.disproved.includes(effect.by ?? ''), 'unchecked, of a donor known to be false').toBe(false)
      scene.done.set(effect.id, effect)
      doneAt = now
    } else if (effect.kind === 'disproved') scene.disproved.push(effect.peer)
    else if (effect.kind === 'measure') {
      scene.here++
      ownFreeAt = Math.max(now, ownFreeAt) + ownMs
      later(ownFreeAt, () => happen({ kind: 'measured', ticket: effect.ticket, measurement: measure('xor', effect.body) as Measurement }))
    } else {
      const request = decodeRequest(effect.bytes)
      if (!request.ok || request.value.kind !== 'evaluate') throw new RangeError('A farm must ask for evaluations')
      const donor = donors[effect.to]!
      for (const body of request.value.bodies) {
        const cid = cidOf(body)
        if ((given.get(cid) ?? effect.to) !== effect.to) scene.secondAt ??= now
        given.set(cid, effect.to)
      }
      const results = donor.answer(request.value)
      const at = Math.max(now, free.get(effect.to) ?? 0) + donor.msEach * request.value.bodies.length
      const isLate = results === undefined || at - now > effect.timeoutMs
      free.set(effect.to, at)
      later(isLate ? now + effect.timeoutMs : at, () => happen({
        kind: 'answered', ticket: effect.ticket,
        result: isLate ? { ok: false, reason: 'timeout' } : { ok: true, value: encodeAnswer({ kind: 'evaluate', results: results! }) },
      }))
    }
  }
  return scene
}

const wrong = ({ done, bodies }: Scene, of: (done: FarmEffect & { readonly kind: 'done' }) => boolean = () => true): number =>
  [...done.values()].filter((result) => of(result)).filter(({ id, result }) => JSON.stringify(result) !== JSON.stringify(truth(bodies[id]!))).length

describe('a farm', () => {
  test('evaluates everything once, each result the donor\'s own measurement, and checks the first ten of each donor', () => {
    const scene = createScene({ a: honest(5), b: honest(5) }, 400)
    expect(scene.run()).toBeDefined()
    expect([wrong(scene), scene.disproved]).toEqual([0, []])
    const { donors, evaluatedHere } = scene.farm.view()
    expect(evaluatedHere).toBe(0)
    expect(donors.map(({ evaluations }) => evaluations).reduce((a, b) => a + b)).toBe(400)
    for (const { checked } of donors) expect(checked).toBeGreaterThanOrEqual(10)
    // Trusted by then: a few of the rest.
    expect(scene.here).toBeLessThan(120)
  })

  test('is faster with more donors, and gives a fast one more of the work', () => {
    const times = [1, 4, 16].map((count) => createScene(Object.fromEntries(Array.from({ length: count }, (_, i) => [`d${i}`, honest(20)])), 1_600).run()!)
    expect(times[0]! / times[1]!).toBeGreaterThan(3)
    expect(times[0]! / times[2]!).toBeGreaterThan(8)
    const uneven = createScene({ fast: honest(5), slow: honest(50) }, 1_000)
    expect(uneven.run()).toBeDefined()
    const [fast, slow] = uneven.farm.view().donors
    expect(fast!.evaluations).toBeGreaterThan(5 * slow!.evaluations)
    // Nor does everybody wait at the end for what the slow one was given: 5 s of work for the fast one alone.
    expect(createScene({ fast: honest(5), slow: honest(300) }, 1_000).run()).toBeLessThan(7_000)
  })

  test('takes nothing false of a donor that lies from the start, and asks it no more', () => {
    const scene = createScene({ liar: turncoat(0), good: honest(10) }, 300)
    expect(scene.run()).toBeDefined()
    expect([wrong(scene), scene.disproved]).toEqual([0, ['liar']])
    expect(scene.farm.view().donors.find(({ peer }) => peer === 'liar')).toMatchObject({ isFalse: true })
  })

  test('finds out one that lies once it is trusted, within what sampling lets through', () => {
    let taken = 0
    for (let seed = 1; seed <= 8; seed++) {
      const scene = createScene({ turncoat: turncoat(100), good: honest(10) }, 1_000, { seed })
      expect(scene.run()).toBeDefined()
      expect(scene.disproved).toEqual(['turncoat'])
      taken += wrong(scene)
    }
    // A whole unit is given back with its first false sample; at the floor of 2 % a lie lasts 50 results on average.
    expect(taken / 8).toBeLessThan(120)
  })

  test('does without silent donors, with none, and with all of them gone in the middle', () => {
    const half = createScene({ silent, good: honest(10) }, 200)
    expect(half.run()).toBeLessThan(30_000)
    expect(wrong(half)).toBe(0)
    const short = createScene({ short: { msEach: 1, answer: ({ bodies }) => bodies.slice(1).map(truth) }, good: honest(10) }, 200)
    expect(short.run()).toBeDefined()
    expect([wrong(short), short.farm.view().donors[0]!.evaluations]).toEqual([0, 0])
    const alone = createScene({}, 50)
    expect(alone.run()).toBeLessThan(1_000)
    expect([alone.here, wrong(alone)]).toEqual([50, 0])
    let answers = 0
    const gone = createScene({ gone: { msEach: 5, answer: (unit) => (answers++ < 5 ? unit.bodies.map(truth) : undefined) } }, 200)
    expect(gone.run()).toBeDefined()
    expect(wrong(gone)).toBe(0)
  })

  test('has trusted donors check one another when samples pile up here, and finds out those who stand together', () => {
    const fleet = (more: Readonly<Record<string, Donor>> = {}): Readonly<Record<string, Donor>> => (
      { ...Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`d${i}`, honest(10)])), ...more })
    const slow = { ownMs: 100 }
    const alone = createScene({ one: honest(2) }, 400, slow)
    expect(alone.run()).toBeDefined()
    expect(alone.here).toBe(alone.farm.view().donors[0]!.checked)
    // Nobody is asked about others before ten of its own were found true here.
    const wary = createScene({ a: honest(10), b: honest(10) }, 600, { ownMs: 1_000 })
    wary.run()
    expect(wary.secondAt).toBeGreaterThan(10_000)
    // What a false checker says against an honest one is decided here.
    const accused = createScene(fleet({ liar: turncoat(40) }), 2_000, slow)
    accused.run()
    expect([accused.disproved, wrong(accused, ({ isChecked }) => isChecked)]).toEqual([['liar'], 0])
    const scene = createScene(fleet(), 2_000, slow)
    expect(scene.run()).toBeLessThan(2_000 * 100 / 6)
    const checked = scene.farm.view().donors.reduce((sum, donor) => sum + donor.checked, 0)
    expect(scene.here).toBeLessThan(0.8 * checked)
    expect([wrong(scene), scene.disproved]).toEqual([0, []])

    // They add the same one to the same genotypes: only what is checked here, or by an honest one, tells on them.
    let taken = 0
    for (let seed = 1; seed <= 3; seed++) {
      const gang = createScene(fleet({ liar1: turncoat(60), liar2: turncoat(60) }), 2_000, { ...slow, seed })
      expect(gang.run()).toBeDefined()
      expect([...gang.disproved].sort()).toEqual(['liar1', 'liar2'])
      taken += wrong(gang)
    }
    expect(taken / 3).toBeLessThan(150)
  })

  test('evaluates here too when it is told to', () => {
    const scene = createScene({ slow: honest(50) }, 400, { evaluatesToo: true })
    expect(scene.run()).toBeLessThan(createScene({ slow: honest(50) }, 400).run()! / 2)
    expect(scene.farm.view().evaluatedHere).toBeGreaterThan(200)
    expect(wrong(scene)).toBe(0)
  })
})

const willing = { evaluatesForOthers: true }
const unitOf = (count: number, change: Partial<WorkUnit> = {}): WorkUnit => ({
  task: 'xor', evaluator: EVALUATOR, episodes: 'public', deadlineMs: 5_000, bodies: Array.from({ length: count }, (_, i) => sampleGenotype(i).body), ...change,
})

describe('a member as donor', () => {
  const ask = (world: ReturnType<typeof createWorld>, unit: WorkUnit, ticket = 1, from = 'carol'): readonly UnitResult[] | 'refused' | undefined => {
    world.happen({ kind: 'requested', ticket, from, bytes: encodeRequestOf(unit) })
    return answerTo(world, ticket)
  }

  test('answers with its own measurements, in order, and archives nothing', () => {
    const world = createWorld(willing)
    const unit = unitOf(10)
    expect(ask(world, { ...unit, bodies: [...unit.bodies, Uint8Array.of(1, 2, 3)] })).toEqual([...unit.bodies.map(truth), { ok: false, reason: 'malformed' }])
    expect(world.state.niches.size).toBe(0)
    expect(world.state.counters.evaluatedForOthers).toBe(11)
  })

  test('refuses another evaluator version, one who asks for too much at once, and everybody while it saves data or does not want to', () => {
    expect(ask(createWorld(willing), unitOf(1, { evaluator: 'f'.repeat(64) }))).toBe('refused')
    expect(ask(createWorld(), unitOf(1))).toBe('refused')
    expect(ask(createWorld({ ...willing, role: 'relay' }), unitOf(1))).toBe('refused')
    const thrifty = createWorld(willing)
    thrifty.happen({ kind: 'thrift', isOn: true })
    expect(ask(thrifty, unitOf(1))).toBe('refused')
    const busy = createWorld(willing, ['carol', 'dave', 'erin', 'fred', 'gina'])
    busy.holdMeasurements = true
    expect([1, 2, 3].map((ticket) => ask(busy, unitOf(64), ticket))).toEqual([undefined, undefined, 'refused'])
    const others = ['dave', 'erin', 'fred', 'gina'].flatMap((peer, i) => [0, 1].map((k) => ask(busy, unitOf(64), 10 + 2 * i + k, peer)))
    expect(others.map((answer) => answer ?? 'open')).toEqual([...Array<string>(6).fill('open'), 'refused', 'refused'])
    expect(busy.effects.filter(({ kind }) => kind === 'measure').length).toBeLessThan(64)
  })

  test('drops what nobody waits for any more, and then has room again', () => {
    const world = createWorld(willing)
    world.holdMeasurements = true
    expect(ask(world, unitOf(3, { deadlineMs: 2_000 }))).toBeUndefined()
    world.beat(3)
    expect(answerTo(world, 1)).toBe('refused')
    world.holdMeasurements = false
    for (const effect of world.effects) if (effect.kind === 'measure') world.happen({ kind: 'measured', ticket: effect.ticket, measurement: measure('xor', effect.body) })
    expect(ask(world, unitOf(3), 2)).toHaveLength(3)
    expect([world.state.units.open.size, world.state.units.measuring.size]).toEqual([0, 0])
  })

  test('a unit without genotypes, with too many bytes or an endless deadline is malformed', () => {
    const large = new Uint8Array(15_000).fill(1)
    for (const change of [{ bodies: [] }, { bodies: [large, large] }, { deadlineMs: 0 }, { deadlineMs: MAX_UNIT_MS + 1 }, { task: '' }]) {
      expect(decodeRequest(encodeRequestOf(unitOf(1, change))).ok).toBe(false)
    }
  })
})

function encodeRequestOf(unit: WorkUnit): Uint8Array {
  return encodeRequest({ kind: 'evaluate', ...unit })
}

function answerTo(world: ReturnType<typeof createWorld>, ticket: number): readonly UnitResult[] | 'refused' | undefined {
  const effect = world.effects.find((other) => other.kind === 'respond' && other.ticket === ticket)
  if (effect?.kind !== 'respond') return undefined
  if (effect.bytes === undefined) return 'refused'
  const answer = decodeAnswer(effect.bytes)
  return answer.ok && answer.value.kind === 'evaluate' ? answer.value.results : undefined
}
