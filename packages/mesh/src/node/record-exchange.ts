// One exchange between two relays: each sends its own record and what it knows of others, each reads what the other sent. Apart from the
// supervision around it, since this is the whole of what other implementations must speak.
//
//   message Records { repeated bytes record = 1; }   // the sender's own first

import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { reader, writer } from 'protons-runtime'
import { frame, readFrames, send } from '../frame.ts'
import { MAX_EXCHANGE_BYTES, MAX_EXCHANGED_RECORDS, MAX_EXCHANGES, MAX_RELAY_RECORD_BYTES } from '../limits.ts'
import { RELAYS_PROTOCOL } from '../names.ts'

const EXCHANGE_MS = 10_000
/** One peer may ask this often, ms: each answer is a signature to check and up to 64 KiB. */
const APART_MS = 1_000
const RECORD_TAG = (1 << 3) | 2

/** @returns what the other relay sent. Throws when it does not answer, or with anything else. */
export async function exchangeRecords(connection: Connection, ours: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
  const signal = AbortSignal.timeout(EXCHANGE_MS)
  const stream = await connection.newStream(RELAYS_PROTOCOL, { signal, runOnLimitedConnection: false })
  try {
    const frames = readFrames(stream, MAX_EXCHANGE_BYTES)
    await send(stream, frame(encodeRecords(ours)), signal)
    const answer = await frames.next(signal)
    const records = answer.ok ? decodeRecords(answer.value) : undefined
    if (records === undefined) throw new Error(`The relay's records are ${answer.ok ? 'malformed' : answer.reason}`)
    return records
  } finally {
    stream.abort(new Error('The exchange ended'))
  }
}

/** @param received what a relay sent, before it is answered with `ours()` */
export async function serveRecords(
  node: Libp2p,
  ours: () => Promise<readonly Uint8Array[]>,
  received: (from: Connection, records: readonly Uint8Array[]) => void,
): Promise<void> {
  const servedAt = new WeakMap<Connection, number>()
  let serving = 0

  async function serve(stream: Stream, connection: Connection): Promise<void> {
    const frames = readFrames(stream, MAX_EXCHANGE_BYTES)
    const signal = AbortSignal.timeout(EXCHANGE_MS)
    serving++
    try {
      const now = Date.now()
      if (serving > MAX_EXCHANGES || now - (servedAt.get(connection) ?? 0) < APART_MS) throw new Error('Too many exchanges')
      servedAt.set(connection, now)
      const message = await frames.next(signal)
      const records = message.ok ? decodeRecords(message.value) : undefined
      if (records === undefined) throw new Error('Malformed records')
      received(connection, records)
      await send(stream, frame(encodeRecords(await ours())), signal)
      await stream.close({ signal })
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error(String(error)))
    } finally {
      serving--
    }
  }

  await node.handle(RELAYS_PROTOCOL, (stream, connection) => void serve(stream, connection), { maxInboundStreams: 2, runOnLimitedConnection: false })
}

export function encodeRecords(records: readonly Uint8Array[]): Uint8Array {
  const to = writer()
  for (const record of records.slice(0, MAX_EXCHANGED_RECORDS)) to.uint32(RECORD_TAG).bytes(record)
  return to.finish().slice()
}

/** What is in a record is not checked here. */
export function decodeRecords(bytes: Uint8Array): readonly Uint8Array[] | undefined {
  const records: Uint8Array[] = []
  try {
    const from = reader(bytes)
    while (from.pos < from.len) {
      if (from.uint32() !== RECORD_TAG) return undefined
      const record = from.bytes().slice()
      if (record.length > MAX_RELAY_RECORD_BYTES || records.push(record) > MAX_EXCHANGED_RECORDS) return undefined
    }
    return records
  } catch {
    return undefined // the reader throws where the bytes end too early
  }
}
