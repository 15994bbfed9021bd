import { expect, test } from 'vitest'
import { MAX_PROVIDERS_PER_KEY, MAX_RECORDS_PER_PEER, RECORD_MS } from '../limits.ts'
import { createProviderRecords, type Datastore } from './provider-records.ts'

const VALUE = Uint8Array.of(1)
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
/** The number as a name of `length` characters of base 32, which are all base 58 too after the first. */
const named = (number: number, length: number): string =>
  Array.from({ length }, (_, at) => BASE32[Math.floor(number / 24 ** at) % 24]!.replace('l', 'z')).join('')
const keyOf = (number: number): string => `ciq${named(number, 52)}`
const peerOf = (number: number): string => named(number, 52)
const rowOf = (key: string, peer: string): Parameters<Datastore['get']>[0] => ({ toString: () => `/dht/provider/${key}/${peer}` }) as never

async function providersOf({ datastore }: ReturnType<typeof createProviderRecords>, key: string): Promise<readonly string[]> {
  const rows: string[] = []
  for await (const row of datastore.query({ prefix: `/dht/provider/${key}` })) rows.push(row.key.toString().split('/').at(-1)!)
  return rows
}

test('a record is given out until its time is over, its author is gone, or it is deleted', async () => {
  let now = 0
  const records = createProviderRecords(() => now, () => 0)
  for (let peer = 0; peer < 3; peer++) await records.datastore.put(rowOf(keyOf(1), peerOf(peer)), VALUE)
  records.forget(peerOf(0))
  expect(await providersOf(records, keyOf(1))).toEqual([peerOf(1), peerOf(2)])
  await records.datastore.delete(rowOf(keyOf(1), peerOf(1)))
  now = RECORD_MS - 1
  expect(await providersOf(records, keyOf(1))).toEqual([peerOf(2)])
  now = RECORD_MS
  expect(await providersOf(records, keyOf(1))).toEqual([])
  expect(records.counts.current_directory_records).toBe(0)
})

test('neither many providers of one key nor many keys of one peer make it grow, and who was first stays', async () => {
  const records = createProviderRecords(() => 0, () => 0)
  for (let number = 0; number < 5_000; number++) {
    for (const row of [rowOf(keyOf(1), peerOf(number)), rowOf(keyOf(number + 2), peerOf(9_999))]) {
      await Promise.resolve(records.datastore.put(row, VALUE)).catch(() => {})
    }
  }
  expect(records.counts.current_directory_records).toBe(MAX_PROVIDERS_PER_KEY + MAX_RECORDS_PER_PEER)
  const named = await providersOf(records, keyOf(1))
  expect(named).toEqual(Array.from({ length: 16 }, (_, number) => peerOf(number)))
})

test('nothing else is stored or read: values, long keys, foreign rows', async () => {
  const { datastore, counts } = createProviderRecords(() => 0, () => 0)
  for (const row of [`/dht/record/${keyOf(1)}`, `/dht/provider/${keyOf(1)}`, `/dht/provider/${keyOf(1)}x/${peerOf(1)}`, `/dht/provider/${keyOf(1)}/${'z'.repeat(10_000)}`, '/peers/x']) {
    await expect(datastore.put({ toString: () => row } as never, VALUE)).rejects.toThrow(RangeError)
    await expect(datastore.get({ toString: () => row } as never)).rejects.toMatchObject({ name: 'NotFoundError' })
  }
  expect(counts.current_directory_records).toBe(0)
})
