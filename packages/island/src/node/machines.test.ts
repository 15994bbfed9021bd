import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { linkKeys, openKeys, ownerEntropy } from '@megabrain/archive/sqlite'
import { createRealm, encodeRealm, machineKind, realmMessage } from '@megabrain/exchange'
import type { Archive, Keys } from '@megabrain/exchange'
import { createMemoryArchive, createMemoryNetwork, portsOf } from '@megabrain/exchange/memory'
import { afterEach, expect, test, vi } from 'vitest'
import { openNodeIsland, openVerifier } from './index.ts'
import type { Island } from './index.ts'

const closing: (() => unknown)[] = []
afterEach(async () => { for (const close of closing.splice(0).reverse()) await close() })
const within = { timeout: 20_000, interval: 50 }

/** A relay and its realm, where machines come and go. */
async function openPlace() {
  const folder = await mkdtemp(join(tmpdir(), 'megabrain-machines-'))
  closing.push(() => rm(folder, { recursive: true, force: true }))
  const relayKeys = await openKeys(join(folder, 'relay'))
  const policy = createRealm({ name: 'test', owner: Buffer.from(relayKeys.owner).toString('hex'), tasks: ['xor'] })
  const realm = encodeRealm(policy, await relayKeys.signAsOwner(realmMessage(policy)))
  const network = createMemoryNetwork({ seed: 1 })
  const timer = setInterval(() => network.advance(20), 20)
  closing.push(() => clearInterval(timer))
  const relay = await openVerifier({
    realms: [{ document: realm, mesh: portsOf(network.join('relay', 'relay')) }], archive: createMemoryArchive(), keys: relayKeys, dutyPercent: 50,
  })
  closing.push(() => relay.close())

  /** @param name new for each start */
  async function openMachine(name: string, keys: Keys, archive: Archive = createMemoryArchive()): Promise<Island> {
    const mesh = portsOf(network.join(name, 'island'))
    const island = await openNodeIsland({ realm, archive, keys, mesh, settings: { task: 'xor', dutyPercent: 5, machineName: name } })
    island.command({ kind: 'start' })
    await vi.waitFor(() => expect(['running', 'paused']).toContain(island.snapshot().phase), within)
    network.connect('relay', name)
    closing.push(() => island.close())
    return island
  }
  return { folder, relay, network, openMachine, keysIn: (name: string) => openKeys(join(folder, name)) }
}

const names = (island: Island) => island.snapshot().machines?.machines.map(({ name }) => name)
const state = (island: Island) => {
  const { phase, reason } = island.snapshot()
  return reason === undefined ? phase : `${phase}: ${reason}`
}

test('machines that the words have linked see each other and pause together; strangers see neither, and each may go on by itself', async () => {
  const place = await openPlace()
  const [desk, carol] = [await place.keysIn('desk'), await place.keysIn('carol')]
  const entropy = await ownerEntropy(join(place.folder, 'desk'))
  await linkKeys(join(place.folder, 'phone'), entropy!, { keepOwner: false })
  const phone = await place.keysIn('phone')
  expect(phone.owner).toEqual(desk.owner)
  expect(phone.device).not.toEqual(desk.device)
  await expect(phone.signAsOwner(new Uint8Array(1))).rejects.toMatchObject({ name: 'OwnerElsewhereError' })

  const atDesk = await place.openMachine('desk', desk)
  const atCarol = await place.openMachine('carol', carol)
  // A machine that is the only one tells nobody anything.
  await new Promise((resolve) => setTimeout(resolve, 2_500))
  expect(atDesk.snapshot().machines?.machines).toEqual([])

  const phoneArchive = createMemoryArchive()
  const atPhone = await place.openMachine('phone', phone, phoneArchive)
  await vi.waitFor(() => expect([names(atDesk), names(atPhone)]).toEqual([['desk', 'phone'], ['phone', 'desk']]), within)
  const seen = { device: Buffer.from(phone.device).toString('hex'), phase: 'running', isHere: false, isSilent: false, isRevoked: false }
  await vi.waitFor(() => expect(atDesk.snapshot().machines!.machines[1]).toMatchObject(seen), within)
  expect([atDesk.snapshot().machines!.mayRevoke, atPhone.snapshot().machines!.mayRevoke]).toEqual([true, false])

  atPhone.command({ kind: 'ask-machines', paused: true })
  await vi.waitFor(() => expect([state(atDesk), state(atPhone)]).toEqual(['paused: by-owner', 'paused: by-owner']), within)
  expect(state(atCarol)).toBe('running')
  expect(names(atCarol)).toEqual([])

  atDesk.command({ kind: 'resume' })
  await vi.waitFor(() => expect(state(atDesk)).toBe('running'), within)
  expect(state(atPhone)).toBe('paused: by-owner')
  // The wish outlives a restart, and so does what was decided against it.
  await atPhone.close()
  place.network.leave('phone')
  const again = await place.openMachine('phone-again', phone, phoneArchive)
  await vi.waitFor(() => expect(state(again)).toBe('paused: by-owner'), within)
  expect(state(atDesk)).toBe('running')
  again.command({ kind: 'ask-machines', paused: false })
  await vi.waitFor(() => expect([state(atDesk), state(again)]).toEqual(['running', 'running']), within)
}, 90_000)

test('an old wish told again, a machine that was taken back, and a stranger move nobody', async () => {
  const place = await openPlace()
  const desk = await place.keysIn('desk')
  await linkKeys(join(place.folder, 'phone'), (await ownerEntropy(join(place.folder, 'desk')))!, { keepOwner: false })
  const phone = await place.keysIn('phone')
  const [atDesk, atPhone] = [await place.openMachine('desk', desk), await place.openMachine('phone', phone)]
  await vi.waitFor(() => expect(names(atDesk)).toEqual(['desk', 'phone']), within)

  // Somebody on the way keeps what went by.
  const kept: Uint8Array[] = []
  const eve = portsOf(place.network.join('eve', 'island'))
  eve.channel.subscribe(({ bytes }) => void kept.push(bytes.slice()))
  place.network.connect('eve', 'desk')
  place.network.connect('eve', 'phone')
  atPhone.command({ kind: 'ask-machines', paused: true })
  await vi.waitFor(() => expect(state(atDesk)).toBe('paused: by-owner'), within)
  atPhone.command({ kind: 'ask-machines', paused: false })
  await vi.waitFor(() => expect(state(atDesk)).toBe('running'), within)
  const wishes = kept.filter((bytes) => Buffer.from(bytes).includes(machineKind.kind))
  expect(wishes.length).toBeGreaterThanOrEqual(2)
  expect(wishes.some((bytes) => /desk|phone|running|paused/.test(Buffer.from(bytes).toString('latin1')))).toBe(false)
  for (const bytes of wishes) eve.channel.publish(bytes)

  atDesk.command({ kind: 'revoke', device: Buffer.from(phone.device).toString('hex') })
  await vi.waitFor(() => expect(atDesk.snapshot().machines?.machines[1]?.isRevoked).toBe(true), within)
  atPhone.command({ kind: 'ask-machines', paused: true })
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  expect([state(atDesk), state(atPhone)]).toEqual(['running', 'running'])
  // What only the owner may sign, a machine without the owner key does not even try.
  atPhone.command({ kind: 'revoke', device: Buffer.from(desk.device).toString('hex') })
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(atDesk.snapshot().machines?.machines[0]?.isRevoked).toBe(false)
}, 90_000)
