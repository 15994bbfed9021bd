import { describe, expect, test } from 'vitest'
import { addressOfHost, nameOfRelay, relayAddresses } from './relay-addresses.ts'

const local = { protocol: 'http:', hostname: '127.0.0.1', port: '8787' }
const secure = { protocol: 'https:', hostname: 'relay.example', port: '' }

describe('the relay that served the page is dialled at the page’s own host', () => {
  test.each([
    [local, '/ip4/127.0.0.1/tcp/8787/ws/p2p/12D3'],
    [{ protocol: 'http:', hostname: 'localhost', port: '' }, '/dns4/localhost/tcp/80/ws/p2p/12D3'],
    [{ protocol: 'http:', hostname: '[::1]', port: '1234' }, '/ip6/::1/tcp/1234/ws/p2p/12D3'],
    [secure, '/dns4/relay.example/tcp/443/tls/ws/p2p/12D3'],
  ])('%o', (host, address) => {
    expect(addressOfHost(host, '12D3')).toBe(address)
  })
})

test('its listed addresses come next, then those of earlier visits, none twice', () => {
  const own = '/ip4/127.0.0.1/tcp/8787/ws/p2p/12D3'
  const notice = { peer: '12D3', addresses: [own, '/ip4/127.0.0.1/udp/9/webrtc-direct/p2p/12D3'], stun: undefined, turn: [], embed: undefined, realms: [] }
  const remembered = ['/ip4/127.0.0.1/udp/9/webrtc-direct/p2p/12D3', '/dns4/other.example/tcp/443/tls/ws/p2p/Qm']
  expect(relayAddresses(local, notice, remembered)).toEqual([own, ...remembered])
})

test('a page from elsewhere never dials the visitor’s own machine, and a secure page no plain socket', () => {
  const addresses = [
    '/ip4/127.0.0.1/tcp/8787/tls/ws/p2p/12D3',
    '/dns4/relay.example/tcp/80/ws/p2p/12D3',
    '/ip4/203.0.113.4/udp/9/webrtc-direct/p2p/12D3',
  ]
  expect(relayAddresses(secure, { peer: '12D3', addresses, stun: undefined, turn: [], embed: undefined, realms: [] }, [])).toEqual([
    '/dns4/relay.example/tcp/443/tls/ws/p2p/12D3',
    '/ip4/203.0.113.4/udp/9/webrtc-direct/p2p/12D3',
  ])
})

test('without a notice only remembered relays are dialled', () => {
  expect(relayAddresses(secure, undefined, ['/dns4/a.example/tcp/443/tls/ws/p2p/Qm'])).toEqual(['/dns4/a.example/tcp/443/tls/ws/p2p/Qm'])
})

test('people read host and port', () => {
  expect(nameOfRelay('/ip4/127.0.0.1/tcp/8787/ws/p2p/12D3')).toBe('127.0.0.1:8787')
  expect(nameOfRelay('/ip6/::1/tcp/8787/ws')).toBe('[::1]:8787')
  expect(nameOfRelay('nonsense')).toBe('nonsense')
})
