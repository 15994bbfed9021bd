// The largest inputs that each format allows, and the most laborious: what a decoder may at most be made to allocate.

import { createGenotype, decodeGenotype, encodeGenotype, MAX_NEURONS } from '@megabrain/evolve'
import { alice, bob, signClaim, START, statementFor, testRealm } from '../fixtures/world.ts'
import { sampleGenotype } from '../fixtures/xor.ts'
import { decodeClaim } from '../src/claim/claim-codec.ts'
import {
  MAX_ANSWER_BYTES, MAX_CLAIMS_PER_MESSAGE, MAX_HEADS_PER_TASK, MAX_REQUEST_BYTES, MAX_TASKS_PER_REALM,
} from '../src/limits.ts'
import { decodeRealm, encodeRealm, realmMessage } from '../src/realm/realm-codec.ts'
import { decodeAnswer, decodeRequest, encodeAnswer, encodeRequest } from '../src/wire/messages.ts'

export interface LargeCase {
  readonly name: string
  readonly bytes: Uint8Array
  /** @returns what was decoded, or the reason why not */
  read(bytes: Uint8Array): object | string
}

type Result = { readonly ok: true; readonly value: object } | { readonly ok: false; readonly reason: string }

export function largeCases(): readonly LargeCase[] {
  const of = (decode: (bytes: Uint8Array) => Result) => (bytes: Uint8Array) => {
    const result = decode(bytes)
    return result.ok ? result.value : result.reason
  }
  const parents = [sampleGenotype(2).cid, sampleGenotype(3).cid]
  const claim = signClaim(statementFor(sampleGenotype(1), bob, START, { parents }), bob)
  const claims = Array.from({ length: MAX_CLAIMS_PER_MESSAGE }, () => claim)
  const wants = Array.from({ length: MAX_CLAIMS_PER_MESSAGE }, (_, i) => `${i}`.padStart(16, '0'))
  const heads = Array.from({ length: MAX_HEADS_PER_TASK }, (_, niche) => ({ niche, fitness: niche, id: '0123456789abcdef' }))
  const tasks = Array.from({ length: MAX_TASKS_PER_REALM }, (_, i) => ({ task: `task-${i}`, evaluator: 'ab'.repeat(32), heads }))
  const realm = testRealm({ tasks: tasks.map(({ task }) => task).sort() })
  const dense = encodeGenotype(genotypeOf(250, 40_000))
  const sparse = encodeGenotype(genotypeOf(MAX_NEURONS - 1, 10_000))
  return [
    { name: 'genotype of many links', bytes: dense, read: of(decodeGenotype) },
    { name: 'genotype of many neurons', bytes: sparse, read: of(decodeGenotype) },
    { name: 'genotype with its last weight missing', bytes: dense.subarray(0, -4), read: of(decodeGenotype) },
    { name: 'genotype whose last weight is NaN', bytes: withNaN(dense), read: of(decodeGenotype) },
    { name: 'claim', bytes: claim, read: of(decodeClaim) },
    { name: 'realm', bytes: encodeRealm(realm, alice.signAsOwnerNow(realmMessage(realm))), read: of(decodeRealm) },
    { name: 'offer of claims', bytes: encodeRequest({ kind: 'offer', claims, wants }), read: of(decodeRequest) },
    { name: 'answer with a body', bytes: encodeAnswer({ kind: 'pull', body: dense }), read: of(decodeAnswer) },
    { name: 'answer with claims', bytes: encodeAnswer({ kind: 'offer', claims }), read: of(decodeAnswer) },
    { name: 'answer with every head', bytes: encodeAnswer({ kind: 'compare', root: 'cd'.repeat(32), tasks }), read: of(decodeAnswer) },
    { name: 'request of empty entries', bytes: crowd(MAX_REQUEST_BYTES), read: of(decodeRequest) },
    { name: 'answer of empty entries', bytes: crowd(MAX_ANSWER_BYTES), read: of(decodeAnswer) },
  ]
}

/** Version 1, kind 3, then empty entries of field 3. */
function crowd(size: number): Uint8Array {
  const bytes = new Uint8Array(size - (size % 2))
  for (let at = 4; at < bytes.length; at += 2) bytes.set([0x1a, 0], at)
  bytes.set([8, 1, 16, 3])
  return bytes
}

function withNaN(genotype: Uint8Array): Uint8Array {
  const bytes = genotype.slice()
  bytes.set([0, 0, 0xc0, 0x7f], bytes.length - 4)
  return bytes
}

function genotypeOf(hidden: number, links: number): ReturnType<typeof createGenotype> {
  const ids = Array.from({ length: hidden }, (_, i) => 65_536 + i * 1_000_003)
  const targets = [4_096, ...ids]
  const sources = [0, 1, 2, ...ids]
  return createGenotype({
    inputs: 3,
    outputs: 1,
    rule: { kind: 'synchronous', steps: 2 },
    neurons: ids.map((id) => ({ id, activation: 'tanh', aggregation: 'sum', bias: 0.5, response: 1 })),
    links: Array.from({ length: links }, (_, i) => ({
      from: sources[Math.trunc(i / targets.length) % sources.length]!, to: targets[i % targets.length]!, weight: 0.25,
    })),
  })
}
