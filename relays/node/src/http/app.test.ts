import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RelayDocument } from '../relay-document.ts'
import { createHttpApp } from './app.ts'

const document: RelayDocument = {
  version: 1,
  software: 'megabrain-relay/0.0.0',
  peer: '12D3KooWAlice',
  addresses: ['/ip4/127.0.0.1/tcp/1/ws/p2p/12D3KooWAlice'],
  realms: [{
    id: 'ab'.repeat(32), name: '</script><script>alert(1)</script><!-- $& ', tasks: ['xor'], owner: 'cd'.repeat(32), ownerKeyHeldBy: 'this-relay',
    policy: 'AAAA',
  }],
}

let folder: string
let server: Server
let origin: string
let ready = true
let errors: unknown[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'relay-http-'))
  const dist = join(folder, 'dist')
  mkdirSync(join(dist, 'assets'), { recursive: true })
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  writeFileSync(join(dist, '.hidden'), 'secret')
  symlinkSync(join(folder, 'secret.txt'), join(dist, 'link.txt'))
  writeFileSync(join(dist, 'index.html'), '<!doctype html><head><!--megabrain-relay--></head>')
  writeFileSync(join(dist, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  writeFileSync(join(dist, 'assets', 'main-Ab3_d-9x.js'), `export const answer = 42\n${'// words\n'.repeat(400)}`)
  writeFileSync(join(dist, 'assets', 'kernel-0123abcd.wasm'), new Uint8Array([0, 97, 115, 109]))
  ready = true
  errors = []
  server = createServer(createHttpApp({
    webApp: dist,
    document: () => document,
    readiness: async () => ({ mesh: true, archive: ready }),
    metrics: () => 'megabrain_up 1\n',
    control: async () => undefined,
    onError: (error) => errors.push(error),
  }))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true, force: true })
  expect(errors).toEqual([])
})

/** `fetch` would tidy the path before it sends it. */
function raw(requestLine: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    const parts: Buffer[] = []
    socket.on('data', (part) => parts.push(part))
    socket.on('error', reject)
    socket.on('close', () => resolve(Buffer.concat(parts).toString('latin1')))
    socket.write(`${requestLine} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
  })
}

describe('the page', () => {
  test('carries the relay document in its place, and no text in it can end the element', async () => {
    const response = await fetch(`${origin}/`)
    const html = await response.text()
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-cache')
    const block = /<head><script type="application\/json" id="megabrain-relay">(.*)<\/script><\/head>$/s.exec(html)?.[1] ?? ''
    expect(block).not.toMatch(/[<>]/)
    expect(JSON.parse(block)).toEqual(document)
  })

  test('may run code from its own origin only, be framed by nobody and open sockets to any relay', async () => {
    const { headers } = await fetch(`${origin}/index.html`)
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval';")
    expect(policy).toContain("worker-src 'self'")
    expect(policy).toContain("connect-src 'self' ws: wss:")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
  })

  test('says how to build the web app when it is not built, and shows it once it is', async () => {
    rmSync(join(folder, 'dist'), { recursive: true })
    const missing = await fetch(`${origin}/`)
    expect(missing.status).toBe(503)
    expect(await missing.text()).toContain('npm start')
    mkdirSync(join(folder, 'dist'))
    writeFileSync(join(folder, 'dist', 'index.html'), '<title>built</title>')
    expect(await (await fetch(`${origin}/`)).text()).toBe('<title>built</title>')
  })
})

describe('assets', () => {
  test('with a hash in their name are cached for ever, the others are asked for again', async () => {
    const hashed = await fetch(`${origin}/assets/main-Ab3_d-9x.js`)
    expect(hashed.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(hashed.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    const plain = await fetch(`${origin}/favicon.svg`)
    expect(plain.headers.get('cache-control')).toBe('no-cache')
    expect(plain.headers.get('content-type')).toBe('image/svg+xml; charset=utf-8')
    expect((await fetch(`${origin}/assets/kernel-0123abcd.wasm`)).headers.get('content-type')).toBe('application/wasm')
  })

  test('are not sent again to who has them', async () => {
    for (const path of ['/favicon.svg', '/', '/assets/main-Ab3_d-9x.js', '/.well-known/megabrain.json']) {
      const etag = (await fetch(origin + path)).headers.get('etag')!
      const again = await fetch(origin + path, { headers: { 'If-None-Match': `"other", ${etag}` } })
      expect([path, again.status, await again.text()]).toEqual([path, 304, ''])
      expect((await fetch(origin + path, { headers: { 'If-None-Match': '"other"' } })).status).toBe(200)
    }
  })

  test('are compressed for who accepts that', async () => {
    const path = `${origin}/assets/main-Ab3_d-9x.js`
    const gzipped = await fetch(path, { headers: { 'Accept-Encoding': 'br, gzip' } })
    expect(gzipped.headers.get('content-encoding')).toBe('gzip')
    expect(Number(gzipped.headers.get('content-length'))).toBeLessThan(1000)
    expect(await gzipped.text()).toContain('answer = 42')
    const refused = await fetch(path, { headers: { 'Accept-Encoding': 'gzip;q=0' } })
    expect(refused.headers.get('content-encoding')).toBeNull()
    expect(await refused.text()).toContain('answer = 42')
  })

  test('never come from outside the folder, however the path is spelled', async () => {
    const paths = [
      '/../secret.txt', '/assets/../../secret.txt', '/./../secret.txt', '//../secret.txt', '//secret.txt', '/....//secret.txt',
      '/%2e%2e/secret.txt', '/%2e%2e%2fsecret.txt', '/..%2fsecret.txt', '/..%5csecret.txt', '/assets/..%2f..%2fsecret.txt',
      '/%252e%252e%252fsecret.txt', '/%c0%ae%c0%ae/secret.txt', '/..\\secret.txt', '/..;/secret.txt', `/${folder}/secret.txt`,
      '/%00', '/index.html%00.txt', '/link.txt', '/.hidden', '/%2ehidden', '/assets', '/assets/', '/__proto__', '/constructor',
      '/%', '/%zz', '*', 'secret.txt', '../secret.txt', 'http://a/../secret.txt',
      `/${'a/'.repeat(3000)}`,
    ]
    for (const path of paths) {
      const answer = await raw(`GET ${path}`)
      expect([path, /^HTTP\/1\.1 (400|404) /.test(answer), answer.endsWith('secret')]).toEqual([path, true, false])
    }
  })
})

describe('the relay document', () => {
  test('may be read by pages from anywhere', async () => {
    const response = await fetch(`${origin}/.well-known/megabrain.json`)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(await response.json()).toEqual(document)
  })
})

describe('requests', () => {
  test('other than GET and HEAD are refused', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      const response = await fetch(`${origin}/`, { method })
      expect([method, response.status, response.headers.get('allow')]).toEqual([method, 405, 'GET, HEAD'])
    }
  })

  test('that announce a body are answered without waiting for it, and cut off', async () => {
    for (const method of ['GET', 'POST']) {
      const answer = await raw(`${method} /healthz HTTP/1.1\r\nContent-Length: 1000000\r\nX-Rest:`)
      expect(answer).toMatch(/^HTTP\/1\.1 (200|405) .*\r\nConnection: close\r\n/s)
    }
  })

  test('with HEAD get the headers of GET and no body', async () => {
    for (const path of ['/', '/favicon.svg', '/metrics', '/healthz', '/nothing']) {
      const [head, get] = [await fetch(origin + path, { method: 'HEAD' }), await fetch(origin + path)]
      expect([path, head.status, head.headers.get('content-length')]).toEqual([path, get.status, get.headers.get('content-length')])
      expect(await head.text()).toBe('')
    }
  })

  test('for health say whether the process lives, for readiness whether it can do its work', async () => {
    expect(await (await fetch(`${origin}/healthz`)).text()).toBe('ok\n')
    expect(await (await fetch(`${origin}/readyz`)).json()).toEqual({ ready: true, mesh: true, archive: true })
    ready = false
    const response = await fetch(`${origin}/readyz`)
    expect([response.status, await response.json()]).toEqual([503, { ready: false, mesh: true, archive: false }])
    expect((await fetch(`${origin}/healthz`)).status).toBe(200)
  })
})
