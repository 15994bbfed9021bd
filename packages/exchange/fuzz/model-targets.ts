// Decoders of what members say about Model 2, with good bytes for each.

import { bob } from '../fixtures/world.ts'
import { hexText } from '../src/bytes/text.ts'
import { MAX_ANNOUNCEMENT_BYTES } from '../src/limits.ts'
import { decodeList, decodeQuestion, decodeSaid, encodeList, encodeQuestion, encodeSaid, type Said } from '../src/models/federation/content.ts'
import { select } from '../src/models/federation/selection.ts'
import { decodeModelMessage, encodeModelMessage, modelStatementMessage } from '../src/models/message.ts'
import { decoderTarget } from './decoder-target.ts'
import type { Target } from './fuzz.ts'

export function modelTargets(): readonly Target[] {
  const rows = [{ prefix: 'ab'.repeat(8), fitness: 900, species: 3 }, { prefix: 'cd'.repeat(8), fitness: 7, species: 255 }]
  const report = { kind: 'report', shard: 1, round: 2, task: 0, rows } as const
  const list = select({ selection: 'competition', survival: 500 }, [{ id: '0a'.repeat(32), report }], 1)
  const signed = (time: number) => ({ time, content: Uint8Array.of(time), signature: new Uint8Array(64).fill(time) })
  const said: readonly Said[] = [
    report,
    { kind: 'lease', shard: 5, term: 1_800_000_000, round: 2, members: 40 },
    { kind: 'decision', shard: 1, term: 9, round: 2, members: 40, fate: 'joins', list: 'ef'.repeat(32) },
    { kind: 'proof', device: '01'.repeat(32), one: signed(1), other: signed(2) },
  ]
  const contents = said.map(encodeSaid)
  const messages = contents.map((content) => {
    const statement = { realm: 'ab'.repeat(32), model: 'federated', time: 5, content } as const
    return encodeModelMessage(statement, hexText(bob.device), bob.signNow(modelStatementMessage(statement))).envelope
  })
  const questions = [encodeQuestion({ kind: 'list', digest: 'ab'.repeat(32) }), encodeQuestion({ kind: 'reports', shard: 2, envelopes: messages.slice(0, 2) })]
  return [
    decoderTarget('model message', { weight: 6, maxBytes: MAX_ANNOUNCEMENT_BYTES + 16, seeds: messages, decode: decodeModelMessage }),
    decoderTarget('federation content', { weight: 6, maxBytes: MAX_ANNOUNCEMENT_BYTES, seeds: contents, decode: decodeSaid }),
    // No bytes at all are an empty list.
    decoderTarget('federation list', { weight: 4, maxBytes: 2_048, seeds: [encodeList(list)], decode: decodeList, isFramed: false }),
    decoderTarget('federation question', { weight: 4, maxBytes: 2_048, seeds: questions, decode: decodeQuestion }),
  ]
}
