import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { connect as connectPlainly } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { createRelayKey, openRelayMesh } from '@megabrain/mesh/node'
import { afterAll, expect, test, vi } from 'vitest'
import { readCertificate } from './certificate.ts'
import { selfSigned } from './self-signed.ts'
import { spawnRelay } from './spawned-relay.ts'

const base = mkdtempSync(join(tmpdir(), 'relay-tls-'))
afterAll(() => rmSync(base, { recursive: true, force: true }))
vi.setConfig({ testTimeout: 120_000 })

function write(name: string, text: string): string {
  const file = join(base, name)
  writeFileSync(file, text)
  return file
}

function handshake(port: number, ca: string): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', ca }, () => resolve(socket)).once('error', reject)
  })
}

async function handshakes(port: number, ca: string): Promise<boolean> {
  return await handshake(port, ca).then((socket) => Boolean(socket.destroy()), () => false)
}

function pageStatus(port: number, ca: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: '/healthz', ca }, ({ statusCode }) => resolve(statusCode)).on('error', reject).end()
  })
}

async function openWebSocket(port: number, ca: string): Promise<TLSSocket> {
  const socket = await handshake(port, ca)
  socket.write(`GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`)
  const answer = await new Promise<string>((resolve) => socket.once('data', (bytes) => resolve(String(bytes))))
  expect(answer).toMatch(/^HTTP\/1\.1 101 /)
  return socket
}

test('page and WebSocket share the port over TLS; a renewed certificate is taken while open sockets stay, a broken one is not', async () => {
  const [first, second] = [await selfSigned(), await selfSigned()]
  const [cert, key] = [write('live.pem', first.cert), write('live.key', first.key)]
  const off = ['--webtransport-port', 'off', '--webrtc-direct-port', 'off', '--stun-port', 'off']
  const relay = await spawnRelay(['--port', '0', '--data', join(base, 'data'), ...off, '--tls-cert', cert, '--tls-key', key])
  const port = Number(new URL(relay.origin).port)
  expect(relay.origin).toBe(`https://127.0.0.1:${port}`)
  expect(relay.log()).toContain(`/ip4/127.0.0.1/tcp/${port}/tls/ws/p2p/`)
  expect(await pageStatus(port, first.cert)).toBe(200)
  const socket = await openWebSocket(port, first.cert)
  let ended = false
  socket.on('error', () => undefined).once('close', () => { ended = true })

  write('live.key', second.key)
  await vi.waitFor(() => expect(relay.log()).toContain('certificate-not-taken'), 20_000)
  expect(await handshakes(port, first.cert)).toBe(true)
  write('live.pem', second.cert)
  await vi.waitFor(async () => expect(await handshakes(port, second.cert)).toBe(true), 20_000)
  expect(await handshakes(port, first.cert)).toBe(false)
  expect([ended, await pageStatus(port, second.cert)]).toEqual([false, 200])
  expect((await relay.stop('SIGTERM')).code).toBe(0)
  expect(ended).toBe(true)
})

test('sockets that stop in the middle of a handshake, or say nothing after it, are ended', async () => {
  const tls = await selfSigned()
  const relay = await openRelayMesh({
    privateKey: await createRelayKey(), host: '127.0.0.1', port: 0, realms: ['a'.repeat(64)], onHttp: (_request, response) => void response.end('page'),
    tls, limits: { headersMs: 400 },
  })
  const half = connectPlainly(relay.port, '127.0.0.1')
  half.write(Uint8Array.of(0x16, 0x03, 0x01))
  const silent = await handshake(relay.port, tls.cert)
  await Promise.all([half, silent].map((socket) => new Promise((resolve) => socket.on('error', () => undefined).resume().once('close', resolve))))
  expect(await pageStatus(relay.port, tls.cert)).toBe(200)
  await relay.close()
})

test('what is wrong with a certificate is said with the setting that names it', async () => {
  const [good, other, ended] = [await selfSigned(), await selfSigned(), await selfSigned(-1)]
  const files = { cert: write('a.pem', good.cert), key: write('a.key', good.key), otherKey: write('b.key', other.key), endedCert: write('c.pem', ended.cert), endedKey: write('c.key', ended.key) }
  const fault = (tlsCert: string, tlsKey: string): string => {
    const read = readCertificate({ tlsCert, tlsKey }, Date.now())
    return read.ok ? 'good' : read.reason
  }
  expect(fault(files.cert, files.key)).toBe('good')
  expect(fault(join(base, 'none'), files.key)).toBe(`--tls-cert: cannot read ${join(base, 'none')}: ENOENT`)
  expect(fault(files.key, files.key)).toBe(`--tls-cert: ${files.key} is not a certificate in PEM`)
  expect(fault(files.cert, files.cert)).toBe(`--tls-key: ${files.cert} is not a private key in PEM`)
  expect(fault(files.cert, files.otherKey)).toBe(`--tls-key: ${files.otherKey} is not the key of the certificate ${files.cert}`)
  expect(fault(files.endedCert, files.endedKey)).toMatch(/^--tls-cert: .*c\.pem expired on \d{4}-\d\d-\d\d; renew it$/)
})
