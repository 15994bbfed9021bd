import { createRandom } from '@megabrain/evolve'
import { describe, expect, test } from 'vitest'
import { createCommonwealth, ownerOf, type Citizen, type Commonwealth } from '../../fixtures/commonwealth.ts'
import { bob, carol, createWorld, signClaim, START, statementFor, type World } from '../../fixtures/world.ts'
import { EVALUATOR, measure, sampleGenotype } from '../../fixtures/xor.ts'
import { restoreEntries, rowsOf } from '../archive/archive-rows.ts'
import { nicheNumber } from '../archive/niche.ts'
import { merge, type Niches } from '../archive/niches.ts'
import type { Entry } from '../archive/entry.ts'
import { decodeClaim } from '../claim/claim-codec.ts'
import type { Claim } from '../claim/claim.ts'
import type { Measurement } from './events.ts'
import { encodeRequest } from '../wire/messages.ts'
import { countersOf, entriesOf } from './member.ts'

/** Evaluator version of the release to come: it likes small networks. */
const NEXT = 'f'.repeat(64)

function measureUnder(evaluator: string, body: Uint8Array): Measurement {
  const measured = measure('xor', body)
  if (!measured.ok || evaluator === EVALUATOR) return measured
  return { ...measured, fitness: Math.trunc(measured.fitness / (1 + measured.links / 16)) }
}

const claimIn = (envelope: Uint8Array): Claim => {
  const decoded = decodeClaim(envelope)
  if (!decoded.ok) throw new Error(decoded.reason)
  return decoded.value.claim
}
/** The claim by which an entry was first published: who made it, from what, by which operators. */
const firstOf = (entry: Entry): Claim => claimIn(entry.origin ?? entry.envelope)
const ids = ({ state }: Citizen): string => entriesOf(state).map(({ claim }) => claim.id).join()
const roots = (citizens: readonly Citizen[]): number => new Set(citizens.map(ids)).size
const joinOf = (citizens: readonly Citizen[]): Niches => citizens.map(({ state }): Niches => state.niches).reduce(merge)

/** Whatever `before` held is held still: by its author's renewed claim or by the old one, or it has lost its niche to a better one. */
function expectNothingLost(before: Niches, after: Niches): number {
  let kept = 0
  for (const old of before.values()) {
    const niche = `xor/${NEXT}/${String(nicheNumber(old.fingerprint, old.links)).padStart(3, '0')}`
    const holder = after.get(niche)
    expect(holder, niche).toBeDefined()
    const worth = measureUnder(NEXT, old.body)
    if (holder!.claim.genotype !== old.claim.genotype) {
      expect(worth.ok && worth.fitness <= holder!.claim.fitness).toBe(true)
      continue
    }
    kept++
    const { author, parents, operators, id } = firstOf(holder!)
    expect({ author, parents, operators, id }).toEqual({ author: old.claim.author, parents: old.claim.parents, operators: old.claim.operators, id: old.claim.id })
    expect(holder!.claim.author).toBe(old.claim.author)
  }
  return kept
}

function find(mesh: Commonwealth, from: number, count: number): void {
  const random = createRandom(from)
  const parents = entriesOf(mesh.citizens[0]!.state).map(({ claim }) => claim.genotype)
  for (let i = from; i < from + count; i++) {
    const citizen = mesh.citizens[random.integer(mesh.citizens.length)]!
    const sample = sampleGenotype(i, i % 9)
    const measured = measureUnder(citizen.state.evaluators.get('xor')!, sample.body)
    if (!measured.ok) throw new Error('A sample can be measured')
    citizen.find({ ...sample, fitness: measured.fitness }, parents.slice(0, 2))
    mesh.beat(2)
  }
}

function release(citizens: readonly Citizen[]): void {
  for (const citizen of citizens) {
    citizen.crash()
    citizen.restart({ evaluators: { xor: NEXT } })
  }
}

describe('a release that changes how a task is evaluated', () => {
  test('on half of the islands and later on all loses no result, no lineage and no credit', () => {
    const mesh = createCommonwealth({ citizens: 16, seed: 7, measure: measureUnder })
    mesh.beat(3)
    find(mesh, 1, 60)
    mesh.beat(30)
    expect(roots(mesh.citizens)).toBe(1)
    const before = joinOf(mesh.citizens)
    expect(before.size).toBeGreaterThan(15)

    const early = mesh.citizens.filter((_, i) => i % 2 === 0)
    const late = mesh.citizens.filter((_, i) => i % 2 === 1)
    release(early)
    mesh.beat(before.size + 60)
    expect(roots(early), 'those who have changed agree').toBe(1)
    expect(roots(late), 'and those who have not').toBe(1)
    expect(expectNothingLost(before, joinOf(early))).toBe(before.size)
    expect(joinOf(late).size).toBe(before.size)

    find(mesh, 100, 40)
    mesh.beat(60)
    const between = joinOf(late)
    expect([...between.values()].filter(({ claim }) => [...before.values()].every((old) => old.claim.id !== claim.id)).length).toBeGreaterThan(0)
    release(late)
    mesh.beat(between.size + 90)
    expect(roots(mesh.citizens)).toBe(1)
    const after = joinOf(mesh.citizens)
    expect(expectNothingLost(between, after)).toBeGreaterThan(before.size / 2)

    for (const entry of after.values()) {
      const truth = measureUnder(NEXT, entry.body)
      expect(entry.claim.evaluator).toBe(NEXT)
      expect(truth.ok && truth.fitness === entry.claim.fitness).toBe(true)
      // Everybody came back, so every old claim has been renewed by its author.
      expect(entry.former).toBeUndefined()
      expect(firstOf(entry).author).toBe(entry.claim.author)
    }
    for (const { state } of mesh.citizens) {
      for (const { reputation } of state.authors.values()) expect(reputation.strikes).toBe(0)
      expect(state.rescore.waiting).toEqual([])
    }
    expect(mesh.network.counters().rejected).toBe(0)
  })

  test('keeps the results of one who is gone for good in that one\'s name', () => {
    const mesh = createCommonwealth({ citizens: 6, seed: 2, measure: measureUnder })
    mesh.beat(3)
    find(mesh, 1, 30)
    mesh.beat(30)
    const gone = mesh.citizens.find(({ name, state }) => entriesOf(state).some(({ claim }) => claim.author === ownerOf(name)))!
    const before = joinOf(mesh.citizens)
    gone.crash()
    const others = mesh.citizens.filter((citizen) => citizen !== gone)
    release(others)
    mesh.beat(before.size + 60)
    expect(roots(others)).toBe(1)
    expect(expectNothingLost(before, joinOf(others))).toBe(before.size)
    const theirs = [...joinOf(others).values()].filter(({ claim }) => claim.author === ownerOf(gone.name))
    expect(theirs.length).toBeGreaterThan(0)
    for (const { former } of theirs) expect(former?.evaluator).toBe(EVALUATOR)

    // A newcomer who never ran the old version gets them too, and so does the next start of each.
    const rows = [...others[0]!.rows].map(([key, value]) => ({ key, value }))
    expect(rows.filter(({ key }) => key.startsWith('claim/') && key.includes(EVALUATOR))).toEqual([])
    for (const citizen of others) {
      citizen.crash()
      citizen.restart()
      expect(citizen.state.rescore.waiting).toEqual([])
      expect(ids(citizen)).toBe(ids(others[1]!))
    }
    (gone.rows as Map<string, Uint8Array>).clear()
    gone.restart({ evaluators: { xor: NEXT } })
    mesh.beat(60)
    expect(ids(gone)).toBe(ids(others[0]!))
  })

  test('and is taken back leaves the claims that were there before', () => {
    const mesh = createCommonwealth({ citizens: 6, seed: 4, measure: measureUnder })
    mesh.beat(3)
    find(mesh, 1, 30)
    mesh.beat(30)
    const before = ids(mesh.citizens[0]!)
    const { size } = joinOf(mesh.citizens)
    release(mesh.citizens)
    mesh.beat(size + 60)
    expect(ids(mesh.citizens[0]!)).not.toBe(before)
    for (const citizen of mesh.citizens) {
      citizen.crash()
      citizen.restart({ evaluators: { xor: EVALUATOR } })
    }
    mesh.beat(size + 60)
    for (const citizen of mesh.citizens) {
      expect(ids(citizen)).toBe(before)
      for (const { former, origin } of entriesOf(citizen.state)) expect([former, origin]).toEqual([undefined, undefined])
    }
  })

  test('measures the past at its own slow pace, beside what comes in', () => {
    const old = Array.from({ length: 40 }, (_, i) => sampleGenotype(i + 1, i % 9))
    const entries = old.map((sample): Entry => {
      const envelope = signClaim(statementFor(sample, carol, START - 86_400_000), carol)
      return { claim: claimIn(envelope), envelope, body: sample.body, fingerprint: sample.fingerprint, links: sample.links }
    })
    const world = createWorld({ entries, evaluators: { xor: NEXT } })
    for (let second = 1; second <= 30; second++) {
      world.beat()
      expect(countersOf(world.state).rescored).toBeLessThanOrEqual(second + 2)
    }
    world.beat(30)
    expect(countersOf(world.state).rescored).toBe(40)
  })
})

describe('a claim that supersedes another', () => {
  const sample = sampleGenotype(1)
  const old = statementFor(sample, carol, START - 86_400_000, { evaluator: EVALUATOR, parents: [sampleGenotype(2).cid], operators: ['add-link'] })
  const origin = signClaim(old, carol)
  const under = measureUnder(NEXT, sample.body)
  const fitness = under.ok ? under.fitness : 0
  const world = (): World => {
    const made = createWorld({ evaluators: { xor: NEXT }, formerEvaluators: { xor: [EVALUATOR] } })
    made.holdMeasurements = true
    made.bodies.set(sample.cid, sample.body)
    return made
  }
  /** Answers the measurement that is asked for under the next version. */
  const answer = (made: World): void => {
    for (const effect of made.effects.splice(0)) {
      if (effect.kind === 'measure') made.happen({ kind: 'measured', ticket: effect.ticket, measurement: measureUnder(NEXT, effect.body) })
    }
  }
  const renewal = (keys = carol): Uint8Array =>
    signClaim(statementFor(sample, keys, START, { evaluator: NEXT, fitness, supersedes: claimIn(origin).id }), keys)

  test('takes its place, whichever comes first, and brings the old one with it', () => {
    for (const order of [[origin, renewal()], [renewal(), origin]]) {
      const made = world()
      for (const envelope of order) {
        made.happen({ kind: 'requested', ticket: 1, from: 'carol', bytes: offer([envelope]) })
        answer(made)
      }
      const [entry] = entriesOf(made.state)
      expect(entry!.claim.supersedes).toBe(claimIn(origin).id)
      expect(firstOf(entry!)).toMatchObject({ parents: old.parents, operators: old.operators, author: entry!.claim.author })
      const rows = rowsOf(entry!).map(({ key, value }) => ({ key, value: value! }))
      expect(restoreEntries(rows).entries).toEqual([entry])
    }
  })

  test('by somebody else is a lie, and its signer answers for it', () => {
    const made = world()
    made.happen({ kind: 'requested', ticket: 1, from: 'carol', bytes: offer([origin]) })
    answer(made)
    expect(entriesOf(made.state)[0]!.former).toEqual({ evaluator: EVALUATOR, fitness: sample.fitness })
    // The same genotype and the same fitness: what is wrong is the author alone.
    made.deliver(renewal(bob))
    expect(made.refusals()).toContain('malformed')
    expect(entriesOf(made.state)[0]!.claim.author).toBe(old.author)
  })
})

function offer(claims: readonly Uint8Array[]): Uint8Array {
  return encodeRequest({ kind: 'offer', claims, wants: [] })
}
