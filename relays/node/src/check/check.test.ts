import { createSocket } from 'node:dgram'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { selfSigned } from '../self-signed.ts'
import { runRelayProcess, spawnRelay } from '../spawned-relay.ts'
import type { CheckedAddress } from './check.ts'

const base = mkdtempSync(join(tmpdir(), 'relay-check-'))
afterAll(() => rmSync(base, { recursive: true, force: true }))

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const { port } = socket.address()
  await new Promise<void>((resolve) => socket.close(resolve))
  return port
}

async function check(...flags: string[]): Promise<{ readonly code: number | null; readonly running: boolean; readonly why: Readonly<Record<string, string | undefined>> }> {
  const { code, stdout, stderr } = await runRelayProcess(['--check', '--json', '--port', '0', '--webtransport-port', 'off', ...flags])
  expect(stderr).toBe('')
  const { running, addresses } = JSON.parse(stdout) as { running: boolean; addresses: CheckedAddress[] }
  const why = Object.fromEntries(addresses.map((found) => [found.address.replace(/\/certhash\/.*/, ''), found.outcome === 'works' ? 'works' : found.why]))
  return { code, running, why }
}

test('a check dials the relay that runs, and says of each announced address why it does not work', { timeout: 120_000 }, async () => {
  const data = join(base, 'running')
  const udp = await freeUdpPort()
  const relay = await spawnRelay(['--port', '0', '--data', data, '--webtransport-port', 'off', '--webrtc-direct-port', String(udp)])
  const port = Number(new URL(relay.origin).port)
  const own = await check('--data', data)
  expect([own.code, own.running, new Set(Object.values(own.why))]).toEqual([0, true, new Set(['works'])])
  expect(Object.keys(own.why)).toEqual([`/ip4/127.0.0.1/tcp/${port}/ws`, `/ip4/127.0.0.1/udp/${udp}/webrtc-direct`, expect.stringMatching(/^stun:127\.0\.0\.1:\d+$/)])

  const proxy = createServer((_request, response) => void response.writeHead(502).end()).on('upgrade', (_request, socket) => void socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'))
  const unsigned = createSecureServer(await selfSigned())
  const [proxyPort, unsignedPort, ownUdp] = [await listening(proxy), await listening(unsigned), await freeUdpPort()]
  const announced = [
    `/ip4/127.0.0.1/tcp/${port}/ws`, `/ip4/127.0.0.1/tcp/${proxyPort}/ws`, `/ip4/127.0.0.1/tcp/${unsignedPort}/tls/ws`, `/ip4/127.0.0.1/udp/${ownUdp}/webrtc-direct`,
  ]
  const other = await check('--data', join(base, 'none'), '--stun-port', 'off', '--webrtc-direct-port', String(ownUdp), '--announce', announced.join())
  expect([other.code, other.running]).toEqual([1, false])
  expect(other.why).toMatchObject({
    [announced[0]!]: expect.stringMatching(/^Another relay answers there/),
    [announced[1]!]: expect.stringMatching(/^A proxy answers with status 502/),
    [announced[2]!]: expect.stringMatching(/^The TLS certificate is self-signed/),
    [announced[3]!]: 'works', // with the hash of its certificate, which nobody can announce by hand
  })
  const names = ['/dns4/relay.invalid/tcp/443/tls/ws', '/ip4/127.0.0.1/tcp/1/ws', '/ip4/127.0.0.1/udp/9/quic-v1/webtransport']
  const third = await check('--data', join(base, 'none'), '--stun-port', 'off', '--webrtc-direct-port', 'off', '--announce', names.join())
  expect(third.why).toMatchObject({
    [names[0]!]: expect.stringMatching(/^The name relay\.invalid does not resolve/),
    [names[1]!]: expect.stringMatching(/^Nothing listens there: TCP port 1 refused/),
    [names[2]!]: expect.stringMatching(/WebTransport/),
  })
  for (const server of [proxy, unsigned]) server.close()
  await relay.stop('SIGTERM')
})
