import { describe, expect, test } from 'vitest'
import { carol, createWorld, signClaim, START, statementFor, testRealm, type World } from '../../fixtures/world.ts'
import { EVALUATOR, sampleGenotype, type Sample } from '../../fixtures/xor.ts'
import { headOf } from '../archive/heads.ts'
import { nicheNumber } from '../archive/niche.ts'
import { decodeClaim } from '../claim/claim-codec.ts'
import { decodeRequest } from '../wire/messages.ts'
import { countersOf, entriesOf } from './member.ts'
import { realmId } from '../realm/realm.ts'
import type { Subscription } from './subscription.ts'

const pulls = (world: World): number => world.effects.filter((effect) => {
  const request = effect.kind === 'request' ? decodeRequest(effect.bytes) : undefined
  return request?.ok === true && request.value.kind === 'pull'
}).length

const nicheOfSample = ({ fingerprint, links }: Sample): number => nicheNumber(fingerprint, links)

describe('a subscription', () => {
  const sample = sampleGenotype(1)
  const claimOf = (change: Parameters<typeof statementFor>[3] = {}): Uint8Array =>
    signClaim(statementFor(sample, carol, START, { niche: nicheOfSample(sample), ...change }), carol)

  test.each<[string, Subscription]>([
    ['of other tasks', { tasks: ['double-pole'] }],
    ['of higher fitness', { minFitness: { xor: sample.fitness + 1 } }],
    ['of other niches', { niches: [(nicheOfSample(sample) + 1) % 256] }],
  ])('%s lets a claim pass on without pulling its body', (_, subscription) => {
    const world = createWorld({ subscription })
    world.bodies.set(sample.cid, sample.body)
    expect(world.deliver(claimOf())).toBe('forward')
    expect(pulls(world)).toBe(0)
    expect(world.refusals()).toEqual([])
    expect(countersOf(world.state).filtered).toBe(1)
  })

  test('that the claim is within, or of niches when it tells none, pulls', () => {
    for (const [subscription, change] of [
      [{ tasks: ['xor'], minFitness: { xor: sample.fitness }, niches: [nicheOfSample(sample)] }, {}],
      [{ niches: [] }, { niche: undefined }],
    ] as const) {
      const world = createWorld({ subscription })
      world.bodies.set(sample.cid, sample.body)
      world.deliver('niche' in change ? signClaim(statementFor(sample, carol, START), carol) : claimOf())
      expect(entriesOf(world.state)).toHaveLength(1)
    }
  })

  test('is what the realm suggests, unless a member chooses or is a relay', () => {
    const realm = testRealm({ subscription: { tasks: [], minimumFitness: sample.fitness + 1 } })
    const claim = (): Uint8Array => claimOf({ realm: realmId(realm) })
    for (const [options, count] of [[{ realm }, 0], [{ realm, subscription: {} }, 1], [{ realm, role: 'relay' }, 1]] as const) {
      const world = createWorld(options)
      world.bodies.set(sample.cid, sample.body)
      world.deliver(claim())
      expect(pulls(world)).toBe(count)
    }
  })

  test('that grows brings by synchronising what it left out before', () => {
    const world = createWorld({ subscription: { minFitness: { xor: 1_000_000 } } })
    world.bodies.set(sample.cid, sample.body)
    const envelope = claimOf()
    const decoded = decodeClaim(envelope)
    if (!decoded.ok) throw new Error(decoded.reason)
    const head = headOf({ ...sample, claim: decoded.value.claim, envelope })
    world.answer = (_, request) => {
      if (request.kind === 'compare') return { kind: 'compare', root: 'a'.repeat(64), tasks: [{ task: 'xor', evaluator: EVALUATOR, heads: [head] }] }
      if (request.kind === 'offer') return { kind: 'offer', claims: request.wants.includes(head.id) ? [envelope] : [] }
      return request.kind === 'pull' ? { kind: 'pull', body: sample.body } : undefined
    }
    world.deliver(envelope)
    world.beat(20)
    expect(pulls(world)).toBe(0)
    world.happen({ kind: 'subscribe', subscription: {} })
    world.beat(2)
    expect(entriesOf(world.state)).toHaveLength(1)
  })
})

describe('what a claim says of its niche', () => {
  test('spares the body of one that is not better than what is held there', () => {
    const world = createWorld()
    const samples = Array.from({ length: 60 }, (_, i) => sampleGenotype(i + 1)).sort((a, b) => b.fitness - a.fitness)
    const best = samples[0]!
    const worse = samples.find((other) => other !== best && nicheOfSample(other) === nicheOfSample(best) && other.fitness < best.fitness)!
    for (const { cid, body } of [best, worse]) world.bodies.set(cid, body)
    const tell = (sample: Sample): unknown => world.deliver(signClaim(statementFor(sample, carol, START, { niche: nicheOfSample(sample) }), carol))
    tell(best)
    expect(tell(worse)).toBe('ignore')
    expect(world.refusals()).toEqual(['not-better'])
    expect(pulls(world)).toBe(1)
  })

  test('must be so: another niche than the measured one is not reproduced', () => {
    const world = createWorld()
    const sample = sampleGenotype(1)
    world.bodies.set(sample.cid, sample.body)
    world.deliver(signClaim(statementFor(sample, carol, START, { niche: (nicheOfSample(sample) + 1) % 256 }), carol))
    expect(world.refusals()).toEqual(['not-reproduced'])
    expect(entriesOf(world.state)).toEqual([])
  })
})
