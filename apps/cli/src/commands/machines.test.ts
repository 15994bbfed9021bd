// An owner's machines from a terminal: real donor processes at a real relay. And what leaves a machine that works on its own data.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSearch, evaluate } from '@megabrain/evolve'
import { openKeys } from '@megabrain/archive/sqlite'
import { createMemoryArchive } from '@megabrain/exchange/memory'
import { openNodeIsland } from '@megabrain/island/node'
import { openNodeMesh } from '@megabrain/mesh/node'
import type { Relay } from '@megabrain/relay'
import { createSensorFusion, rawBytesPerEvaluation } from '@megabrain/tasks'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { megabrain, openQuietRelay } from '../../fixtures/terminal.ts'
import { findMeshPlace } from '../mesh/relay-address.ts'

const main = join(import.meta.dirname, '../main.ts')
const donors: ChildProcess[] = []
let folder: string
let relay: Relay

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'megabrain-machines-'))
  relay = await openQuietRelay(folder)
}, 60_000)
afterAll(async () => {
  await Promise.all(donors.map((donor) => new Promise((resolve) => donor.once('exit', resolve) && donor.kill('SIGKILL'))))
  await relay.close()
  await rm(folder, { recursive: true, force: true })
})

function donate(name: string): void {
  donors.push(spawn(process.execPath, [main, 'donate', '--relay', relay.url, '--data', join(folder, name), '--task', 'xor', '--duty', '5', '--even-when', 'in-use,busy'], { stdio: 'ignore' }))
}

test('two machines linked by words are listed with their states, and pause together and are asked to go on', { timeout: 120_000 }, async () => {
  const { json } = await megabrain('machines', 'words', '--data', join(folder, 'desk'))
  const words = String(json!['words'])
  const linking = (data: string, input: string) => spawnSync(process.execPath, [main, 'machines', 'link', '--data', data, '--json'], { input, encoding: 'utf8' })
  const wrong = linking(join(folder, 'rack'), `${words} zoo\n`)
  expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining('one of them is mistyped or missing')])
  expect(linking(join(folder, 'rack'), `${words}\n`).status).toBe(0)

  donate('desk')
  donate('rack')
  const list = async (...options: readonly string[]) => {
    const { exit, json: answer } = await megabrain('machines', '--relay', relay.url, '--data', join(folder, 'desk'), '--seconds', '8', ...options)
    const { paused, told, machines } = answer as { paused: boolean; told?: boolean; machines: readonly { phase: string; reason: string }[] }
    return { exit, paused, told, states: machines.map(({ phase, reason }) => (reason === '' ? phase : `${phase}: ${reason}`)) }
  }
  await vi.waitFor(async () => expect((await list()).states).toEqual(['running', 'running']), { timeout: 60_000, interval: 500 })
  expect(await list('--pause')).toMatchObject({ exit: 0, paused: true, told: true })
  await vi.waitFor(async () => expect((await list()).states).toEqual(['paused: by-owner', 'paused: by-owner']), { timeout: 40_000, interval: 500 })
  expect(await list('--resume')).toMatchObject({ exit: 0, paused: false, told: true })
})

test('of what a member of the mesh sends and what its networks are shown of its own sensors, at least 99 % stays', { timeout: 60_000 }, async () => {
  const place = await findMeshPlace(relay.url, undefined)
  const mesh = await openNodeMesh({ relays: place.relays, realm: place.realmId })
  const island = await openNodeIsland({ realm: place.document, archive: createMemoryArchive(), keys: await openKeys(join(folder, 'sensor')), mesh, settings: { task: 'xor', dutyPercent: 5 } })
  try {
    island.command({ kind: 'start' })
    const sent = () => mesh.view().traffic.sent
    await vi.waitFor(() => expect(sent()).toMatchObject({ gossip: expect.toSatisfy((bytes: number) => bytes > 0), introductions: expect.toSatisfy((bytes: number) => bytes > 0) }), { timeout: 30_000 })
    const house = createSensorFusion(20_261_201)
    let search = createSearch({ algorithm: 'neat', task: house, seed: 1 })
    const end = Date.now() + 5_000
    while (Date.now() < end) {
      const { search: asked, candidates } = search.ask()
      search = asked.tell(candidates.map(({ genotype }) => evaluate(house, genotype)))
      // A quarter of a core, as a donor would: the mesh has its turn meanwhile.
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    const { evaluations } = search.census()
    const processed = evaluations * rawBytesPerEvaluation(house)
    const left = Object.values(sent()).reduce((sum, bytes) => sum + bytes, 0)
    expect(left).toBeGreaterThan(1_000)
    expect(processed / (processed + left)).toBeGreaterThanOrEqual(0.99)
  } finally {
    await island.close()
    await mesh.close()
  }
})
