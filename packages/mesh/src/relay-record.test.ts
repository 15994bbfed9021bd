import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect, test } from 'vitest'
import { MAX_RELAY_RECORD_BYTES } from './limits.ts'
import { readRelayRecord, signRelayRecord } from './relay-record.ts'

const NOW = Date.UTC(2026, 0, 1)
const DAY_MS = 86_400_000
const REALM = '0123456789abcdef'.repeat(4)
const WEB_SOCKET = '/dns4/relay.example/tcp/443/tls/ws'
const WEB_TRANSPORT = '/ip4/8.8.8.8/udp/8788/quic-v1/webtransport/certhash/uEiCQfUSRNJoRnRpYrFjDpgRUGjGkGKFQNE-Sg30dJL4mZg/certhash/uEiBtxTz4TfUSzLZCwgWQXeTLxSjOCWoZPZl1gX1JTSAt3A'
const key = await generateKeyPair('Ed25519')
const peer = peerIdFromPrivateKey(key).toString()

test('a record comes back as it was signed, its addresses lead to the signer', async () => {
  const bytes = await signRelayRecord(key, { addresses: [`${WEB_SOCKET}/p2p/${peer}`, WEB_TRANSPORT], realms: [REALM], now: NOW })
  expect(await readRelayRecord(bytes, NOW)).toEqual({
    peer, time: NOW, expires: NOW + DAY_MS, addresses: [`${WEB_SOCKET}/p2p/${peer}`, `${WEB_TRANSPORT}/p2p/${peer}`], realms: [REALM],
  })
})

test('a record with seventeen realms fits, at the cost of its last addresses', async () => {
  const realms = Array.from({ length: 17 }, (_, at) => at.toString(16).padStart(64, '0'))
  const addresses = [WEB_SOCKET, ...Array.from({ length: 7 }, (_, at) => WEB_TRANSPORT.replace('8788', String(9_000 + at)))]
  const bytes = await signRelayRecord(key, { addresses, realms, now: NOW })
  expect(bytes.length).toBeLessThanOrEqual(MAX_RELAY_RECORD_BYTES)
  const record = await readRelayRecord(bytes, NOW)
  expect(record?.realms).toEqual(realms)
  expect(record?.addresses.length).toBeGreaterThanOrEqual(3)
  expect(record?.addresses[0]).toBe(`${WEB_SOCKET}/p2p/${peer}`)
})

test('another byte anywhere and another time are refused', async () => {
  const bytes = await signRelayRecord(key, { addresses: [WEB_SOCKET], realms: [REALM], now: NOW })
  for (let at = 0; at < bytes.length; at++) {
    const changed = bytes.slice()
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(await readRelayRecord(changed, NOW), `byte ${at}`).toBeUndefined()
  }
  expect(await readRelayRecord(bytes, NOW - 3_600_000)).toBeUndefined()
  expect(await readRelayRecord(bytes, NOW + 2 * DAY_MS)).toBeUndefined()
})

test('addresses that lead elsewhere, or that must be resolved into others, are passed over', async () => {
  const elsewhere = [`/p2p/${peer}/p2p-circuit`, '/dnsaddr/relay.example', '/ip6zone/eth0/ip6/fe80::1/tcp/80', '/unix/a', '/tcp/80', '/ip4/8.8.8.8/tcp/443/tls/sni/localhost/ws']
  const bytes = await signRelayRecord(key, { addresses: [...elsewhere, WEB_SOCKET], realms: [], now: NOW })
  expect((await readRelayRecord(bytes, NOW))?.addresses).toEqual([`${WEB_SOCKET}/p2p/${peer}`])
})
