import { describe, expect, test } from 'vitest'
import { alice, carol, createWorld, signClaim, START, statementFor, testRealm, type World } from '../../fixtures/world.ts'
import { measure, sampleGenotype, type Sample } from '../../fixtures/xor.ts'
import { digestOfCid } from '../claim/cid-digest.ts'
import { decodeClaim, type Statement } from '../claim/claim-codec.ts'
import { headId, headsOf, rootOf } from '../archive/heads.ts'
import { nichesOf } from '../archive/niches.ts'
import { nicheOf } from '../archive/niche.ts'
import type { Entry } from '../archive/entry.ts'
import { realmId } from '../realm/realm.ts'
import { decodeAnswer, encodeRequest, type Request } from '../wire/messages.ts'
import { bestEntry, countersOf, entriesOf } from './member.ts'
import { createMember } from './state.ts'

/** Samples in one niche, the worst first. */
function rivals(count: number): readonly Sample[] {
  const groups = new Map<string, Sample[]>()
  for (let number = 0; ; number++) {
    const sample = sampleGenotype(number)
    const niche = nicheOf({ claim: { task: 'xor', evaluator: 'e'.repeat(64) }, fingerprint: sample.fingerprint, links: sample.links })
    const group = groups.get(niche) ?? []
    if (!group.some(({ fitness }) => fitness === sample.fitness)) group.push(sample)
    groups.set(niche, group)
    if (group.length === count) return group.sort((a, b) => a.fitness - b.fitness)
  }
}

function find(world: World, sample: Sample): void {
  const { body, fitness, fingerprint } = sample
  world.happen({ kind: 'found', discovery: { task: 'xor', body, fitness, fingerprint, generation: 1, parents: [], operators: [] } })
}

/** An entry as an archive holds it, by carol. */
function entryOf(sample: Sample, time = START, change: Partial<Statement> = {}): Entry {
  const envelope = signClaim(statementFor(sample, carol, time, change), carol)
  const decoded = decodeClaim(envelope)
  if (!decoded.ok) throw new Error(decoded.reason)
  return { claim: decoded.value.claim, envelope, body: sample.body, fingerprint: sample.fingerprint, links: sample.links }
}

const isDigestOf = (cid: string, digest: Uint8Array): boolean => digestOfCid(cid)!.every((byte, at) => byte === digest[at])
const kinds = (world: World, kind: string): number => world.effects.filter((effect) => effect.kind === kind).length

describe('admission', () => {
  test('forwards before it pulls, measures before it keeps, and tells the population', () => {
    const world = createWorld()
    const sample = sampleGenotype(1)
    world.bodies.set(sample.cid, sample.body)
    expect(world.deliver(signClaim(statementFor(sample, carol, START), carol))).toBe('forward')
    const order = world.effects.map(({ kind }) => kind).filter((kind) => kind !== 'notice')
    expect(order).toEqual(['check-signature', 'verdict', 'request', 'measure', 'keep', 'immigrate', 'store'])
    expect(bestEntry(world.state, 'xor')?.claim.genotype).toBe(sample.cid)
    expect(countersOf(world.state)).toMatchObject({ admitted: 1, forwarded: 1, pulled: 1, measured: 1, immigrated: 1 })
  })

  test('gives its verdict while the evaluator rests', () => {
    const world = createWorld()
    world.holdMeasurements = true
    for (let i = 0; i < 10; i++) {
      const sample = sampleGenotype(i)
      world.bodies.set(sample.cid, sample.body)
      expect(world.deliver(signClaim(statementFor(sample, carol, START), carol))).toBe('forward')
    }
    expect(entriesOf(world.state)).toEqual([])
    expect(kinds(world, 'measure')).toBe(4)
  })

  test('blames the neighbour for what it could have known, and nobody for the rest', () => {
    const world = createWorld()
    const honest = signClaim(statementFor(sampleGenotype(1), carol, START), carol)
    expect(world.deliver(new Uint8Array(513))).toBe('reject')
    expect(world.deliver(honest.subarray(1))).toBe('reject')
    expect(world.deliver(signClaim(statementFor(sampleGenotype(1), carol, START, { realm: 'a'.repeat(64) }), carol))).toBe('reject')
    expect(world.deliver(signClaim(statementFor(sampleGenotype(1), alice, START), carol))).toBe('reject')
    expect(world.deliver(signClaim(statementFor(sampleGenotype(1), carol, START, { task: 'chess' }), carol))).toBe('ignore')
    expect(world.deliver(signClaim(statementFor(sampleGenotype(1), carol, START - 700_000), carol))).toBe('ignore')
    expect(world.refusals()).toEqual(['too-large', 'malformed', 'wrong-realm', 'bad-signature', 'unknown-task', 'replayed'])
  })

  test('never pulls a body twice: a second claim of a measured genotype is judged at once', () => {
    const world = createWorld()
    const sample = sampleGenotype(1)
    world.bodies.set(sample.cid, sample.body)
    world.deliver(signClaim(statementFor(sample, carol, START), carol))
    world.deliver(signClaim(statementFor(sample, alice, START, { fitness: 999_999 }), alice))
    world.deliver(signClaim(statementFor(sample, alice, START), alice))
    expect(kinds(world, 'request')).toBe(1)
    expect(kinds(world, 'measure')).toBe(1)
    expect(world.refusals()).toContain('not-reproduced')
  })

  test('asks the announcer first, then others, and excludes who gives other bytes', () => {
    const world = createWorld({}, ['carol', 'dave', 'erin'])
    const sample = sampleGenotype(1)
    const asked: string[] = []
    world.answer = (to, request) => {
      if (request.kind !== 'pull') return undefined
      asked.push(to)
      if (to === 'dave') return { kind: 'pull', body: sampleGenotype(2).body }
      return asked.length > 3 && to === 'erin' ? { kind: 'pull', body: sample.body } : undefined
    }
    world.deliver(signClaim(statementFor(sample, carol, START), carol), 'dave')
    world.beat(10)
    expect(asked[0]).toBe('dave')
    expect(asked.filter((peer) => peer === 'dave')).toHaveLength(1)
    expect(bestEntry(world.state, 'xor')?.claim.genotype).toBe(sample.cid)
  })

  test('refuses a liar as banned after three strikes, and forgives', () => {
    const world = createWorld()
    const lie = (number: number): string | undefined => {
      const sample = sampleGenotype(number)
      world.bodies.set(sample.cid, sample.body)
      world.deliver(signClaim(statementFor(sample, carol, world.now, { fitness: 1_000_000 }), carol))
      return world.refusals().at(-1)
    }
    expect([lie(1), lie(2), lie(3), lie(4)]).toEqual(['not-reproduced', 'not-reproduced', 'not-reproduced', 'banned'])
    world.now += 700_000
    expect(lie(5)).toBe('not-reproduced')
    expect(lie(6)).toBe('banned')
  })

  test('hears and answers a peer that the mesh has not told of yet', () => {
    const world = createWorld({}, [])
    const sample = sampleGenotype(1)
    world.bodies.set(sample.cid, sample.body)
    expect(world.deliver(signClaim(statementFor(sample, carol, START), carol), 'carol')).toBe('forward')
    world.happen({ kind: 'requested', ticket: 1, from: 'carol', bytes: encodeRequest({ kind: 'compare', root: '0'.repeat(64) }) })
    expect(kinds(world, 'respond')).toBe(1)
    world.happen({ kind: 'neighbours', neighbours: [{ peer: 'carol', kind: 'island', transport: 'memory' }] })
    world.beat(2)
    expect(world.refusals()).toEqual([])
    expect(bestEntry(world.state, 'xor')?.claim.genotype).toBe(sample.cid)
  })

  test('takes a large archive as fast as its evaluator goes, and refuses nothing of it', () => {
    const tasks = ['xor', 'parity', 'adder']
    const realm = testRealm({ tasks })
    const evaluator = 'e'.repeat(64)
    const world = createWorld({ realm, evaluators: Object.fromEntries(tasks.map((task) => [task, evaluator])) }, ['carol', 'dave'])
    const entries = Array.from({ length: 240 }, (_, number) => {
      const change = { realm: realmId(realm), task: tasks[number % 3]!, evaluator }
      return entryOf({ ...sampleGenotype(number), fingerprint: number }, START, change)
    })
    const measurements = new Map(entries.map(({ claim, body, fingerprint, links }) => (
      [body.join(), { ok: true, fitness: claim.fitness, fingerprint, links } as const])))
    const niches = nichesOf(entries)
    expect(niches.size).toBeGreaterThan(60)
    for (const { claim, body } of entries) world.bodies.set(claim.genotype, body)
    const heads = headsOf(niches)
    const byHead = new Map([...niches.values()].map((entry) => [headId(entry.claim.id), entry]))
    world.answer = (_, request) => {
      if (request.kind === 'compare') return { kind: 'compare', root: rootOf(niches), tasks: heads }
      if (request.kind === 'offer') return { kind: 'offer', claims: request.wants.map((want) => byHead.get(want)!.envelope) }
      if (request.kind !== 'pull') return undefined
      return { kind: 'pull', body: [...niches.values()].find(({ claim }) => isDigestOf(claim.genotype, request.digest))!.body }
    }
    world.holdMeasurements = true
    let answered = 0
    for (let beats = 0; beats < 240 && entriesOf(world.state).length < niches.size; beats++) {
      world.beat()
      const waiting = world.effects.filter((effect) => effect.kind === 'measure')[answered]
      if (waiting === undefined) continue
      answered++
      world.happen({ kind: 'measured', ticket: waiting.ticket, measurement: measurements.get(waiting.body.join())! })
    }
    expect(world.refusals()).toEqual([])
    expect(entriesOf(world.state)).toHaveLength(niches.size)
  })

  test('limits the rate of an author and of a neighbour', () => {
    const world = createWorld()
    for (let i = 0; i < 20; i++) world.deliver(signClaim(statementFor(sampleGenotype(i), carol, START), carol))
    expect(world.refusals().filter((reason) => reason === 'too-many')).toHaveLength(10)
    const bytes = signClaim(statementFor(sampleGenotype(99), alice, START), alice)
    for (let i = 0; i < 300; i++) world.deliver(bytes.map((byte, at) => (at === 300 + (i & 63) ? byte ^ (1 + (i >> 6)) : byte)))
    expect(kinds(world, 'check-signature')).toBeLessThanOrEqual(256)
  })

  test('takes a claim out of order, but not far back', () => {
    const world = createWorld()
    const statements = Array.from({ length: 40 }, (_, i) => statementFor(sampleGenotype(i), carol, START))
    world.deliver(signClaim(statements[39]!, carol))
    world.deliver(signClaim(statements[20]!, carol))
    world.deliver(signClaim(statements[2]!, carol))
    expect(world.refusals().filter((reason) => reason === 'replayed')).toHaveLength(1)
  })

  test('survives a clock that jumps in both directions', () => {
    const world = createWorld()
    for (const jump of [0, 3_600_000, -7_200_000, 315_360_000_000, -400_000_000_000]) {
      world.now += jump
      const sample = sampleGenotype(Math.abs(jump) % 1_000)
      world.bodies.set(sample.cid, sample.body)
      world.deliver(signClaim(statementFor(sample, carol, world.now), carol))
      world.beat(3)
    }
    expect(entriesOf(world.state).length).toBeGreaterThan(0)
  })
})

describe('publishing', () => {
  test('a fresh island\'s first champion goes out at once, signed, kept and named', () => {
    const world = createWorld()
    find(world, sampleGenotype(1))
    expect(kinds(world, 'publish')).toBe(1)
    expect(kinds(world, 'keep')).toBe(1)
    expect(kinds(world, 'immigrate')).toBe(0)
    const published = world.effects.find((effect) => effect.kind === 'publish')!
    const decoded = decodeClaim(published.kind === 'publish' ? published.bytes : new Uint8Array(0))
    expect(decoded.ok && decoded.value.claim.fitness).toBe(sampleGenotype(1).fitness)
  })

  test('a flood of improvements becomes a few claims, and the best one always goes out', () => {
    const world = createWorld()
    const flood = rivals(40)
    for (const sample of flood) {
      find(world, sample)
      world.now += 100
      world.happen({ kind: 'heartbeat' })
    }
    world.beat(30)
    expect(kinds(world, 'publish')).toBeLessThanOrEqual(10)
    expect(bestEntry(world.state, 'xor')?.claim.genotype).toBe(flood.at(-1)!.cid)
  })

  test('what does not improve its niche, or is below the threshold, stays at home', () => {
    const [worse, better] = rivals(2)
    const world = createWorld()
    find(world, better!)
    find(world, worse!)
    find(world, better!)
    world.beat(20)
    expect(kinds(world, 'publish')).toBe(1)
    const strict = createWorld({ realm: testRealm({ threshold: 1_000_000 }) })
    find(strict, better!)
    strict.beat(5)
    expect(kinds(strict, 'publish')).toBe(0)
  })

  test('sequence numbers go on after a restart, with or without an archive', () => {
    const world = createWorld()
    find(world, sampleGenotype(1))
    const [entry] = entriesOf(world.state)
    expect(createMember({ ...world.state.options, entries: [entry!] }).publish.sequence).toBe(entry!.claim.sequence)
    const later = createWorld()
    later.now = START + 5_000
    find(later, sampleGenotype(2))
    expect(entriesOf(later.state)[0]!.claim.sequence).toBeGreaterThan(entry!.claim.sequence)
  })

  test('a relay finds nothing and hands nothing to a population', () => {
    const relay = createWorld({ role: 'relay' })
    const sample = sampleGenotype(1)
    relay.bodies.set(sample.cid, sample.body)
    relay.deliver(signClaim(statementFor(sample, carol, START), carol))
    expect(kinds(relay, 'keep')).toBe(1)
    expect(kinds(relay, 'immigrate')).toBe(0)
  })
})

describe('anti-entropy', () => {
  /** A neighbour with an archive of its own, played by hand. */
  function neighbourWith(entries: readonly Entry[]): (to: string, request: Request) => ReturnType<NonNullable<World['answer']>> {
    const niches = nichesOf(entries)
    return (_, request) => {
      if (request.kind === 'compare') return { kind: 'compare', root: rootOf(niches), tasks: headsOf(niches) }
      if (request.kind === 'offer') return { kind: 'offer', claims: entries.filter(({ claim }) => request.wants.includes(claim.id.slice(0, 16))).map(({ envelope }) => envelope) }
      if (request.kind !== 'pull') return undefined
      const body = entries.find(({ claim }) => digestIs(request.digest, claim.genotype))?.body
      return body === undefined ? undefined : { kind: 'pull', body }
    }
  }

  test('a lone newcomer gets a neighbour\'s whole archive, old claims too, and measures each', () => {
    const old = START - 30 * 86_400_000
    const entries = [...nichesOf(Array.from({ length: 40 }, (_, i) => entryOf(sampleGenotype(i), old))).values()]
    const world = createWorld()
    world.answer = neighbourWith(entries)
    world.beat(5)
    expect(entriesOf(world.state).map(({ claim }) => claim.id).sort()).toEqual(entries.map(({ claim }) => claim.id).sort())
    expect(kinds(world, 'measure')).toBe(entries.length)
    expect(kinds(world, 'publish')).toBe(0)
    expect(world.state.sync.agreed.has('carol')).toBe(true)
  })

  test('after agreement it asks every ten seconds or so, not every heartbeat', () => {
    const world = createWorld()
    world.answer = neighbourWith([])
    world.beat(60)
    expect(kinds(world, 'request')).toBeLessThanOrEqual(8)
    expect(kinds(world, 'request')).toBeGreaterThanOrEqual(4)
  })

  test('a neighbour that never agrees does not keep it busy for ever', () => {
    const world = createWorld()
    const lie = entryOf(sampleGenotype(1))
    const inflated = { ...lie, claim: { ...lie.claim, id: 'a'.repeat(64), fitness: 1_000_000 } }
    world.answer = (to, request) => (request.kind === 'offer' ? { kind: 'offer', claims: [] } : neighbourWith([inflated])(to, request))
    world.beat(600)
    expect(kinds(world, 'request')).toBeLessThan(300)
    expect(entriesOf(world.state)).toEqual([])
  })

  test('it offers what the other lacks and re-announces what is fresh', () => {
    const world = createWorld({ entries: [entryOf(sampleGenotype(1))] })
    const theirs = entryOf(sampleGenotype(2))
    const offered: number[] = []
    const plain = neighbourWith([theirs])
    world.answer = (to, request) => {
      if (request.kind === 'offer') offered.push(request.claims.length)
      return plain(to, request)
    }
    world.beat(2)
    expect(offered[0]).toBe(1)
    expect(entriesOf(world.state)).toHaveLength(2)
    expect(kinds(world, 'publish')).toBe(1)
  })

  test('it answers comparisons, offers and pulls, and refuses what it does not know', () => {
    const entry = entryOf(sampleGenotype(1))
    const world = createWorld({ entries: [entry] })
    const ask = (bytes: Uint8Array): unknown => {
      world.happen({ kind: 'requested', ticket: 77, from: 'carol', bytes })
      const effect = world.effects.findLast(({ kind }) => kind === 'respond')
      return effect?.kind === 'respond' && effect.bytes !== undefined ? decodeAnswer(effect.bytes) : undefined
    }
    expect(ask(encodeRequest({ kind: 'compare', root: rootOf(world.state.niches) }))).toMatchObject({ ok: true, value: { tasks: [] } })
    expect(ask(encodeRequest({ kind: 'compare', root: '0'.repeat(64) }))).toMatchObject({ ok: true, value: { tasks: [{ task: 'xor' }] } })
    expect(ask(encodeRequest({ kind: 'offer', claims: [], wants: [entry.claim.id.slice(0, 16), 'f'.repeat(16)] }))).toEqual({ ok: true, value: { kind: 'offer', claims: [entry.envelope] } })
    expect(ask(encodeRequest({ kind: 'pull', digest: new Uint8Array(32) }))).toBeUndefined()
    expect(ask(Uint8Array.of(1, 2, 3))).toBeUndefined()
    expect(world.refusals()).toEqual(['malformed'])
  })
})

test('a restart remembers its archive and refuses what it already has', () => {
  const world = createWorld()
  const sample = sampleGenotype(1)
  world.bodies.set(sample.cid, sample.body)
  const bytes = signClaim(statementFor(sample, carol, START), carol)
  world.deliver(bytes)
  const again = createWorld({ entries: entriesOf(world.state) })
  expect(again.deliver(bytes)).toBe('ignore')
  expect(again.refusals()).toEqual(['duplicate'])
  expect(kinds(again, 'request')).toBe(0)
  expect(measure('xor', sample.body)).toMatchObject({ fitness: bestEntry(again.state, 'xor')!.claim.fitness })
})

function digestIs(digest: Uint8Array, cid: string): boolean {
  const claimed = digestOfCid(cid)!
  return claimed.every((byte, i) => byte === digest[i])
}

test('what the channel refuses by rate or age is still taken by synchronising', () => {
  const world = createWorld()
  const old = entryOf(sampleGenotype(1), START - 86_400_000)
  world.bodies.set(old.claim.genotype, old.body)
  expect(world.deliver(old.envelope)).toBe('ignore')
  world.happen({ kind: 'requested', ticket: 1, from: 'carol', bytes: encodeRequest({ kind: 'offer', claims: [old.envelope], wants: [] }) })
  expect(entriesOf(world.state)).toHaveLength(1)
  expect(world.refusals()).toEqual(['replayed'])
})
