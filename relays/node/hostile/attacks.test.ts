// One relay, one honest member, and every published way to bring a relay down, one after the other: it stays up, answers the
// member meanwhile, does not grow, and says in its numbers what it refused.

import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeRequest } from '../../../packages/exchange/src/wire/messages.ts'
import { openNodeMesh, type Mesh } from '@megabrain/mesh/node'
import { spawnRelay, type SpawnedRelay } from '../src/spawned-relay.ts'
import { readTarget, type Target } from './target.ts'

interface Expected {
  /** What the relay did to the attacker. */
  readonly outcome: RegExp
  /** Grows, and says why. */
  readonly counter?: string
}

const reset = /^streams ((reset|closed|aborted)(, |(?=;)))+; connection open$/
/** Four of the five are broken; the last two say nothing that is against the rules. */
const mostlyReset = /^streams (closed|reset|open).*; connection open$/

const table: Readonly<Record<string, Expected>> = {
  'too-many-headers': { outcome: /^431, ended; 431, ended$/ },
  'header-names-of-objects': { outcome: /^200, ended; (101|400), (open|ended)$/ },
  'pipelined-requests': { outcome: /ended$/, counter: 'http_requests_refused' },
  'half-open-sockets': { outcome: /^500 held$/, counter: 'websockets_malformed' },
  'websocket-claims-terabytes': { outcome: /^20 of 20 ended$/, counter: 'websockets_malformed' },
  'websocket-frame-of-2-mib': { outcome: /^20 of 20 ended$/, counter: 'websockets_malformed' },
  'websocket-tiny-fragments': { outcome: /^1 of 1 ended$/, counter: 'websockets_malformed' },
  'websocket-fragments-held': { outcome: /^60 of 60 ended$/, counter: 'websockets_malformed' },
  'websocket-broken-frames': { outcome: /^20 of 20 ended$/, counter: 'websockets_malformed' },
  'malformed-stun': { outcome: /to stun, .* to webrtc-direct$/, counter: 'stun_ignored' },
  'stun-with-new-names': { outcome: /to webrtc-direct$/, counter: 'webrtc_direct_refused' },
  'malformed-quic': { outcome: /to stun$/, counter: 'stun_ignored' },
  'der-key-claims-gigabytes': { outcome: /^7 of 7 refused$/ },
  'streams-without-end': { outcome: /^disconnected$/, counter: 'muxer_flooding' },
  'streams-opened-and-reset': { outcome: /^disconnected$/, counter: 'muxer_flooding' },
  'muxer-frame-claims-gigabytes': { outcome: /^disconnected$/, counter: 'muxer_oversized' },
  'data-beyond-the-window': { outcome: /^(kept|disconnected)$/ },
  'windows-beyond-4-gib': { outcome: /^(kept|disconnected)$/ },
  'muxer-pings': { outcome: /^disconnected$/, counter: 'muxer_flooding' },
  'unknown-muxer-frames': { outcome: /^disconnected$/ },
  'protocol-names-without-end': { outcome: /^(kept|disconnected)$/ },
  'identify-with-27000-protocols': { outcome: /^12 peers told$/ },
  'identify-that-never-ends': { outcome: /^20 peers silent$/ },
  'topics-without-end': { outcome: /stream / },
  'empty-entries-by-the-million': { outcome: /stream / },
  'empty-control-entries': { outcome: /stream / },
  'gossip-frame-of-16-mib': { outcome: /stream (closed|reset)$/ },
  'gossip-claims-gigabytes': { outcome: mostlyReset },
  'ids-offered-and-wanted': { outcome: /stream / },
  'grafts-of-unknown-topics': { outcome: /stream / },
  'unsigned-messages': { outcome: /stream / },
  'reservations-of-many-peers': { outcome: /^60 peers asked$/ },
  'circuits-to-strangers': { outcome: /^40 of 40 answered$/, counter: 'circuits_refused' },
  'circuits-that-claim-gigabytes': { outcome: mostlyReset },
  'introductions-without-end': { outcome: /^stream (reset|closed|aborted)$/, counter: 'introduction_refused' },
  'introduction-streams-replaced': { outcome: /^opened again and again$/, counter: 'introduction_refused' },
  'introductions-that-claim-gigabytes': { outcome: reset, counter: 'introduction_malformed' },
  'requests-that-say-nothing': { outcome: /^opened and left$/, counter: 'requests_refused' },
  'requests-that-claim-gigabytes': { outcome: reset, counter: 'requests_refused' },
}

/** What an attack may leave behind in the relay's memory. */
const MAX_GROWTH_BYTES = 50e6
/** Garbage grows a heap once; what is kept grows it each time. */
const MAX_REPEATS = 3
/** For an honest member, while the attack goes on and on a busy machine. A quiet one answers in milliseconds. */
const MAX_ANSWER_MS = 5_000
const ASK_EVERY_MS = 200

const data = mkdtempSync(join(tmpdir(), 'relay-hostile-'))
let relay: SpawnedRelay
let target: Target
let member: Mesh | undefined
let attacker: ChildProcess | undefined
let told: AsyncIterator<string>

beforeAll(async () => {
  relay = await spawnRelay(['--port', '0', '--webtransport-port', '0', '--tasks', 'xor', '--data', data], process.env['NEWER_LIBC'])
  target = await readTarget(relay.origin)
  member = await openNodeMesh({ realm: target.realm, relays: [target.address] })
  while (!await ask()) await pause(ASK_EVERY_MS) // until it is a member
  attacker = spawn(process.execPath, [fileURLToPath(new URL('./attacker.ts', import.meta.url)), relay.origin], { stdio: ['pipe', 'pipe', 'inherit'] })
  told = createInterface({ input: attacker.stdout! })[Symbol.asyncIterator]()
  const { attacks } = JSON.parse(await nextLine()) as { readonly attacks: readonly string[] }
  expect(Object.keys(table).sort(), 'the table has every attack').toEqual([...attacks].sort())
}, 180_000)

afterAll(async () => {
  attacker?.kill('SIGKILL')
  await member?.close()
  await relay.stop('SIGKILL')
  rmSync(data, { recursive: true, force: true })
})

test.each(Object.keys(table))('%s', { timeout: 60_000 }, async (name) => {
  const { outcome, counter } = table[name]!
  const counted = async (): Promise<number> => (await metrics()).get(`megabrain_mesh_${counter}_total`)!
  const before = counter === undefined ? 0 : await counted()
  let growth = Number.POSITIVE_INFINITY
  for (let repeat = 0; repeat < MAX_REPEATS && growth >= MAX_GROWTH_BYTES; repeat++) {
    const rss = await residentBytes()
    const { said, slowest } = await during(() => attack(name))
    expect(said).toMatch(outcome)
    expect(slowest).toBeLessThan(MAX_ANSWER_MS)
    growth = await residentBytes() - rss
  }
  expect(growth).toBeLessThan(MAX_GROWTH_BYTES)
  if (counter !== undefined) expect(await counted()).toBeGreaterThan(before)
})

test('after all of them a newcomer joins and the relay is the same process', { timeout: 60_000 }, async () => {
  const newcomer = await openNodeMesh({ realm: target.realm, relays: [target.address] })
  await expect.poll(() => newcomer.view().relays[0]?.reserved, { timeout: 30_000 }).toBe(true)
  await newcomer.close()
  const response = await fetch(`${relay.origin}/readyz`)
  expect(await response.json()).toMatchObject({ ready: true })
  expect((await fetch(`${relay.origin}/healthz`)).status).toBe(200)
})

async function nextLine(): Promise<string> {
  const { value, done } = await told.next()
  if (done === true) throw new Error('The attacker ended')
  return value
}

async function attack(name: string): Promise<string> {
  attacker!.stdin!.write(`${name}\n`)
  return (JSON.parse(await nextLine()) as { readonly outcome: string }).outcome
}

/** Compares archives, as members do all the time. @returns whether the relay answered */
async function ask(): Promise<boolean> {
  const question = encodeRequest({ kind: 'compare', root: '00'.repeat(32) })
  const answer = await member!.requests.request(target.peer, question, { timeoutMs: MAX_ANSWER_MS * 2, maxBytes: 65_536 })
  return answer.ok
}

/** Runs `attacking` while the honest member asks on. @returns the attacker's words, and the longest answer, ms */
async function during(attacking: () => Promise<string>): Promise<{ readonly said: string; readonly slowest: number }> {
  let [slowest, answers, over] = [0, 0, false]
  const asking = (async () => {
    while (!over || answers === 0) {
      const from = performance.now()
      expect(await ask(), 'the relay answers its member').toBe(true)
      slowest = Math.max(slowest, performance.now() - from)
      answers++
      await pause(ASK_EVERY_MS)
    }
  })()
  const said = await attacking().finally(() => { over = true })
  await asking
  return { said, slowest }
}

async function metrics(): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${relay.origin}/metrics`)).text()
  return new Map(text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).map((line) => {
    const space = line.lastIndexOf(' ')
    return [line.slice(0, space), Number(line.slice(space + 1))]
  }))
}

async function residentBytes(): Promise<number> {
  return (await metrics()).get('megabrain_resident_memory_bytes')!
}
