import { cidOf, createRandom } from '@megabrain/evolve'
import { describe, expect, test } from 'vitest'
import { createTestKeys, type TestKeys } from '../../fixtures/ed25519.ts'
import { createWorld, signClaim, START, statementFor, type World } from '../../fixtures/world.ts'
import { sampleGenotype, type Sample } from '../../fixtures/xor.ts'
import { claimMessage, CLAIM_PURPOSE, encodeClaim } from '../claim/claim-codec.ts'
import { decodeEnvelope, encodeEnvelope, envelopeMessage } from '../claim/envelope.ts'
import { hexText } from '../bytes/text.ts'
import { joinBytes } from '../bytes/compare.ts'
import { entriesOf } from './member.ts'

const FORGERIES = 10_000
const AUTHORS = 400

interface Forgery {
  readonly name: string
  /** The refusals that fit, any one of them. */
  readonly reasons: readonly string[]
  forge(carol: TestKeys, sample: Sample, time: number, random: ReturnType<typeof createRandom>, world: World): Uint8Array | readonly Uint8Array[]
}

const decodingFaults = ['malformed', 'unknown-version', 'wrong-realm', 'unknown-task', 'bad-signature']

/** A valid claim whose signature was made over other bytes. */
function signedOver(message: Uint8Array, statement: ReturnType<typeof statementFor>, keys: TestKeys): Uint8Array {
  return encodeClaim(statement, keys.delegation, keys.signNow(message))
}

/** A truly signed envelope around an altered payload. */
function resigned(claim: Uint8Array, keys: TestKeys, change: (payload: Uint8Array) => Uint8Array): Uint8Array {
  const envelope = decodeEnvelope(CLAIM_PURPOSE, claim)
  if (!envelope.ok) throw new RangeError('The claim to forge must be valid')
  const payload = change(envelope.value.payload)
  return encodeEnvelope(CLAIM_PURPOSE, { key: keys.device, payload, signature: keys.signNow(envelopeMessage(CLAIM_PURPOSE, payload)) })
}

const forgeries: readonly Forgery[] = [
  {
    name: 'inflated fitness',
    reasons: ['not-reproduced'],
    forge: (carol, sample, time, random) => signClaim(statementFor(sample, carol, time, { fitness: sample.fitness + 1 + random.integer(1_000_000 - sample.fitness) }), carol),
  },
  {
    name: 'deflated fitness',
    reasons: ['not-reproduced'],
    forge: (carol, sample, time) => signClaim(statementFor(sample, carol, time, { fitness: sample.fitness - 1 }), carol),
  },
  {
    name: 'one flipped bit',
    reasons: decodingFaults,
    forge(carol, sample, time, random) {
      const bytes = signClaim(statementFor(sample, carol, time), carol)
      const at = random.integer(bytes.length)
      return bytes.map((byte, i) => (i === at ? byte ^ (1 << random.integer(8)) : byte))
    },
  },
  {
    name: 'another device key in the envelope',
    reasons: ['bad-signature'],
    forge(carol, sample, time) {
      const honest = statementFor(sample, carol, time)
      const stolen = { ...honest, device: hexText(createTestKeys('victim').device) }
      return encodeClaim(stolen, carol.delegation, carol.signNow(claimMessage(stolen, carol.delegation)))
    },
  },
  {
    name: 'another author in the claim',
    reasons: ['bad-signature'],
    forge: (carol, sample, time) => signClaim(statementFor(sample, carol, time, { author: hexText(createTestKeys('victim').owner) }), carol),
  },
  {
    name: 'a delegation for another device',
    reasons: ['bad-signature'],
    forge(carol, sample, time) {
      const { delegation } = createTestKeys('victim')
      const statement = statementFor(sample, carol, time, { author: hexText(createTestKeys('victim').owner) })
      return encodeClaim(statement, delegation, carol.signNow(claimMessage(statement, delegation)))
    },
  },
  {
    name: 'another realm',
    reasons: ['wrong-realm'],
    forge: (carol, sample, time) => signClaim(statementFor(sample, carol, time, { realm: 'd'.repeat(64) }), carol),
  },
  {
    name: 'a signature from another domain',
    reasons: ['bad-signature'],
    forge(carol, sample, time) {
      const statement = statementFor(sample, carol, time)
      const claim = signClaim(statement, carol)
      const envelope = decodeEnvelope(CLAIM_PURPOSE, claim)
      const message = envelopeMessage({ ...CLAIM_PURPOSE, domain: 'megabrain-realm' }, envelope.ok ? envelope.value.payload : claim)
      return signedOver(message, statement, carol)
    },
  },
  {
    name: 'truncated',
    reasons: ['malformed'],
    forge(carol, sample, time, random) {
      const bytes = signClaim(statementFor(sample, carol, time), carol)
      return bytes.subarray(0, random.integer(bytes.length))
    },
  },
  {
    name: 'oversized',
    reasons: ['too-large'],
    forge: (carol, sample, time, random) => joinBytes([signClaim(statementFor(sample, carol, time), carol), new Uint8Array(512 + random.integer(100_000))]),
  },
  {
    name: 'trailing bytes',
    reasons: ['malformed'],
    forge: (carol, sample, time, random) => joinBytes([signClaim(statementFor(sample, carol, time), carol), Uint8Array.of(random.integer(256))]),
  },
  {
    name: 'random bytes',
    reasons: ['malformed', 'too-large'],
    forge: (_carol, _sample, _time, random) => Uint8Array.from({ length: random.integer(600) }, () => random.integer(256)),
  },
  {
    name: 'a payload with an unknown field, truly signed',
    reasons: ['malformed'],
    forge: (carol, sample, time) => resigned(signClaim(statementFor(sample, carol, time), carol), carol, (payload) => joinBytes([payload, Uint8Array.of(0x80, 0x01, 0x01)])),
  },
  {
    name: 'a payload of a future version, truly signed',
    reasons: ['unknown-version'],
    forge: (carol, sample, time) => resigned(signClaim(statementFor(sample, carol, time), carol), carol, (payload) => payload.map((byte, i) => (i === 1 ? 9 : byte))),
  },
  {
    name: 'a task that nobody here can re-run',
    reasons: ['unknown-task'],
    forge: (carol, sample, time, random) =>
      signClaim(statementFor(sample, carol, time, random.integer(2) === 0 ? { task: 'chess' } : { evaluator: 'f'.repeat(64) }), carol),
  },
  {
    name: 'the very same bytes again',
    reasons: ['duplicate'],
    forge(carol, sample, time) {
      const bytes = signClaim(statementFor(sample, carol, time, { fitness: sample.fitness + 1 }), carol)
      return [bytes, bytes]
    },
  },
  {
    name: 'a sequence number for the second time',
    reasons: ['replayed'],
    forge(carol, sample, time) {
      const first = statementFor(sample, carol, time, { fitness: sample.fitness + 1 })
      return [signClaim(first, carol), signClaim({ ...first, generation: 2 }, carol)]
    },
  },
  {
    name: 'a time far from ours',
    reasons: ['replayed'],
    forge: (carol, sample, time, random) => signClaim(statementFor(sample, carol, time + (random.integer(2) * 2 - 1) * (600_001 + random.integer(1_000_000_000))), carol),
  },
  {
    name: 'a body that is another genotype',
    reasons: ['wrong-content'],
    forge(carol, sample, time, random, world) {
      world.bodies.set(sample.cid, sampleGenotype(random.integer(1_000_000) + 1_000_000).body)
      return signClaim(statementFor(sample, carol, time), carol)
    },
  },
  {
    name: 'a body that nobody has',
    reasons: ['unavailable'],
    forge(carol, sample, time, _random, world) {
      world.bodies.delete(sample.cid)
      return signClaim(statementFor(sample, carol, time), carol)
    },
  },
  {
    name: 'a body that is no genotype',
    reasons: ['malformed'],
    forge(carol, sample, time, random, world) {
      const body = joinBytes([sample.body, Uint8Array.of(random.integer(256))])
      world.bodies.set(cidOf(body), body)
      return signClaim(statementFor({ ...sample, cid: cidOf(body) }, carol, time), carol)
    },
  },
  {
    name: 'a genotype beyond the realm\'s caps',
    reasons: ['over-limits'],
    forge(carol, _sample, time, random, world) {
      const large = sampleGenotype(random.integer(1_000_000), 10)
      world.bodies.set(large.cid, large.body)
      return signClaim(statementFor(large, carol, time), carol)
    },
  },
]

describe('forged claims', () => {
  test(`${FORGERIES} of them are all refused, each with a reason that fits, and honest ones are still admitted`, { timeout: 60_000 }, () => {
    const random = createRandom(4)
    const authors = Array.from({ length: AUTHORS }, (_, i) => createTestKeys(`carol-${i}`))
    const base = createWorld()
    const { realm } = base.state.options
    const world = createWorld({ realm: { ...realm, limits: { ...realm.limits, maxLinks: 12 } } })
    const outcomes = new Map<string, number>()
    let refused = 0
    let honest = 0

    for (let i = 0; i < FORGERIES; i++) {
      // Authors come round again only after their rates and strikes are forgiven.
      world.now += 30_000
      const forgery = forgeries[i % forgeries.length]!
      const carol = authors[i % AUTHORS]!
      const sample = sampleGenotype(i)
      world.bodies.clear()
      world.bodies.set(sample.cid, sample.body)
      world.refusals()
      const before = entriesOf(world.state).length
      world.effects.length = 0
      const bytes = forgery.forge(carol, sample, world.now, random, world)
      const parts = bytes instanceof Uint8Array ? [bytes] : bytes
      for (const part of parts) world.deliver(part)
      for (let beats = 0; beats < 12 && world.state.pulls.size > 0; beats++) world.beat()
      const reasons = world.refusals()
      const fits = reasons.length > 0 && forgery.reasons.includes(reasons.at(-1)!)
      if (!fits) throw new Error(`${forgery.name} (number ${i}): refused as [${reasons.join(', ')}], wanted ${forgery.reasons.join(' or ')}`)
      expect(world.effects.some(({ kind }) => kind === 'keep' || kind === 'immigrate'), forgery.name).toBe(false)
      expect(entriesOf(world.state).length).toBe(before)
      refused++
      outcomes.set(reasons.at(-1)!, (outcomes.get(reasons.at(-1)!) ?? 0) + 1)

      if (i % 250 === 0) {
        const champion = sampleGenotype(10_000_000 + i)
        world.bodies.set(champion.cid, champion.body)
        expect(world.deliver(signClaim(statementFor(champion, authors[(i + 7) % AUTHORS]!, world.now), authors[(i + 7) % AUTHORS]!))).toMatch(/forward|ignore/)
        honest++
      }
    }
    expect(refused).toBe(FORGERIES)
    expect(world.state.counters.admitted + (world.state.counters.refused.get('not-better') ?? 0)).toBe(honest)
    expect(world.state.counters.admitted).toBeGreaterThan(0)
    expect(world.now).toBeGreaterThan(START)
    for (const reason of ['too-large', 'malformed', 'unknown-version', 'wrong-realm', 'unknown-task', 'bad-signature', 'duplicate', 'replayed', 'unavailable', 'wrong-content', 'over-limits', 'not-reproduced']) {
      expect(outcomes.get(reason) ?? 0, reason).toBeGreaterThan(100)
    }
  })
})
