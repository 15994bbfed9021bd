import { generateKeyPair } from '@libp2p/crypto/keys'
import { streamPair } from '@libp2p/utils'
import { decodeEnvelope } from '@megabrain/exchange'
import { expect, test } from 'vitest'
import { createRandom } from '../../evolve/src/random.ts'
import { fuzz, type Target } from '../../exchange/fuzz/fuzz.ts'
import { damaged, hostileCases } from '../../exchange/fuzz/hostile.ts'
import { createMutator } from '../../exchange/fuzz/mutator.ts'
import { goldenBytes } from '../../exchange/fuzz/seeds.ts'
import { frame, readFrames, send } from './frame.ts'
import { decodeIntroduction, decodeJoin, encodeIntroduction, encodeJoin } from './introduction/messages.ts'
import { decodeRecords, encodeRecords } from './node/record-exchange.ts'
import { decodeRelayPayload, RELAY_PURPOSE, signRelayRecord } from './relay-record.ts'

const INPUTS = 100_000
const STREAMS = 1_000
const MAX_FRAME_BYTES = 512
const DAY_MS = 86_400_000
const SEED = Number(process.env['FUZZ_SEED'] ?? Math.trunc(Date.now() / DAY_MS))
const PEER = '12D3KooWPzVrXUCPtCVxDKUikpCrUeMoBXA1wVUbzxEMwDfEn9fF'

const RECORD = await signRelayRecord(await generateKeyPair('Ed25519'), { addresses: ['/dns4/relay.example/tcp/443/tls/ws'], realms: ['ab'.repeat(32)], now: Date.now() })

function payloadOf(record: Uint8Array): Uint8Array {
  const envelope = decodeEnvelope(RELAY_PURPOSE, record)
  if (!envelope.ok) throw new Error(envelope.reason)
  return envelope.value.payload
}

const outcomeOf = (result: { readonly ok: boolean; readonly reason?: string }): string => (result.ok ? 'ok' : String(result.reason))
const targets: readonly Target[] = [
  {
    name: 'join',
    weight: 1,
    maxBytes: 128,
    seeds: [encodeJoin({ realm: 'ab'.repeat(32), want: 3 })],
    read: (bytes) => outcomeOf(decodeJoin(bytes)),
  },
  {
    name: 'introduction',
    weight: 1,
    maxBytes: 1_024,
    seeds: [1, 5, 16].map((count) => encodeIntroduction({ peers: Array.from({ length: count }, () => PEER), members: count, refusal: 0, relays: [Uint8Array.of(count)] })),
    read: (bytes) => outcomeOf(decodeIntroduction(bytes)),
  },
  {
    name: 'relay records',
    weight: 1,
    maxBytes: 4_096,
    seeds: [1, 8, 32].map((count) => encodeRecords(Array.from({ length: count }, () => RECORD))),
    read: (bytes) => (decodeRecords(bytes) === undefined ? 'malformed' : 'ok'),
  },
  {
    name: 'relay record',
    weight: 1,
    maxBytes: 1_024,
    seeds: [payloadOf(RECORD)],
    read: (bytes) => (decodeRelayPayload(bytes, PEER) === undefined ? 'malformed' : 'ok'),
  },
]

test.each(targets)(`$name: ${INPUTS} hostile inputs from seed ${SEED}, nothing thrown, nothing slow`, { timeout: 120_000 }, (target) => {
  const report = fuzz(target, goldenBytes(), INPUTS, SEED, () => performance.now())
  expect(report.findings, `FUZZ_SEED=${SEED}`).toEqual([])
  expect(report.outcomes.get('ok')).toBeGreaterThan(INPUTS / 100)
  for (const { name, bytes } of hostileCases()) expect(['ok', 'malformed'], name).toContain(target.read(bytes))
  for (const good of target.seeds) for (const bytes of damaged(good)) target.read(bytes)
})

test(`frames: ${STREAMS} hostile streams from seed ${SEED}, each ends in a result`, { timeout: 120_000 }, async () => {
  const random = createRandom(SEED)
  const mutator = createMutator(random, 2_048)
  const contents = [0, 100, MAX_FRAME_BYTES].map((length) => frame(new Uint8Array(length).fill(7)))
  const seeds = [...contents, new Uint8Array(6).fill(0x80)]
  const outcomes = new Map<string, number>()
  for (let i = 0; i < STREAMS; i++) {
    const [ours, theirs] = await streamPair()
    const frames = readFrames(ours, MAX_FRAME_BYTES)
    const [base, donor] = [seeds[random.integer(seeds.length)]!, seeds[random.integer(seeds.length)]!]
    const bytes = mutator.mutate(base, donor).slice()
    const cut = 1 + random.integer(bytes.length + 1)
    for (let at = 0; at < bytes.length; at += cut) await send(theirs, bytes.subarray(at, at + cut), AbortSignal.timeout(5_000))
    void theirs.close().catch(() => undefined)
    for (let reading = true; reading;) {
      const result = await frames.next(AbortSignal.timeout(5_000))
      reading = result.ok
      if (result.ok) expect(result.value.length).toBeLessThanOrEqual(MAX_FRAME_BYTES)
      outcomes.set(outcomeOf(result), (outcomes.get(outcomeOf(result)) ?? 0) + 1)
      if (!result.ok) expect(await frames.next()).toEqual(result)
    }
    ours.abort(new Error('done'))
    theirs.abort(new Error('done'))
  }
  expect([...outcomes.keys()].sort()).toEqual(['closed', 'malformed', 'ok', 'too-large'])
})
