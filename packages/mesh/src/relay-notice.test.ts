import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromBase64, parseRelayNotice, toBase64 } from './relay-notice.ts'

const policy = Uint8Array.of(0, 127, 128, 255)
const notice = {
  version: 1,
  software: 'megabrain-relay/0.1.0',
  peer: '12D3KooW',
  addresses: ['/ip4/127.0.0.1/tcp/8787/ws/p2p/12D3KooW'],
  stun: 8789,
  turn: { urls: ['turn:turn.example:3478?transport=tcp', 'turns:[::1]'], username: '1750000000', credential: 'c2VjcmV0' },
  embed: 'https://embed.example:8790',
  realms: [{ id: 'ab', name: 'default', tasks: ['xor'], policy: toBase64(policy) }],
}

test('a relay’s notice is read', () => {
  const { peer, addresses, stun, turn: { urls, ...login }, embed, realms } = notice
  const turn = urls.map((url) => ({ urls: url, ...login }))
  expect(parseRelayNotice(JSON.stringify(notice))).toEqual({ peer, addresses, stun, turn, embed, realms: [{ ...realms[0], policy }] })
})

test('what is not text is dropped, what is not a notice is none', () => {
  const turn = { ...notice.turn, urls: ['stun:a.example', 'turn:', 'turn:a.example:70000', 'turn:a b', 7] }
  expect(parseRelayNotice(JSON.stringify({ ...notice, addresses: [1, '/a', null], stun: 70_000, turn, embed: 'javascript:alert(1)', realms: [7, { id: 1 }] }))).toEqual({
    peer: notice.peer,
    addresses: ['/a'],
    stun: undefined,
    turn: [],
    embed: undefined,
    realms: [],
  })
  for (const text of ['', '[]', 'null', '{"version":2,"peer":"x"}', `"${'x'.repeat(70_000)}"`])
    expect(parseRelayNotice(text)).toBeUndefined()
})

test('no JSON throws', () => {
  fc.assert(fc.property(fc.jsonValue(), (json) => void parseRelayNotice(JSON.stringify({ ...notice, ...(json as object) }))))
})

test('base64 is the inverse of itself', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void expect(fromBase64(toBase64(bytes))).toEqual(bytes)))
  expect(fromBase64('%')).toBeUndefined()
})
