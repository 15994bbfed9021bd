// Every decoder of this package and of `evolve` that a stranger's bytes reach, with good bytes for each.

import { createSearch, decodeGenotype, decodeSearch, evaluate, type AlgorithmName } from '@megabrain/evolve'
import { alice, bob, signClaim, START, statementFor, testRealm } from '../fixtures/world.ts'
import { sampleGenotype, xor } from '../fixtures/xor.ts'
import { entryFromRows, restoreEntries, rowsOf } from '../src/archive/archive-rows.ts'
import { hexText } from '../src/bytes/text.ts'
import { CLAIM_PURPOSE, decodeClaim } from '../src/claim/claim-codec.ts'
import { decodeEnvelope } from '../src/claim/envelope.ts'
import { MAX_ANNOUNCEMENT_BYTES, MAX_REALM_BYTES } from '../src/limits.ts'
import { decodeRealm, encodeRealm, realmMessage } from '../src/realm/realm-codec.ts'
import { decodeAnswer, decodeRequest, encodeAnswer, encodeRequest } from '../src/wire/messages.ts'
import type { Target } from './fuzz.ts'
import { memberTargets } from './member-targets.ts'

type Result = { readonly ok: true } | { readonly ok: false; readonly reason: string }

/** A decoder that returns a result; anything else that it returns is a finding. */
function decoder(
  name: string, weight: number, maxBytes: number, seeds: readonly Uint8Array[], decode: (bytes: Uint8Array) => Result, magicBytes = 0,
): Target {
  return {
    name,
    magicBytes,
    weight,
    maxBytes,
    seeds,
    read(bytes) {
      const result = decode(bytes)
      if (result.ok === true) return 'ok'
      if (result.ok === false && typeof result.reason === 'string' && result.reason !== '') return result.reason
      throw new TypeError(`no result but ${JSON.stringify(result)}`)
    },
  }
}

/** Inputs of most targets are short, as they are on the wire; that large ones cost in proportion is measured apart. */
const SHORT_BYTES = 2_048

export function targets(): readonly Target[] {
  const samples = [sampleGenotype(1), sampleGenotype(2, 3), sampleGenotype(3, 12)]
  const claims = samples.map((sample, i) => {
    const parents = samples.slice(0, i).map(({ cid }) => cid)
    const lineage = i === 0 ? {} : { parents, operators: ['add-link', 'add-neuron'], license: 'MIT' }
    return signClaim(statementFor(sample, bob, START, lineage), bob)
  })
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
  ]
  const answers = [encodeAnswer({ kind: 'pull', body }), encodeAnswer(compare), encodeAnswer({ kind: 'offer', claims })]

  return [
    decoder('genotype', 20, SHORT_BYTES, samples.map((sample) => sample.body), decodeGenotype, 5),
    decoder('claim', 20, MAX_ANNOUNCEMENT_BYTES + 16, claims, decodeClaim),
    decoder('envelope', 8, MAX_ANNOUNCEMENT_BYTES + 16, claims, (bytes) => decodeEnvelope(CLAIM_PURPOSE, bytes)),
    decoder('realm', 10, MAX_REALM_BYTES + 16, [realmBytes], decodeRealm),
    decoder('request', 15, SHORT_BYTES, requests, decodeRequest),
    decoder('answer', 15, SHORT_BYTES, answers, decodeAnswer),
    decoder('archive row', 5, 1_024, [rows[0]!.value!], (bytes) => {
      restoreEntries([{ key: rows[0]!.key, value: bytes }, { key: rows[1]!.key, value: body }])
      return entryFromRows(bytes, body)
    }),
    decoder('checkpoint', 2, 65_536, (['neat', 'memetic', 'map-elites'] as const).flatMap(checkpoints), decodeSearch, 5),
    ...memberTargets({ announcements: claims, requests, answers }),
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
