// Realms made on the command line, hosted by a real relay: what their containment keeps in or out, and a ban at work.

import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Relay } from '@megabrain/relay'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { evolveXor, megabrain, openQuietRelay } from '../../fixtures/terminal.ts'

let folder: string
let relay: Relay
let champion: string
const data = (name: string): string => join(folder, 'relay', 'realms', name)
const key = (name: string): string => join(folder, `${name}.key`)

const at = (realm: string): readonly string[] => ['--relay', relay.url, '--realm', realm]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'megabrain-realms-'))
  await mkdir(join(folder, 'relay', 'realms'), { recursive: true, mode: 0o700 })
  for (const [name, containment] of [['vault', '3'], ['sealed', '4']] as const) {
    const made = await megabrain('realm', 'create', '--name', name, '--task', 'xor', '--containment', containment, '--key', key(name), '--out', data(`${name}.realm`))
    expect(made.exit).toBe(0)
  }
  relay = await openQuietRelay(folder)
  champion = await evolveXor(folder)
}, 120_000)
afterAll(async () => {
  await relay.close()
  await rm(folder, { recursive: true, force: true })
})

// In this order: each goes on from what the one before did.
describe('a realm made on the command line', { timeout: 120_000 }, () => {
  const file = (): string => join(folder, 'xor', 'champion-5.claim')

  test('of containment 3 takes a champion in and lets it out no more', async () => {
    const published = await megabrain('publish', file(), ...at('vault'), '--keys', join(folder, 'keys'))
    expect([published.exit, published.json]).toMatchObject([0, { cid: champion, published: true }])
    const got = await megabrain('get', champion, ...at('vault'), '--out', join(folder, 'out.claim'))
    expect([got.exit, got.json]).toMatchObject([1, { found: true, refused: 'contained', containment: 3 }])
    expect((await fetch(`${relay.url}genotypes/${champion}`)).status).toBe(404)
  })

  test('of containment 4 takes nothing in', async () => {
    const published = await megabrain('publish', file(), ...at('sealed'), '--keys', join(folder, 'keys'), '--seconds', '4')
    expect([published.exit, published.json]).toMatchObject([1, { published: false, why: 'contained' }])
  })

  test('forgets what its moderator bans, once the statement lies in the relay\'s folder', async () => {
    const of = ['--realm', data('vault.realm'), '--key', key('vault')]
    expect((await megabrain('realm', 'ban', ...of, '--lineage', champion, '--reason', 'test', '--out', data('ban.statement'))).exit).toBe(0)
    await expect.poll(async () => (await megabrain('best', ...at('vault'), '--seconds', '5')).json!['best'], { timeout: 60_000 }).toEqual([])
  })
})
