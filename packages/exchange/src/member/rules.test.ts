import { describe, expect, test } from 'vitest'
import { alice, bob, carol, createWorld, signClaim, START, statementFor, testRealm, type World } from '../../fixtures/world.ts'
import { EVALUATOR, sampleGenotype, type Sample } from '../../fixtures/xor.ts'
import { hexText } from '../bytes/text.ts'
import { headId, headsOf, rootOf } from '../archive/heads.ts'
import { nicheOf } from '../archive/niche.ts'
import { nichesOf } from '../archive/niches.ts'
import type { Entry } from '../archive/entry.ts'
import { decodeClaim } from '../claim/claim-codec.ts'
import { digestOfCid } from '../claim/cid-digest.ts'
import { decodeAnswer, encodeRequest } from '../wire/messages.ts'
import type { MemberEvent } from './events.ts'
import { countersOf, step } from './member.ts'
import { authorOf, createMember, store } from './state.ts'

const kinds = (world: World, kind: string): number => world.effects.filter((effect) => effect.kind === kind).length
const foundEvent = ({ body, fitness, fingerprint }: Sample): MemberEvent => ({
  kind: 'found', discovery: { task: 'xor', body, fitness, fingerprint, generation: 1, parents: [], operators: [] },
})

function entryOf(sample: Sample, keys = carol): Entry {
  const envelope = signClaim(statementFor(sample, keys, START), keys)
  const decoded = decodeClaim(envelope)
  if (!decoded.ok) throw new RangeError(decoded.reason)
  return { claim: decoded.value.claim, envelope, body: sample.body, fingerprint: sample.fingerprint, links: sample.links }
}

/** Samples by niche, the least fit first in each. */
function samplesByNiche(count: number): readonly (readonly Sample[])[] {
  const niches = new Map<string, Sample[]>()
  for (let number = 0; number < count; number++) {
    const sample = sampleGenotype(number)
    const niche = nicheOf({ claim: { task: 'xor', evaluator: EVALUATOR }, fingerprint: sample.fingerprint, links: sample.links })
    niches.set(niche, [...(niches.get(niche) ?? []), sample])
  }
  return [...niches.values()].map((samples) => samples.sort((a, b) => a.fitness - b.fitness))
}

describe('measuring', () => {
  test('is told the realm\'s budget', () => {
    const realm = testRealm()
    const world = createWorld({ realm: { ...realm, limits: { ...realm.limits, maxCost: 12_345 } } })
    const sample = sampleGenotype(1)
    world.bodies.set(sample.cid, sample.body)
    world.deliver(signClaim(statementFor(sample, carol, START), carol))
    expect(world.effects.find(({ kind }) => kind === 'measure')).toMatchObject({ maxCost: 12_345 })
  })

  const ends = [
    ['evaluator-failed', 'unavailable', 0], ['too-expensive', 'too-expensive', 1], ['wrong-interface', 'over-limits', 1],
  ] as const
  test.each(ends)(
    'that ends as %s is refused as %s, with %i strikes', (reason, refusal, strikes) => {
      const world = createWorld()
      world.holdMeasurements = true
      const sample = sampleGenotype(1)
      world.bodies.set(sample.cid, sample.body)
      const claim = signClaim(statementFor(sample, carol, START), carol)
      world.deliver(claim)
      const effect = world.effects.find(({ kind }) => kind === 'measure')
      if (effect?.kind !== 'measure') throw new RangeError('It must be measured')
      world.happen({ kind: 'measured', ticket: effect.ticket, measurement: { ok: false, reason } })
      expect(world.refusals()).toEqual([refusal])
      expect(authorOf(world.state, hexText(carol.owner)).reputation.strikes).toBe(strikes)
      // Our own failure is nobody's fate: synchronising may bring the claim again.
      world.happen({ kind: 'requested', ticket: 1, from: 'carol', bytes: encodeRequest({ kind: 'offer', claims: [claim], wants: [] }) })
      expect(kinds(world, 'measure')).toBe(strikes === 0 ? 2 : 1)
    },
  )
})

describe('admission', () => {
  const deliver = (world: World, sample: Sample, change: object, keys = carol): string | undefined => {
    world.bodies.set(sample.cid, sample.body)
    return world.deliver(signClaim(statementFor(sample, keys, START, change), keys))
  }

  test('takes no claim made under another evaluator', () => {
    const world = createWorld()
    expect(deliver(world, sampleGenotype(1), { evaluator: 'd'.repeat(64) })).not.toBe('reject')
    expect(world.refusals()).toEqual(['unknown-task'])
    expect(kinds(world, 'request')).toBe(0)
  })

  test('begins at the threshold, before anything is fetched', () => {
    const sample = sampleGenotype(1)
    for (const excess of [0, 1]) {
      const world = createWorld({ realm: testRealm({ threshold: sample.fitness + excess }) })
      expect(deliver(world, sample, {})).toBe(excess === 0 ? 'forward' : 'ignore')
      expect([kinds(world, 'request'), kinds(world, 'keep')]).toEqual(excess === 0 ? [1, 1] : [0, 0])
    }
  })

  test('is for the fitness measured here and no other, one more or less', () => {
    for (const lie of [-1, 1]) {
      const world = createWorld()
      const sample = sampleGenotype(1)
      deliver(world, sample, { fitness: sample.fitness + lie })
      expect(world.refusals(), String(lie)).toEqual(['not-reproduced'])
      expect(kinds(world, 'keep')).toBe(0)
    }
  })

  test('remembers what could not be measured', () => {
    const world = createWorld()
    world.holdMeasurements = true
    deliver(world, sampleGenotype(1), {})
    const effect = world.effects.find(({ kind }) => kind === 'measure')
    if (effect?.kind !== 'measure') throw new RangeError('It must be measured')
    world.happen({ kind: 'measured', ticket: effect.ticket, measurement: { ok: false, reason: 'too-expensive' } })
    deliver(world, sampleGenotype(1), {}, alice)
    expect(world.refusals()).toEqual(['too-expensive', 'too-expensive'])
    expect(kinds(world, 'measure')).toBe(1)
  })

  test('lets a better one take a niche: found by its name, told by the root, while the former is still served', () => {
    const list = samplesByNiche(300).find((samples) => samples[0]!.fitness < samples.at(-1)!.fitness)!
    const [worse, better] = [list[0]!, list.at(-1)!]
    const world = createWorld()
    const rootTold = (): string | undefined => {
      world.happen({ kind: 'requested', ticket: 1, from: 'carol', bytes: encodeRequest({ kind: 'compare', root: 'ab'.repeat(32) }) })
      const answer = world.effects.at(-1)
      const decoded = answer?.kind === 'respond' && answer.bytes !== undefined ? decodeAnswer(answer.bytes) : undefined
      return decoded?.ok === true && decoded.value.kind === 'compare' ? decoded.value.root : undefined
    }
    const roots = new Set([rootTold()])
    for (const sample of [worse, better]) {
      deliver(world, sample, {})
      roots.add(rootTold())
    }
    expect(roots.size).toBe(3)
    expect([...world.state.byGenotype.keys()]).toEqual([better.cid])
    world.happen({ kind: 'requested', ticket: 2, from: 'carol', bytes: encodeRequest({ kind: 'pull', digest: digestOfCid(worse.cid)! }) })
    expect(world.effects.at(-1)).toMatchObject({ kind: 'respond', ticket: 2, bytes: expect.any(Uint8Array) })
  })

  test('of what was stored is for this realm and this evaluator', () => {
    const sample = sampleGenotype(1)
    const load = (change: object): number => {
      const { claim, ...entry } = entryOf(sample)
      return createWorld({ entries: [{ ...entry, claim: { ...claim, ...change } }] }).state.niches.size
    }
    expect([load({}), load({ realm: 'a'.repeat(64) }), load({ evaluator: 'd'.repeat(64) })]).toEqual([1, 0, 0])
  })

  test('keeps and tells nothing that is worse than what is held', () => {
    const list = samplesByNiche(300).find((samples) => samples[0]!.fitness < samples.at(-1)!.fitness)!
    const world = createWorld()
    deliver(world, list.at(-1)!, {})
    deliver(world, list[0]!, {})
    expect(world.refusals()).toEqual(['not-better'])
    expect([kinds(world, 'measure'), kinds(world, 'keep'), kinds(world, 'immigrate')]).toEqual([2, 1, 1])
  })
})

describe('publishing', () => {
  test('never uses a sequence number twice, however fast', () => {
    const world = createWorld()
    for (const [sample] of samplesByNiche(500).slice(0, 4)) world.happen(foundEvent(sample!))
    world.beat(10)
    const sequences = world.effects.flatMap((effect) => (effect.kind === 'keep' ? [effect.entry.claim.sequence] : []))
    expect(sequences.length).toBeGreaterThan(2)
    expect(new Set(sequences).size).toBe(sequences.length)
  })

  test('gives way to a stranger who was better while the signature was made', () => {
    const [worse, better] = samplesByNiche(400).find((samples) => samples.length > 1 && samples[0]!.fitness < samples[1]!.fitness)!
    const options = { role: 'island', realm: testRealm(), evaluators: { xor: EVALUATOR }, identity: bob, seed: 1 } as const
    for (const isOvertaken of [false, true]) {
      const state = createMember(options)
      const found = step(state, foundEvent(worse!), START)
      const signing = found.effects.find(({ kind }) => kind === 'sign')
      if (signing?.kind !== 'sign') throw new RangeError('It must be signed')
      if (isOvertaken) store(found.state, entryOf(better!))
      const { effects } = step(found.state, { kind: 'signed', ticket: signing.ticket, signature: bob.signNow(signing.message) }, START)
      expect(effects.some(({ kind }) => kind === 'publish')).toBe(!isOvertaken)
    }
  })

  test('never lets a worse discovery push out a better one that waits', () => {
    const samples = samplesByNiche(600).find((list) => new Set(list.map(({ fitness }) => fitness)).size > 2)!
    const [low, high, middle] = [samples[0]!, samples.at(-1)!, samples.find(({ fitness }) => fitness > samples[0]!.fitness)!]
    const world = createWorld()
    for (const sample of [low, high, middle]) world.happen(foundEvent(sample))
    world.beat(10)
    const claimed = world.notices.flatMap((notice) => (notice.kind === 'published' ? [notice.fitness] : []))
    expect(claimed).toEqual([low.fitness, high.fitness])
  })

  test('has a rate: five at once, then one in five seconds', () => {
    const world = createWorld()
    const firsts = samplesByNiche(3_000).map((list) => list[0]!)
    expect(firsts.length).toBeGreaterThan(9)
    for (const sample of firsts.slice(0, 10)) world.happen(foundEvent(sample))
    world.beat(4)
    expect(kinds(world, 'publish')).toBe(5)
    world.beat(6)
    expect(kinds(world, 'publish')).toBeLessThanOrEqual(7)
  })
})

describe('synchronising', () => {
  test('asks for and offers claims of equal fitness, so that the lower id reaches everybody', () => {
    const sample = sampleGenotype(1)
    const [mine, theirs] = [entryOf(sample, carol), entryOf(sample, alice)]
    const world = createWorld({ entries: [mine] })
    const offers: { readonly wants: readonly string[]; readonly claims: readonly Uint8Array[] }[] = []
    world.answer = (_, request) => {
      const niches = nichesOf([theirs])
      if (request.kind === 'compare') return { kind: 'compare', root: rootOf(niches), tasks: headsOf(niches) }
      if (request.kind === 'offer') offers.push(request)
      return request.kind === 'offer' ? { kind: 'offer', claims: [theirs.envelope] } : undefined
    }
    world.beat(2)
    expect(offers[0]!.wants).toEqual([headId(theirs.claim.id)])
    expect(offers[0]!.claims).toEqual([mine.envelope])
  })

  test('offers a claim that is not taken once a minute', () => {
    const world = createWorld({ entries: [entryOf(sampleGenotype(1))] })
    const offeredAt: number[] = []
    world.answer = (_, request) => {
      if (request.kind === 'compare') return { kind: 'compare', root: 'ab'.repeat(32), tasks: [] }
      if (request.kind === 'offer' && request.claims.length > 0) offeredAt.push(world.now)
      return request.kind === 'offer' ? { kind: 'offer', claims: [] } : undefined
    }
    world.beat(200)
    expect(offeredAt.length).toBeGreaterThan(1)
    for (const [i, at] of offeredAt.entries()) if (i > 0) expect(at - offeredAt[i - 1]!).toBeGreaterThanOrEqual(60_000)
  })

  test('does not ask a neighbour again that has answered or asked in broken messages eight times', () => {
    const answers = createWorld()
    answers.answer = () => Uint8Array.of(1, 2, 3)
    answers.beat(300)
    expect(kinds(answers, 'request')).toBe(8)
    const requests = createWorld()
    requests.answer = () => ({ kind: 'compare', root: 'ab'.repeat(32), tasks: [] })
    for (let ticket = 0; ticket < 8; ticket++) requests.happen({ kind: 'requested', ticket, from: 'carol', bytes: Uint8Array.of(9) })
    requests.beat(60)
    expect(kinds(requests, 'request')).toBe(0)
  })

  test('forgets the agreement of those who left', () => {
    const world = createWorld({}, ['carol', 'dave'])
    world.answer = () => ({ kind: 'compare', root: rootOf(new Map()), tasks: [] })
    world.beat(10)
    expect([...world.state.sync.agreed].sort()).toEqual(['carol', 'dave'])
    // The list of neighbours alone, so that nothing else clears it.
    const before = world.state.sync.agreed
    world.happen({ kind: 'neighbours', neighbours: [{ peer: 'dave', kind: 'island', transport: 'memory' }] })
    expect(before.has('carol')).toBe(false)
    expect(countersOf(world.state).sizes.neighbours).toBe(1)
  })
})
