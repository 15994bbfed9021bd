import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createSocket } from 'node:dgram'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { RelayDocument } from './relay-document.ts'
import { runRelayProcess, spawnRelay } from './spawned-relay.ts'
import type { SpawnedRelay } from './spawned-relay.ts'

const base = mkdtempSync(join(tmpdir(), 'relay-process-'))
afterAll(() => rmSync(base, { recursive: true, force: true }))

const webApp = join(base, 'dist')
mkdirSync(join(webApp, 'assets'), { recursive: true })
writeFileSync(join(webApp, 'index.html'), '<!doctype html><!--megabrain-relay-->')
writeFileSync(join(webApp, 'assets', 'main-01234567.js'), 'export {}')

let folders = 0
function newFolder(): string {
  return join(base, `data-${folders++}`)
}

function flags(data: string, ...more: string[]): string[] {
  // Whether this machine can have WebTransport is tested by itself.
  return ['--port', '0', '--webtransport-port', 'off', '--stun-port', 'off', '--data', data, '--web-app', webApp, ...more]
}

async function documentOf(relay: SpawnedRelay): Promise<RelayDocument> {
  return await (await fetch(`${relay.origin}/.well-known/megabrain.json`)).json() as RelayDocument
}

// Each start loads the whole relay, seconds on a busy machine, and waits more than it works.
describe.concurrent('a relay', { timeout: 180_000 }, () => {
  test('answers every address, prints one line, logs JSON and leaves within five seconds of SIGTERM', async () => {
    const relay = await spawnRelay(flags(newFolder()))
    const port = new URL(relay.origin).port
    const document = await documentOf(relay)
    expect(document.version).toBe(1)
    expect(document.software).toMatch(/^megabrain-relay\/\d+\.\d+\.\d+$/)
    expect(document.addresses[0]).toBe(`/ip4/127.0.0.1/tcp/${port}/ws/p2p/${document.peer}`)
    expect(document.addresses.some((address) => address.includes('/webrtc-direct/certhash/'))).toBe(true)
    expect(document.realms).toMatchObject([{ name: 'default', tasks: expect.arrayContaining(['double-pole', 'pursuit', 'xor']) }])
    expect(document.realms[0]!.tasks).not.toContain('sensor-fusion')
    expect(document.realms[0]!.id).toMatch(/^[0-9a-f]{64}$/)

    const html = await (await fetch(`${relay.origin}/`)).text()
    expect(JSON.parse(/id="megabrain-relay">(.*)<\/script>/.exec(html)?.[1] ?? '')).toEqual(document)
    expect((await fetch(`${relay.origin}/assets/main-01234567.js`)).status).toBe(200)
    expect((await fetch(`${relay.origin}/nothing`)).status).toBe(404)
    expect(await (await fetch(`${relay.origin}/healthz`)).text()).toBe('ok\n')
    expect(await (await fetch(`${relay.origin}/readyz`)).json()).toEqual({ ready: true, mesh: true, archive: true })

    const metrics = await (await fetch(`${relay.origin}/metrics`)).text()
    const line = /^(# (HELP|TYPE) megabrain_\w+ .+|megabrain_\w+(\{[^}]*\})? [\d.e+-]+)$/
    for (const written of metrics.trimEnd().split('\n')) expect(written).toMatch(line)
    const names = ['verifier_busy_seconds_total', 'mesh_connections', 'mesh_reservations', 'admitted_total', 'archived', 'cpu_seconds_total', 'event_loop_lag_seconds']
    for (const name of [...names, 'resident_memory_bytes']) {
      expect(metrics).toMatch(new RegExp(`^megabrain_${name}(\\{.*\\})? `, 'm'))
    }
    expect(metrics).toContain('megabrain_refused_total{realm="default",reason="not-reproduced"} 0')

    const before = Date.now()
    // Twice, as when a terminal signals the whole group and npm passes it on: still one graceful end.
    void relay.stop('SIGTERM')
    const { code, stdout, stderr } = await relay.stop('SIGTERM')
    expect([code, Date.now() - before < 5_000]).toEqual([0, true])
    expect(stdout).toBe(`Megabrain relay: ${relay.origin}/\n`)
    const events = stderr.trimEnd().split('\n').map((line) => JSON.parse(line) as { time: string; level: string; event: string })
    expect(events.map(({ event }) => event)).toEqual(['listening', 'stopping', 'stopped'])
  })

  test('is the same relay with the same realm after a stop and after kill -9', async () => {
    const data = newFolder()
    const seen: unknown[] = []
    for (const signal of ['SIGINT', 'SIGKILL', 'SIGTERM'] as const) {
      const relay = await spawnRelay(flags(data))
      const { peer, realms } = await documentOf(relay)
      seen.push({ peer, realms })
      await relay.stop(signal)
    }
    expect(seen[1]).toEqual(seen[0])
    expect(seen[2]).toEqual(seen[0])
  })

  test('runs without a built page and without webrtc-direct, and leaves on SIGTERM though sockets hang half-open', async () => {
    const relay = await spawnRelay(['--port', '0', '--data', newFolder(), '--web-app', join(base, 'none'), '--webrtc-direct-port', 'off'])
    const page = await fetch(`${relay.origin}/`)
    expect([page.status, await page.text()]).toEqual([503, expect.stringContaining('npm start')])
    expect((await documentOf(relay)).addresses.some((address) => address.includes('webrtc'))).toBe(false)
    const port = Number(new URL(relay.origin).port)
    const sockets = ['', 'GET / HT', 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'].map((text) => {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined)
      socket.write(text)
      return socket
    })
    await new Promise((resolve) => sockets[2]!.once('data', resolve))
    expect((await relay.stop('SIGTERM')).code).toBe(0)
    for (const socket of sockets) socket.destroy()
  })
})

test('a relay without WebTransport says why in one line and goes on', { timeout: 60_000 }, async () => {
  const taken = createSocket('udp4')
  await new Promise<void>((resolve) => taken.bind(0, '127.0.0.1', resolve))
  const relay = await spawnRelay([...flags(newFolder()), '--webtransport-port', String(taken.address().port)])
  expect((await fetch(`${relay.origin}/readyz`)).status).toBe(200)
  const { stderr } = await relay.stop('SIGTERM')
  const warnings = stderr.trimEnd().split('\n').map((line) => JSON.parse(line) as { event: string }).filter(({ event }) => event === 'webtransport-off')
  expect(warnings).toMatchObject([{ level: 'warn', why: expect.stringMatching(/glibc 2\.3\d|the UDP port cannot be used/) }])
  taken.close()
})

describe.concurrent('a relay that cannot start', { timeout: 180_000 }, () => {
  test('because its port is taken says so in one line', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const { code, stdout, stderr } = await runRelayProcess(['--port', String(port), '--data', newFolder()])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toBe(`megabrain relay: Port ${port} on 127.0.0.1 is in use by another program. Stop that one, or set PORT or --port.\n`)
    other.close()
  })

  test('because another one uses its data folder says so, and the other goes on', async () => {
    const data = newFolder()
    const relay = await spawnRelay(flags(data))
    const second = await runRelayProcess(flags(data))
    const reason = `The data folder ${data} is in use by another running relay. Stop that one, or set MEGABRAIN_DATA or --data.`
    expect([second.code, second.stderr]).toEqual([1, `megabrain relay: ${reason}\n`])
    expect((await fetch(`${relay.origin}/readyz`)).status).toBe(200)
    await relay.stop('SIGTERM')
  })

  test('because its data folder cannot be written, or its host is elsewhere, says so', async () => {
    const file = join(base, 'a-file')
    writeFileSync(file, '')
    const folder = await runRelayProcess(flags(file))
    expect(folder.code).toBe(1)
    expect(folder.stderr).toMatch(/^megabrain relay: Cannot write to the data folder .*a-file: .*\n$/)
    const host = await runRelayProcess([...flags(newFolder()), '--host', '192.0.2.1'])
    expect([host.code, host.stderr]).toEqual([1, 'megabrain relay: 192.0.2.1 is not an address of this machine. Set HOST or --host.\n'])
  })

  test('because of a wrong setting names it, what it may be, and ends with 2', async () => {
    const byFlag = await runRelayProcess(['--port', 'http'])
    const reason = '--port must be an integer from 0 to 65535 (0: any free port); got "http"'
    expect([byFlag.code, byFlag.stderr]).toEqual([2, `megabrain relay: ${reason}\n`])
    const byEnvironment = await runRelayProcess(['--check'], { HOST: 'nowhere' })
    expect(byEnvironment.code).toBe(2)
    expect(byEnvironment.stderr).toBe('megabrain relay: HOST must be an IP address, or localhost; got "nowhere"\n')
  })
})
