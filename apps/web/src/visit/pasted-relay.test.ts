import { expect, test } from 'vitest'
import { invitationTo } from './invitation.ts'
import { parsePastedRelay } from './pasted-relay.ts'

const local = { protocol: 'http:', hostname: '127.0.0.1', port: '8787' }
const secure = { protocol: 'https:', hostname: 'a.example', port: '' }

test('the address of a page, a link and a multiaddr all name a relay', () => {
  expect(parsePastedRelay(' http://127.0.0.1:9000/ ', local)).toEqual({ ok: true, relays: ['/ip4/127.0.0.1/tcp/9000/ws'], realm: undefined })
  expect(parsePastedRelay('https://b.example', secure)).toEqual({ ok: true, relays: ['/dns4/b.example/tcp/443/tls/ws'], realm: undefined })
  expect(parsePastedRelay('wss://[2001:db8::1]:444/x', secure)).toEqual({ ok: true, relays: ['/ip6/2001:db8::1/tcp/444/tls/ws'], realm: undefined })
  const relay = '/dns4/b.example/tcp/443/tls/ws/p2p/12D3KooW'
  expect(parsePastedRelay(relay, secure)).toEqual({ ok: true, relays: [relay], realm: undefined })
  const link = `https://b.example/${invitationTo([relay], Uint8Array.of(1, 2))}`
  expect(parsePastedRelay(link, secure)).toEqual({ ok: true, relays: [relay], realm: Uint8Array.of(1, 2) })
})

test.each([
  ['', 'Paste'], ['relay', 'no address'], ['/ip4/1.2.3.4/tcp/1/ws\n/x', 'part that no address has'], ['ftp://b.example', 'ftp:'],
  ['javascript:alert(1)', 'javascript:'], ['http://b.example', 'https'], ['https://127.0.0.1', 'own machine'], ['x'.repeat(50_000), 'Paste'],
])('%j is refused with a reason', (text, reason) => {
  expect(parsePastedRelay(text, secure)).toEqual({ ok: false, reason: expect.stringContaining(reason) })
})
