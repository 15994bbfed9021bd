import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHash } from 'node:crypto'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { spawnRelay } from '../spawned-relay.ts'

const folder = mkdtempSync(join(tmpdir(), 'megabrain-embed-'))
const app = join(folder, 'app')
const flags = (...more: readonly string[]): string[] => [
  '--port', '0', '--webtransport-port', 'off', '--webrtc-direct-port', 'off', '--stun-port', 'off', '--data', join(folder, 'data'), '--web-app', app, '--embed-app', app, ...more,
]
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function build(loader: string): void {
  mkdirSync(join(app, 'assets'), { recursive: true })
  writeFileSync(join(app, 'index.html'), '<!--megabrain-relay-->')
  writeFileSync(join(app, 'frame.html'), '<p>frame</p><!--megabrain-relay-->')
  writeFileSync(join(app, 'snippet.html'), '<p>snippet</p><!--megabrain-loader-->')
  writeFileSync(join(app, 'assets/frame-AbCdEf12.js'), 'export {}')
  writeFileSync(join(app, 'mega-brain.js'), loader)
}

async function told(page: string): Promise<{ origin: string; path: string; integrity: string }> {
  const [, text] = /megabrain-loader">([^<]*)</.exec(await (await fetch(`${page}/embed/`)).text())!
  return JSON.parse(text!) as { origin: string; path: string; integrity: string }
}

beforeEach(() => build('first()'))

describe('the port for other sites', () => {
  test('serves frame and loader to everybody, and the page’s own port serves neither; each has its own policy', async () => {
    const relay = await spawnRelay(flags('--embed-port', '0'))
    const { origin, path, integrity } = await told(relay.origin)
    expect(new URL(origin).port).not.toBe(new URL(relay.origin).port)
    const { embed } = await (await fetch(`${relay.origin}/.well-known/megabrain.json`)).json() as { embed: number }
    expect(String(embed)).toBe(new URL(origin).port)
    const script = await fetch(origin + path)
    expect(script.headers.get('access-control-allow-origin')).toBe('*')
    expect(script.headers.get('cache-control')).toContain('immutable')
    expect(`sha384-${createHash('sha384').update(await script.text()).digest('base64')}`).toBe(integrity)
    const frame = await fetch(`${origin}/frame.html`)
    expect(frame.headers.get('content-security-policy')).toMatch(/default-src 'none'.*script-src 'self'.*frame-ancestors \*/)
    expect(frame.headers.get('cross-origin-embedder-policy')).toBe('require-corp')
    const html = await frame.text()
    expect(html).toContain(`data-port="${new URL(relay.origin).port}"`)
    expect((await fetch(`${origin}/assets/frame-AbCdEf12.js`)).headers.get('cross-origin-embedder-policy')).toBe('require-corp')

    for (const other of ['/', '/index.html', '/snippet.html', '/metrics', '/healthz', '/.well-known/megabrain.json', '/admin/', '/mega-brain.js', '/v1/', '/../data/x', '/embed/']) {
      expect([other, (await fetch(origin + other)).status]).toEqual([other, 404])
    }
    expect((await fetch(`${origin}/frame.html`, { method: 'POST' })).status).toBe(405)
    const page = await fetch(`${relay.origin}/embed/`)
    expect(page.headers.get('content-security-policy')).toMatch(new RegExp(`script-src 'self' ${origin}.*frame-ancestors 'none'.*frame-src ${origin}`))
    for (const framed of ['/embed/frame.html', path]) expect([framed, (await fetch(relay.origin + framed)).status]).toEqual([framed, 404])
    await relay.stop('SIGTERM')
  })

  test('keeps every loader that it ever offered, under the same name, after an update too', async () => {
    const before = await spawnRelay(flags('--embed-port', '0'))
    const first = await told(before.origin)
    await before.stop('SIGTERM')
    build('second()')
    writeFileSync(join(folder, 'data/embed/mega-brain-AAAAAAAAAAAAAAAA.js'), 'stranger()')
    const after = await spawnRelay(flags('--embed-port', '0'))
    const second = await told(after.origin)
    expect(second.path).not.toBe(first.path)
    expect(await (await fetch(second.origin + first.path)).text()).toBe('first()')
    expect(await (await fetch(second.origin + second.path)).text()).toBe('second()')
    expect((await fetch(`${second.origin}/v1/mega-brain-AAAAAAAAAAAAAAAA.js`)).status, 'a file that is not what its name says').toBe(404)
    await after.stop('SIGTERM')
  })

  test('is named by its public origin behind a proxy, and a relay without it is whole', async () => {
    const proxied = await spawnRelay(flags('--embed-port', '0', '--embed-origin', 'https://embed.relay.example'))
    expect((await told(proxied.origin)).origin).toBe('https://embed.relay.example')
    await proxied.stop('SIGTERM')
    const without = await spawnRelay(flags('--embed-port', 'off'))
    expect((await fetch(`${without.origin}/embed/`)).status).toBe(404)
    expect(await (await fetch(`${without.origin}/.well-known/megabrain.json`)).json()).not.toHaveProperty('embed')
    await without.stop('SIGTERM')
  })
})
