// A page from any HTTPS host joins a relay on a bare IP address, with no domain and no certificate authority: over WebTransport alone,
// and over webrtc-direct alone.

import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import { join, normalize } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { playwrightTab } from './chromium.ts'
import { projectFolder } from './program.ts'
import { openScene } from './scene.ts'
import { selfSigned } from './self-signed.ts'
import { Visitor } from './visitor.ts'

const scene = openScene()
const types: Readonly<Record<string, string>> = { html: 'text/html', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' }
let host: Server
let page: string

beforeAll(async () => {
  host = createServer(await selfSigned(), (request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'https://page').pathname).replace(/\/$/, '/index.html')
    readFile(join(projectFolder, 'apps/web/dist', path)).then(
      (bytes) => response.setHeader('content-type', types[path.split('.').at(-1)!] ?? 'application/octet-stream').end(bytes),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve))
  page = `https://127.0.0.1:${(host.address() as { port: number }).port}/`
})
afterAll(async () => {
  const closed = new Promise((resolve) => host.close(resolve))
  // A browser keeps its connections for later.
  host.closeAllConnections()
  await closed
})

interface RelayDocument {
  readonly addresses: readonly string[]
  readonly realms: readonly { readonly policy: string }[]
}

test.each(['webtransport', 'webrtc-direct'])('tabs of an HTTPS page meet through a relay on a bare IP by %s alone', async (transport) => {
  const relay = await scene.relay()
  const document = await (await fetch(`${relay.url}/.well-known/megabrain.json`)).json() as RelayDocument
  const address = document.addresses.find((each) => each.includes(`/${transport}/`))
  expect(address, `the relay listens on ${document.addresses.join(' ')}`).toBeDefined()
  const realm = Buffer.from(document.realms[0]!.policy, 'base64').toString('base64url')
  const link = `${page}#${new URLSearchParams({ relay: address!, realm })}`
  const [alice, bob] = await Promise.all(['alice', 'bob'].map(async (name) => {
    const tab = await (await scene.profile({ ignoreHTTPSErrors: true })).newPage()
    const visitor = new Visitor(name, playwrightTab(tab))
    await visitor.tab.goto(link)
    await visitor.begin()
    return visitor
  }))
  for (const visitor of [alice!, bob!]) {
    await visitor.until('is connected to the relay', () => visitor.isReachable(), { timeoutMs: 60_000 })
    const relays = (await visitor.neighbours()).filter(({ kind }) => kind === 'relay')
    expect(relays.map((each) => each.transport)).toEqual([transport])
  }
  await alice!.until('meets bob', () => alice!.meets(), { timeoutMs: 60_000 })
  await alice!.keepPicture(`over-${transport}`)
})
