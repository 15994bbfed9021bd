import { createSocket } from 'node:dgram'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runRelay } from '../run.ts'
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

interface Found {
  readonly ok: boolean
  readonly running: boolean
  readonly addresses: readonly CheckedAddress[]
}

/** @returns `works` or the reason by address, without hashes of certificates */
function reasons({ addresses }: Found): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(addresses.map((found) => [found.address.replace(/\/certhash\/.*/, ''), found.outcome === 'works' ? 'works' : found.why]))
}

const common = ['--port', '0', '--webtransport-port', 'off']

async function check(...flags: string[]): Promise<Found> {
  const { json, exit } = await runRelay(['--check', ...flags, ...common])
  expect(exit).toBe((json as Found).ok ? 0 : 1)
  return json as Found
}

test('a check dials the relay that runs, and says of each announced address why it does not work', { timeout: 120_000 }, async () => {
  const data = join(base, 'running')
  const udp = await freeUdpPort()
  const relay = await spawnRelay(['--port', '0', '--data', data, '--webtransport-port', 'off', '--webrtc-direct-port', String(udp)])
  const port = Number(new URL(relay.origin).port)
  const own = await check('--data', data)
  expect([own.ok, own.running]).toEqual([true, true])
  expect(Object.keys(reasons(own))).toEqual([`/ip4/127.0.0.1/tcp/${port}/ws`, `/ip4/127.0.0.1/udp/${udp}/webrtc-direct`, expect.stringMatching(/^stun:127\.0\.0\.1:\d+$/)])
  const outside = await check(relay.origin)
  expect([outside.ok, reasons(outside)]).toEqual([true, reasons(own)])

  const proxy = createServer((_request, response) => void response.writeHead(502).end()).on('upgrade', (_request, socket) => void socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'))
  const unsigned = createSecureServer(await selfSigned())
  const [proxyPort, unsignedPort, ownUdp] = [await listening(proxy), await listening(unsigned), await freeUdpPort()]
  const announced = [
    `/ip4/127.0.0.1/tcp/${port}/ws`, `/ip4/127.0.0.1/tcp/${proxyPort}/ws`, `/ip4/127.0.0.1/tcp/${unsignedPort}/tls/ws`, `/ip4/127.0.0.1/udp/${ownUdp}/webrtc-direct`,
  ]
  const other = await runRelayProcess(['--check', '--json', ...common, '--stun-port', 'off', '--data', join(base, 'none'), '--webrtc-direct-port', String(ownUdp), '--announce', announced.join()])
  expect([other.code, other.stderr, existsSync(join(base, 'none'))]).toEqual([1, '', false])
  expect(reasons(JSON.parse(other.stdout) as Found)).toMatchObject({
    [announced[0]!]: expect.stringMatching(/^Another relay answers there/),
    [announced[1]!]: expect.stringMatching(/^A proxy answers with status 502/),
    [announced[2]!]: expect.stringMatching(/^The TLS certificate is self-signed/),
    [announced[3]!]: 'works', // with the hash of its certificate, which nobody can announce by hand
  })
  const names = ['/dns4/relay.invalid/tcp/443/tls/ws', '/ip4/127.0.0.1/tcp/1/ws', '/ip4/127.0.0.1/udp/9/quic-v1/webtransport']
  const third = await check('--data', join(base, 'none'), '--stun-port', 'off', '--webrtc-direct-port', 'off', '--announce', names.join())
  expect(reasons(third)).toMatchObject({
    [names[0]!]: expect.stringMatching(/^The name relay\.invalid does not resolve/),
    [names[1]!]: expect.stringMatching(/^Nothing listens there: TCP port 1 refused/),
    [names[2]!]: expect.stringMatching(/WebTransport/),
  })
  for (const server of [proxy, unsigned]) server.close()
  await relay.stop('SIGTERM')
})
