// The mesh from a terminal, with a real relay: what is published there is found, fetched and verified by who comes later.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cidOf } from '@megabrain/evolve'
import { readConfiguration } from '@megabrain/relay'
import type { Relay } from '@megabrain/relay'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { evolveXor, megabrain, openQuietRelay } from '../../fixtures/terminal.ts'

let folder: string
let relay: Relay
let champion: string

const there = (): readonly string[] => ['--relay', relay.url]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'megabrain-mesh-'))
  relay = await openQuietRelay(folder)
  champion = await evolveXor(folder)
}, 60_000)
afterAll(async () => {
  await relay.close()
  await rm(folder, { recursive: true, force: true })
})

// In this order: each goes on from what the one before did.
describe('the mesh from a terminal', { timeout: 90_000 }, () => {
  test('nothing is known of a new realm, and that is an answer', async () => {
    const { exit, json } = await megabrain('best', ...there(), '--seconds', '5')
    expect([exit, json]).toMatchObject([1, { name: 'default', best: [] }])
  })

  test('a champion is published once a member has fetched it', async () => {
    const file = join(folder, 'xor', 'champion-5.claim')
    const first = await megabrain('publish', file, ...there(), '--keys', join(folder, 'keys'))
    expect([first.exit, first.json]).toMatchObject([0, { cid: champion, task: 'xor', published: true }])
    expect(first.json!['fetched']).toBeGreaterThan(0)
    const again = await megabrain('publish', file, ...there(), '--keys', join(folder, 'keys'), '--seconds', '8')
    expect([again.exit, again.json]).toMatchObject([1, { published: false, why: 'not better than what the realm has' }])
  })

  test('whoever comes later sees the relay, and the champion after running it again', async () => {
    const peers = await megabrain('peers', ...there())
    expect([peers.exit, peers.json]).toMatchObject([0, { name: 'default', members: [{ kind: 'relay', transport: 'websocket' }] }])
    const best = await megabrain('best', ...there(), '--task', 'xor')
    expect(best.json).toMatchObject({ best: [{ task: 'xor', cid: champion }] })
  })

  test('it is fetched by its name into a file that verifies', async () => {
    const file = join(folder, 'fetched.claim')
    const got = await megabrain('get', champion, ...there(), '--out', file)
    expect([got.exit, got.json]).toMatchObject([0, { found: true, task: 'xor' }])
    expect((await megabrain('verify', file)).json).toMatchObject({ valid: true, cid: champion })
    const overHttp = await fetch(`${relay.url}genotypes/${champion}`)
    expect([overHttp.status, overHttp.headers.get('access-control-allow-origin')]).toEqual([200, '*'])
    expect(cidOf(new Uint8Array(await overHttp.arrayBuffer()))).toBe(champion)
    expect((await fetch(`${relay.url}genotypes/bafkrei`)).status).toBe(400)
    expect((await fetch(`${relay.url}genotypes/bafkreib7qcdv7iu44it46eylzk3wmmag4dzkusbyyqftzgzcmsn7ezxw4m`)).status).toBe(404)
    const other = await megabrain('get', 'bafkreib7qcdv7iu44it46eylzk3wmmag4dzkusbyyqftzgzcmsn7ezxw4m', ...there(), '--seconds', '4')
    expect([other.exit, other.json]).toMatchObject([1, { found: false }])
  })

  test('a realm that the relay does not offer is named, and so are those that it does', async () => {
    expect((await megabrain('best', ...there(), '--realm', 'garden')).fault).toBe('megabrain best: the relay offers default, not garden')
  })
})

test('relay --init writes settings that relay --config accepts, and never over a file', async () => {
  const file = join(folder, 'relay.json')
  const { exit, json } = await megabrain('relay', '--init', '--config', file)
  expect([exit, json!['next']]).toEqual([0, expect.arrayContaining([expect.stringMatching(/^megabrain relay --config .*relay\.json --check$/)])])
  const read = readConfiguration(['--config', file], {}, folder)
  expect(read).toMatchObject({ ok: true, value: { port: 8787, host: '0.0.0.0' } })
  expect((await megabrain('relay', '--init', '--config', file)).fault).toMatch(/--init does not overwrite/)
})
