// What the sharded model reads from strangers: manifests, wirings, messages on a stream, and a donor that is given any of them.

import { decodeManifest, encodeManifest } from '../src/models/sharding/manifest.ts'
import { generateLarge } from '../src/models/sharding/generate.ts'
import { decodeMessage, encodeMessage, rowMessages, type ShardMessage } from '../src/models/sharding/message.ts'
import { partition } from '../src/models/sharding/partition.ts'
import { openPart } from '../src/models/sharding/run-part.ts'
import { createShardDonor } from '../src/models/sharding/shard-donor.ts'
import { decodeWiring } from '../src/models/sharding/wiring.ts'
import { decoderTarget } from './decoder-target.ts'
import type { Target } from './fuzz.ts'

export function shardingTargets(): readonly Target[] {
  const result = partition(generateLarge({ seed: 1, inputs: 3, outputs: 2, neurons: 12, links: 30, layers: 3 }), { width: 2 })
  if (!result.ok) throw new RangeError(result.reason)
  const { manifest, parts } = result.value
  const installs = parts.map(({ level, wiringBytes: wiring, body }, part) => encodeMessage({ kind: 'install', part, level, wiring, body }))
  const others: readonly ShardMessage[] = [
    { kind: 'exports', part: 0, bits: Uint8Array.of(3) }, { kind: 'begin', pass: 1, lanes: 2 }, { kind: 'go', pass: 1, level: 0 },
    { kind: 'held', part: 1 }, { kind: 'declined', part: 1 }, { kind: 'done', pass: 1, level: 0, failed: Uint8Array.of(1) },
  ]
  const rows = [...rowMessages(1, [0, 2, 4].map((key) => ({ key, values: Float64Array.of(1, -2) })))]
  const messages = [...installs, ...others.map(encodeMessage), ...rows]
  return [
    decoderTarget('manifest', { weight: 4, maxBytes: 2_048, seeds: [encodeManifest(manifest)], decode: decodeManifest }),
    decoderTarget('wiring', { weight: 4, maxBytes: 512, seeds: parts.map(({ wiringBytes }) => wiringBytes), decode: decodeWiring, isFramed: false }),
    decoderTarget('shard message', { weight: 4, maxBytes: 1_024, seeds: messages, decode: decodeMessage, magicBytes: 1, isFramed: false }),
    decoderTarget('member that computes parts', {
      weight: 2, maxBytes: 1_024, seeds: messages, magicBytes: 1, isFramed: false,
      decode(bytes) {
        const donor = createShardDonor(openPart)
        for (const message of messages) donor.receive(message)
        const answers = donor.receive(bytes)
        return answers === undefined ? undefined : { ok: true, value: [...answers] }
      },
    }),
  ]
}
