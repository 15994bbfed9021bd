import fc from 'fast-check'
import { expect, test } from 'vitest'
import { invitationTo, parseInvitation } from './invitation.ts'

const relay = '/ip4/203.0.113.4/udp/4433/quic-v1/webtransport/certhash/uEiDEWGFKVhD4A5jG-ia1LFt9q3U5WviipLuQxRZKNGvNNA/p2p/12D3KooW'

test('a link leads to the realm and the relays that it was made from', () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (realm) => {
    expect(parseInvitation(invitationTo([relay, '/dns4/a.example/tcp/443/tls/ws'], realm)))
      .toEqual({ relays: [relay, '/dns4/a.example/tcp/443/tls/ws'], realm })
  }))
})

test('anything else in a fragment is dropped', () => {
  fc.assert(fc.property(fc.string(), (fragment) => {
    const { relays } = parseInvitation(fragment)
    expect(relays.every((address) => address.startsWith('/'))).toBe(true)
  }))
  expect(parseInvitation('')).toEqual({ relays: [], realm: undefined })
  expect(parseInvitation('#relay=http://evil.example&realm=%%%')).toEqual({ relays: [], realm: undefined })
  expect(parseInvitation(`#realm=${'A'.repeat(40_000)}`)).toEqual({ relays: [], realm: undefined })
  expect(parseInvitation(`#${Array.from({ length: 30 }, (_, i) => `relay=/x/${i}`).join('&')}`).relays).toHaveLength(8)
})
