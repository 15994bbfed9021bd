import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openOwnRealm } from './identity.ts'
import { readJoin } from './join-address.ts'
import { listedRealms, openJoinedRelays } from './joined-relays.ts'
import { readRealmFolder } from './hosted-realms.ts'

const base = mkdtempSync(join(tmpdir(), 'joined-relays-'))
const closers: (() => void)[] = []
afterAll(() => {
  for (const close of closers) close()
  rmSync(base, { recursive: true, force: true })
})

const PEER = '12D3KooWPzVrXUCPtCVxDKUikpCrUeMoBXA1wVUbzxEMwDfEn9fF'
const OTHER = '12D3KooWMkFiv64qwFJPuE4rVoiZqdrfwsNkf5oKkPVtoh8ix5Tw'

async function serve(answer: (response: ServerResponse) => unknown): Promise<string> {
  const server = createServer((_, response) => void answer(response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const policyOf = (document: Uint8Array): { readonly policy: string } => ({ policy: Buffer.from(document).toString('base64') })
const relayDocument = (...realms: unknown[]): string => JSON.stringify({ version: 1, peer: PEER, addresses: [], realms })

/** Asks once, as after a start. @returns what the mesh would dial, and what was logged */
async function ask(text: string, data: string, ownId: string) {
  const lines: unknown[] = []
  const [relay] = await openJoinedRelays([readJoin(text)!], data, ownId, { write: (_, event, details) => void lines.push({ event, ...details }) })
  return { dialled: await relay!.find(), lines }
}

test.each([
  ['https://relay.example', { origin: 'https://relay.example', host: 'relay.example', webSocket: '/dns/relay.example/tcp/443/tls/ws', peer: undefined }],
  ['http://127.0.0.1:8787/', { origin: 'http://127.0.0.1:8787', host: '127.0.0.1', webSocket: '/ip4/127.0.0.1/tcp/8787/ws', peer: undefined }],
  ['http://[::1]:8787', { origin: 'http://[::1]:8787', host: '::1', webSocket: '/ip6/::1/tcp/8787/ws', peer: undefined }],
  [`/dns4/relay.example/tcp/443/tls/ws/p2p/${PEER}`, { origin: 'https://relay.example', webSocket: '/dns/relay.example/tcp/443/tls/ws', peer: PEER }],
  [`/ip4/192.168.1.2/tcp/8787/ws/p2p/${PEER}`, { origin: 'http://192.168.1.2:8787', host: '192.168.1.2', peer: PEER }],
])('%s names a relay', (text, expected) => {
  expect(readJoin(text)).toMatchObject(expected)
})

test.each([
  '', 'relay.example', 'ftp://relay.example', 'https://relay.example/page', 'https://a:b@relay.example', 'https://relay.example?x', '/ip4/127.0.0.1/tcp/8787/ws',
  `/p2p/${PEER}`, `/ip4/127.0.0.1/tcp/1/ws/p2p/${PEER}/p2p-circuit`, `/dns4/a.example/tcp/443/tls/sni/b.example/ws/p2p/${PEER}`, '/ip4/127.0.0.1/tcp/1/ws/p2p/x',
])('%j names none', (text) => {
  expect(readJoin(text)).toBeUndefined()
})

test('the realms of a joined relay are hosted, a newer policy replaces the older, and its page comes first', async () => {
  const [ours, theirs] = [join(base, 'ours'), join(base, 'theirs')]
  const own = openOwnRealm(ours, 'default', ['xor'])
  let realm = openOwnRealm(theirs, 'default', ['xor'])
  const origin = await serve((response) => response.end(relayDocument(policyOf(realm.document), { policy: 'AAAA' }, null, policyOf(realm.document.slice(1)))))
  expect((await ask(origin, ours, own.id)).dialled).toEqual([`/ip4/127.0.0.1/tcp/${new URL(origin).port}/ws/p2p/${PEER}`])
  expect(readRealmFolder(ours, own.id)).toMatchObject({ realms: [{ id: realm.id, files: [`joined-${realm.id.slice(0, 16)}.realm`], realm: { revision: 1 } }], faults: [] })

  realm = openOwnRealm(theirs, 'default', ['xor', 'double-pole'])
  await ask(origin, ours, own.id)
  const { realms } = readRealmFolder(ours, own.id)
  expect(realms).toMatchObject([{ id: realm.id, realm: { revision: 2 } }])
  expect(readdirSync(join(ours, 'realms'))).toHaveLength(2)
  expect(listedRealms(own, realms).map(({ id }) => id)).toEqual([realm.id, own.id])
})

test('of two relays that join each other both begin in the realm of the one that was joined first', async () => {
  const [first, second] = [join(base, 'first'), join(base, 'second')]
  const [realmOfFirst, realmOfSecond] = [openOwnRealm(first, 'default', ['xor']), openOwnRealm(second, 'default', ['xor'])]
  const begin = (data: string, own: typeof realmOfFirst) => listedRealms(own, readRealmFolder(data, own.id).realms).map(({ id }) => id)
  const pageOf = (data: string, own: typeof realmOfFirst) => {
    const all = [own, ...readRealmFolder(data, own.id).realms]
    return serve((response) => response.end(relayDocument(...all.map(({ document }) => policyOf(document)))))
  }
  await ask(await pageOf(first, realmOfFirst), second, realmOfSecond.id)
  await ask(await pageOf(second, realmOfSecond), first, realmOfFirst.id)
  expect(begin(first, realmOfFirst)).toEqual([realmOfFirst.id, realmOfSecond.id])
  expect(begin(second, realmOfSecond)).toEqual([realmOfFirst.id, realmOfSecond.id])
})

test('what is no relay’s document hosts nothing and is said once', { timeout: 60_000 }, async () => {
  const data = join(base, 'wary')
  const own = openOwnRealm(data, 'default', ['xor'])
  const strange = openOwnRealm(join(base, 'strange'), 'default', ['xor'])
  // So that it does not wait for a first meeting.
  await ask(await serve((response) => response.end(relayDocument(policyOf(strange.document)))), data, own.id)
  const before = readdirSync(join(data, 'realms'))
  const closed = await serve(() => undefined)
  closers.pop()!()
  const answers: readonly (readonly [RegExp, string])[] = [
    [/redirect/, await serve((response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end())],
    [/404/, await serve((response) => response.writeHead(404).end())],
    [/cannot be read/, await serve((response) => response.end('[]'))],
    [/cannot be read/, await serve((response) => response.end(`{"version":1,"peer":"${'x'.repeat(2_000_000)}"}`))],
    [/does not answer/, closed],
  ]
  for (const [why, origin] of answers) {
    const { dialled, lines } = await ask(origin, data, own.id)
    expect(dialled).toEqual([])
    expect(lines).toMatchObject([{ event: 'join-failed', relay: origin, why: expect.stringMatching(why) }])
  }
  const { port } = new URL(await serve((response) => response.end(relayDocument())))
  const expected = `/ip4/127.0.0.1/tcp/${port}/ws/p2p/${OTHER}`
  expect(await ask(expected, data, own.id)).toMatchObject({ dialled: [expected], lines: [{ why: expect.stringMatching(/^Another relay answers/) }] })
  expect(readdirSync(join(data, 'realms'))).toEqual(before)
  expect(existsSync(join(data, 'relays.records'))).toBe(false)
})

test('a relay names addresses of its own, and of its own network, or they are not dialled', async () => {
  const data = join(base, 'addresses')
  const own = openOwnRealm(data, 'default', ['xor'])
  const realm = openOwnRealm(join(base, 'addressed'), 'default', ['xor'])
  const good = [`/ip4/127.0.0.1/udp/9/webrtc-direct/p2p/${PEER}`, `/dns4/relay.example/tcp/443/tls/ws/p2p/${PEER}`]
  const bad = [`/ip4/192.168.1.1/tcp/80/ws/p2p/${PEER}`, `/ip4/169.254.169.254/tcp/80/ws/p2p/${PEER}`, `/ip4/127.0.0.1/tcp/80/ws/p2p/${OTHER}`, 'nonsense', 7]
  const origin = await serve((response) => response.end(JSON.stringify({ version: 1, peer: PEER, addresses: [...bad, ...good], realms: [policyOf(realm.document)] })))
  expect((await ask(origin, data, own.id)).dialled.slice(1)).toEqual(good)
})
