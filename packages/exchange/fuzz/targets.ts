// Every decoder of this package and of `evolve` that a stranger's bytes reach, with good bytes for each.

import { algorithmNames, createSearch, decodeGenotype, decodeSearch, evaluate, type AlgorithmName } from '@megabrain/evolve'
import { alice, bob, signClaim, START, statementFor, testRealm } from '../fixtures/world.ts'
import { sampleGenotype, xor } from '../fixtures/xor.ts'
import { entryFromRows, restoreEntries, rowsOf } from '../src/archive/archive-rows.ts'
import { hexText } from '../src/bytes/text.ts'
import { CLAIM_PURPOSE, decodeClaim } from '../src/claim/claim-codec.ts'
import { decodeEnvelope } from '../src/claim/envelope.ts'
import { MAX_ANNOUNCEMENT_BYTES, MAX_MEMBERSHIP_BYTES, MAX_REALM_BYTES } from '../src/limits.ts'
import { decodeMembership, encodeMembership } from '../src/membership/message.ts'
import { decodeRealm, encodeRealm, realmMessage } from '../src/realm/realm-codec.ts'
import { decodeAnswer, decodeRequest, encodeAnswer, encodeRequest } from '../src/wire/messages.ts'
import type { Target } from './fuzz.ts'
import { decoderTarget } from './decoder-target.ts'
import { memberTargets } from './member-targets.ts'
import { recordTargets } from './record-targets.ts'
import { modelTargets } from './model-targets.ts'
import { goldenBytes } from './seeds.ts'
import { shardingTargets } from './sharding-targets.ts'

/** Inputs of most targets are short, as they are on the wire; that large ones cost in proportion is measured apart. */
const SHORT_BYTES = 2_048
const LONGEST_CLAIM = MAX_ANNOUNCEMENT_BYTES + 16

export function targets(): readonly Target[] {
  const samples = [sampleGenotype(1), sampleGenotype(2, 3), sampleGenotype(3, 12)]
  const claims = samples.map((sample, i) => {
    const parents = samples.slice(0, i).map(({ cid }) => cid)
    const lineage = i === 0 ? {} : { parents, operators: ['add-link', 'add-neuron'], license: 'MIT' }
    return signClaim(statementFor(sample, bob, START, lineage), bob)
  })
  const bodies = samples.map((sample) => sample.body)
  const realm = testRealm()
  const realmBytes = encodeRealm(realm, alice.signAsOwnerNow(realmMessage(realm)))
  const decoded = decodeClaim(claims[0]!)
  if (!decoded.ok) throw new RangeError(`The first claim must decode, got ${decoded.reason}`)
  const { body, fingerprint, links } = samples[0]!
  const rows = rowsOf({ claim: decoded.value.claim, envelope: claims[0]!, body, fingerprint, links })
  const heads = [3, 17, 255].map((niche) => ({ niche, fitness: niche * 1_000, id: hexText(body.subarray(0, 8)) }))
  const compare = { kind: 'compare', root: 'cd'.repeat(32), tasks: [{ task: 'xor', evaluator: 'ab'.repeat(32), heads }] } as const

  const requests = [
    encodeRequest({ kind: 'pull', digest: new Uint8Array(32).fill(7) }),
    encodeRequest({ kind: 'compare', root: 'ab'.repeat(32) }),
    encodeRequest({ kind: 'offer', claims, wants: [hexText(body.subarray(0, 8))] }),
    encodeRequest({ kind: 'evaluate', task: 'xor', evaluator: 'ab'.repeat(32), episodes: 'public', deadlineMs: 5_000, bodies }),
    encodeRequest({ kind: 'model', content: Uint8Array.of(1, 2, 3) }),
  ]
  const answers = [encodeAnswer({ kind: 'pull', body }), encodeAnswer(compare), encodeAnswer({ kind: 'offer', claims })]
  answers.push(encodeAnswer({ kind: 'evaluate', results: [{ ok: true, fitness: 700_000, fingerprint: 9 }, { ok: false, reason: 'malformed' }] }))

  return [
    decoderTarget('genotype', { weight: 20, maxBytes: SHORT_BYTES, seeds: bodies, decode: decodeGenotype, magicBytes: 5 }),
    decoderTarget('claim', { weight: 20, maxBytes: LONGEST_CLAIM, seeds: claims, decode: decodeClaim }),
    decoderTarget('envelope', {
      weight: 8, maxBytes: LONGEST_CLAIM, seeds: claims, decode: (bytes) => decodeEnvelope(CLAIM_PURPOSE, bytes),
    }),
    decoderTarget('realm', { weight: 10, maxBytes: MAX_REALM_BYTES + 16, seeds: [realmBytes], decode: decodeRealm }),
    decoderTarget('request', { weight: 15, maxBytes: SHORT_BYTES, seeds: requests, decode: decodeRequest }),
    decoderTarget('membership', { weight: 4, maxBytes: MAX_MEMBERSHIP_BYTES + 16, seeds: membershipSeeds(), decode: decodeMembership }),
    decoderTarget('answer', { weight: 15, maxBytes: SHORT_BYTES, seeds: answers, decode: decodeAnswer }),
    decoderTarget('archive row', {
      weight: 5,
      maxBytes: 1_024,
      seeds: [rows[0]!.value!],
      decode(bytes) {
        restoreEntries([{ key: rows[0]!.key, value: bytes }, { key: rows[1]!.key, value: body }])
        return entryFromRows(bytes, body)
      },
    }),
    decoderTarget('checkpoint', {
      weight: 2, maxBytes: 65_536, seeds: algorithmNames.flatMap(checkpoints), decode: decodeSearch, magicBytes: 5,
    }),
    ...recordTargets(goldenBytes()),
    ...modelTargets(),
    ...shardingTargets(),
    ...memberTargets({ announcements: claims, requests, answers }),
  ]
}

function membershipSeeds(): readonly Uint8Array[] {
  const peers = ['a', 'b', 'c'].map((letter) => letter.repeat(52))
  const updates = peers.map((peer, at) => ({ peer, finding: at === 0 ? 'suspect' : 'alive', incarnation: at } as const))
  return [
    encodeMembership({ kind: 'ping', sequence: 7, incarnation: 0, updates }),
    encodeMembership({ kind: 'ask', target: peers[0]!, sequence: 2 ** 32 - 1, incarnation: 3, updates: [] }),
    encodeMembership({ kind: 'nack', sequence: 1, incarnation: 1, updates }),
  ]
}

/** Small searches at three moments: before anything, while candidates are out, and after some generations. */
function checkpoints(algorithm: AlgorithmName): readonly Uint8Array[] {
  let search = createSearch({ algorithm, task: xor, seed: 5, settings: algorithm === 'neat' ? { size: 6 } : {} })
  const bytes = [search.encode()]
  for (let round = 0; round < 4; round++) {
    const asked = search.ask()
    if (round === 2) bytes.push(asked.search.encode())
    search = asked.search.tell(asked.candidates.map(({ genotype }) => evaluate(xor, genotype)))
  }
  return [...bytes, search.encode()]
}
