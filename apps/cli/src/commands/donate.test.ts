// The headless donor as an operator has it: real processes, a real relay, a real archive, real signals.

import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { getPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Relay } from '@megabrain/relay'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { megabrain, openQuietRelay } from '../../fixtures/terminal.ts'

interface Status {
  readonly state: string
  readonly reason?: string
  readonly until?: string
  readonly task: string
  readonly author: string
  readonly evaluations: number
  readonly bestHere: number
  readonly published: number
  readonly network: { readonly relays: readonly { readonly state: string }[] }
  readonly sensors?: { readonly readings: number; readonly keptLocalPercent: number }
}

interface Running {
  readonly process: ChildProcess
  readonly url: string
  said(): string
  status(): Promise<Status>
  ended: Promise<number | string>
}

let folder: string
let relay: Relay
const running: ChildProcess[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'megabrain-donate-'))
  relay = await openQuietRelay(folder)
}, 60_000)
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL')
  await relay.close()
  await rm(folder, { recursive: true, force: true })
})

/** Whatever else this machine does, it is to compute at once. */
async function donate(...args: readonly string[]): Promise<Running> {
  const main = new URL('../main.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [main, 'donate', '--status', '0', '--even-when', 'in-use,busy,battery', '--nice', '0', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  running.push(child)
  let text = ''
  child.stderr.on('data', (bytes) => { text += String(bytes) })
  const ended = new Promise<number | string>((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal ?? '')))
  const url = await vi.waitFor(() => /Status: (\S+)/.exec(text)![1]!, { timeout: 60_000, interval: 50 })
  return { process: child, url, ended, said: () => text, status: async () => await (await fetch(url)).json() as Status }
}

/** `fetch` sends no forged Host. */
function statusCode(url: string, method: string, headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { method, headers }, (response) => resolve(response.resume().statusCode ?? 0)).once('error', reject).end()
  })
}

// In this order: each goes on from what the one before left.
describe('a headless donor', { timeout: 150_000 }, () => {
  const data = (): string => join(folder, 'data')
  let found: Status

  test('evolves, joins the relay, and tells its state to this machine and to no web page', async () => {
    const donor = await donate('--relay', relay.url, '--data', data(), '--task', 'xor', '--workers', '2', '--nice', '1')
    found = await vi.waitFor(async () => {
      const status = await donor.status()
      expect(status).toMatchObject({ state: 'running', task: 'xor', network: { relays: [{ state: 'connected' }] } })
      expect(status.bestHere).toBeGreaterThan(500_000)
      return status
    }, { timeout: 60_000, interval: 200 })
    expect(await statusCode(donor.url, 'GET', { origin: 'https://example.org' })).toBe(403)
    expect(await statusCode(donor.url, 'GET', { 'sec-fetch-site': 'cross-site' })).toBe(403)
    expect(await statusCode(donor.url, 'GET', { host: 'rebound.example.org' })).toBe(403)
    expect(await statusCode(donor.url, 'POST', {})).toBe(405)
    expect(await statusCode(donor.url, 'GET', {})).toBe(200)
    const threads = await readdir(`/proc/${donor.process.pid}/task`)
    expect(new Set(threads.map((thread) => getPriority(Number(thread))))).toEqual(new Set([1]))
    donor.process.kill('SIGKILL')
    await donor.ended
  })

  test('goes on after a power cut with what it had, and without any relay', async () => {
    await relay.close()
    const donor = await donate('--relay', relay.url, '--data', data(), '--task', 'xor')
    expect(donor.said()).toMatch(/does not answer; going on in default as last time/)
    const status = await vi.waitFor(async () => {
      const now = await donor.status()
      expect(now.evaluations).toBeGreaterThan(0)
      return now
    }, { timeout: 40_000, interval: 200 })
    expect(status.bestHere).toBeGreaterThanOrEqual(found.bestHere)
    expect(status.author).toBe(found.author)
    expect(status.network.relays.map(({ state }) => state)).not.toContain('connected')
    donor.process.kill('SIGTERM')
    expect(await donor.ended).toBe(0)
    await rm(join(folder, 'page'), { recursive: true })
    relay = await openQuietRelay(folder)
  })

  test('rests outside its hours and says until when; a second machine works for the same owner by the key file', async () => {
    const hour = new Date().getHours()
    const hours = `${(hour + 3) % 24}-${(hour + 5) % 24}`
    const donor = await donate('--relay', relay.url, '--data', join(folder, 'second'), '--hours', hours, '--key', join(data(), 'worker-1', 'author-keys.json'))
    await vi.waitFor(async () => expect(await donor.status()).toMatchObject({ state: 'paused', reason: 'schedule', evaluations: 0, author: found.author }), { timeout: 40_000 })
    expect(Date.parse((await donor.status()).until!)).toBeGreaterThan(Date.now())
    donor.process.kill('SIGTERM')
    expect(await donor.ended).toBe(0)
  })

  test('leaves the mesh when the day has cost what it may, says so, and goes on alone', async () => {
    const path = join(data(), 'donor.json')
    const remembered = JSON.parse(await readFile(path, 'utf8')) as { data: { day: number; bytes: number } }
    await writeFile(path, JSON.stringify({ ...remembered, data: { ...remembered.data, bytes: 999_000 } }))
    const donor = await donate('--relay', relay.url, '--data', data(), '--task', 'xor', '--data-cap', '1')
    await vi.waitFor(async () => expect(await donor.status()).toMatchObject({ state: 'running', network: { state: 'closed', relays: [], reason: 'data-limit' }, bytes: { dailyCap: 1_000_000 } }), { timeout: 60_000 })
    const { evaluations } = await donor.status()
    await vi.waitFor(async () => expect((await donor.status()).evaluations).toBeGreaterThan(evaluations), { timeout: 20_000 })
    donor.process.kill('SIGTERM')
    expect(await donor.ended).toBe(0)
  })

  test('learns from a folder of its own readings, in a realm that knows no such task, and claims nothing about them', async () => {
    const sensors = await mkdtemp(join(folder, 'sensors-'))
    const hours = Array.from({ length: 144 }, (_, i) => {
      const [home, day] = [i % 5 < 3 ? 1 : 0, i % 4 < 2 ? 1 : 0]
      return [i, day, home === day ? 0.2 : 0.8, home * 0.6, home === 1 ? 0.7 : 0.35, 0.2 + 0.3 * home, i % 11 === 0 ? '' : 0, home].join(',')
    })
    await writeFile(join(sensors, 'day.csv'), ['time,daylight,lamp,sound,warmth,power,door,home', ...hours].join('\n'))
    const donor = await donate('--relay', relay.url, '--data', join(folder, 'third'), '--sensors', sensors, '--duty', '50')
    await vi.waitFor(async () => {
      const status = await donor.status()
      expect(status).toMatchObject({ state: 'running', task: 'sensor-fusion', published: 0, network: { relays: [{ state: 'connected' }] }, sensors: { readings: 144 } })
      expect(status.bestHere).toBeGreaterThan(700_000)
      expect(status.sensors!.keptLocalPercent).toBeGreaterThan(99)
    }, { timeout: 60_000, interval: 200 })
    donor.process.kill('SIGTERM')
    expect(await donor.ended).toBe(0)
  })
})

test.each([
  ['day.csv', 'time,lamp\n', /^megabrain donate: day.csv:1: the head of the table lacks daylight, sound, warmth, power, door, home/],
  ['day.csv', 'daylight,lamp,sound,warmth,power,door,home\n1,0,0,0.4,0.2,0,1\n1,0,loud,0.4,0.2,0,1\n', /day.csv:3: "sound" is "loud", which is no number/],
  ['day.csv', 'daylight,lamp,sound,warmth,power,door,home\n1,0,0\n', /day.csv:2: 3 cells, but the head of the table names 7/],
  ['day.jsonl', '{"daylight":1,"home":"perhaps"}\n', /day.jsonl:1: "home" is "perhaps"; it must be 1 or 0, true or false/],
  ['day.jsonl', '{"daylight":1', /day.jsonl:1: this is no JSON/],
  ['day.txt', '', /holds no .csv or .jsonl file/],
])('readings that cannot be used are named by file and line: %s %j', async (name, text, fault) => {
  const sensors = await mkdtemp(join(folder, 'wrong-'))
  await writeFile(join(sensors, name), text)
  expect(await megabrain('donate', '--relay', 'http://127.0.0.1:9', '--sensors', sensors, '--nice', '0')).toMatchObject({ exit: 2, fault: expect.stringMatching(fault) as string })
})

test.each([
  [['--hours', '25-3'], '--hours is such as 22-6, "mon-fri 22-6" or "mon-fri 22-6, sat-sun 0-24", got "25-3"'],
  [['--hours', 'moo-fri 22-6'], '--hours is such as 22-6, "mon-fri 22-6" or "mon-fri 22-6, sat-sun 0-24"; days are mon, tue, wed, thu, fri, sat, sun, not moo'],
  [['--even-when', 'asleep'], '--even-when takes in-use, busy, battery, got asleep'],
  [['--workers', '65'], '--workers must be at most 64, got 65'],
  [['--key', '/nowhere', '--nice', '0'], undefined],
])('what is typed wrongly is named: %j', async (args, fault) => {
  const answer = await megabrain('donate', '--relay', 'http://127.0.0.1:9', '--data', join(folder, 'none'), ...args)
  expect([answer.exit, answer.fault]).toEqual([2, fault === undefined ? expect.any(String) : `megabrain donate: ${fault}`])
})
