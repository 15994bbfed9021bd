// `npm start` as its operator meets it: one address on loopback, quick the second time, a clean end.

import { expect, test } from 'vitest'
import { openScene } from './scene.ts'
import type { Program } from './program.ts'

const scene = openScene()
const MAX_SECOND_START_MS = 5_000

test('npm start prints one address, is quick the second time and ends cleanly', async () => {
  const relay = await scene.relay()
  await relay.stop()
  const environment = { PORT: relay.port, MEGABRAIN_DATA: relay.data }
  const first = scene.program('first npm start', ['scripts/bootstrap.mjs', 'start'], environment)
  expect(await address(first, 120_000)).toBe(relay.url)
  expect(await first.end('SIGTERM')).toBe(0)

  const from = performance.now()
  const second = scene.program('second npm start', ['scripts/bootstrap.mjs', 'start'], environment)
  const url = await address(second, 30_000)
  expect(performance.now() - from).toBeLessThanOrEqual(MAX_SECOND_START_MS)
  expect(new URL(url).hostname).toBe('127.0.0.1')
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
  expect(await (await fetch(url)).text()).toContain('Megabrain')
  const document = (await (await fetch(`${url}/.well-known/megabrain.json`)).json()) as { readonly peer: string }
  expect(second.lines.filter((line) => line.includes('http'))).toHaveLength(1)
  expect(relay.log, 'its identity is the one from before').toContain(document.peer)
  expect(await second.end('SIGTERM')).toBe(0)
})

function address(program: Program, timeoutMs: number): Promise<string> {
  return program.line('its address', (line) => {
    const [found] = /https?:\/\/\S+/.exec(line) ?? []
    return found === undefined ? undefined : new URL(found).origin
  }, timeoutMs)
}
