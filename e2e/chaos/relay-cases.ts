// What a relay lives through: kill -9 while members work, a full disk, a clock that jumps, everybody at once.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Relay } from '../relay.ts'
import { answersOf, isReady, membersOf, ofRealm, rest, type World } from './world.ts'

/** Members come back by themselves within this, ms: the longest wait of their dial supervisor and a slow machine. */
const RETURN_MS = 60_000
const START_MS = 60_000
/** No member is back so soon, so what is there then was on the disk. */
const BEFORE_RETURN_MS = 1_000
const WORK_MS = 60_000
/** A connection that says nothing is given up after a ping and its longest patience, ms. */
const APART_MS = 180_000
/** What was in the archive this long before a kill was written down, ms: a group commit takes tens. */
const DURABLE_AFTER_MS = 1_000

async function untilWorking(world: World, relay: Relay, members: number): Promise<void> {
  await world.promise(`${members} members have joined`, async () => await membersOf(relay) >= members, START_MS)
  await world.promise('the relay has archived a champion', async () => await ofRealm(relay, 'archived') > 0, WORK_MS)
}

/** Keeps looking at how many champions are archived. @returns the number that has been there for long enough to be durable */
function watchArchive(relay: Relay): { readonly durable: () => number; readonly stop: () => void } {
  const seen: { readonly at: number; readonly archived: number }[] = []
  const timer = setInterval(() => {
    ofRealm(relay, 'archived').then((archived) => seen.push({ at: performance.now(), archived }), () => undefined)
  }, 100)
  return {
    durable: () => Math.max(0, ...seen.filter(({ at }) => performance.now() - at > DURABLE_AFTER_MS).map(({ archived }) => archived)),
    stop: () => clearInterval(timer),
  }
}

/** @param kills how often */
export async function killRelay(world: World, kills: number): Promise<void> {
  const relay = await world.relay()
  world.donor(relay)
  world.donor(relay)
  await untilWorking(world, relay, 2)
  for (let kill = 1; kill <= kills; kill++) {
    const watch = watchArchive(relay)
    const after = world.between(1_200, 4_000)
    await rest(after)
    const durable = watch.durable()
    watch.stop()
    await relay.kill()
    world.fault(`kill -9 of the relay after ${after} ms of work, with ${durable} champions archived (${kill} of ${kills})`)
    await rest(world.between(0, 2_000))
    await relay.start()
    await world.promise('it starts again and is ready', () => isReady(relay), START_MS)
    await world.promise(`none of the ${durable} champions is lost`, async () => await ofRealm(relay, 'archived') >= durable, BEFORE_RETURN_MS)
    await world.promise('both members are back by themselves', async () => await membersOf(relay) === 2, RETURN_MS)
  }
  await world.promise('and they compare archives with it again', async () => await answersOf(relay) > 0, WORK_MS)
}

/** Two relays in two homes, each with a member of one realm. @param apartMs for how long nothing passes between the homes */
export async function partRelays(world: World, apartMs: number): Promise<void> {
  const network = world.network()
  const [here, there] = [network.home(), network.home()]
  const first = await world.relay(here.address, {}, here.within)
  const second = await world.relay(there.address, { MEGABRAIN_JOIN: first.url }, there.within)
  const relays = [first, second]
  const { realms: [own] } = await (await fetch(`${first.url}/.well-known/megabrain.json`)).json() as { readonly realms: readonly { readonly id: string }[] }
  const realm = own!.id
  /** What the second relay calls it, beside its own of the same name. */
  const labels = ['default', `default-${realm.slice(0, 8)}`]
  const linked = async (count: number): Promise<boolean> => {
    const all = await Promise.all(relays.map(async (relay) => (await relay.metrics()).get('megabrain_mesh_relays')))
    return all.every((held) => held === count)
  }
  const archived = (at: number): Promise<number> => ofRealm(relays[at]!, 'archived', labels[at])
  await world.promise('the relays have joined each other', () => linked(1), RETURN_MS)
  world.donor(first, here.within, realm)
  world.donor(second, there.within, realm)
  await world.promise('both have archived champions of one realm', async () => await archived(0) > 0 && await archived(1) > 0, WORK_MS)
  here.part(there)
  world.fault(`nothing passes between the two homes for ${apartMs / 1_000} s`)
  const before = await Promise.all(relays.map(answersOf))
  await rest(apartMs)
  await world.promise('each relay goes on with its own member', async () => (await Promise.all(relays.map(answersOf))).every((count, at) => count > before[at]!), WORK_MS)
  await world.promise('and both know that they are apart', () => linked(0), APART_MS)
  here.lose(0)
  world.fault('the way is free')
  await world.promise('the relays are joined again', () => linked(1), RETURN_MS)
  await world.promise('and hold as many champions, the same as archives compare', async () => await archived(0) === await archived(1), WORK_MS)
}

/** The relay's data is on a file system of its own, which something else fills. */
export async function fillDisk(world: World): Promise<void> {
  const disk = mkdtempSync(join(tmpdir(), 'megabrain-disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', disk])
  world.keep(() => {
    execFileSync('umount', ['-l', disk])
    rmSync(disk, { recursive: true, force: true })
  })
  const relay = await world.relay(undefined, { MEGABRAIN_DATA: join(disk, 'data') })
  world.donor(relay)
  await untilWorking(world, relay, 1)
  const before = await ofRealm(relay, 'archived')
  const filler = join(disk, 'filler')
  world.fault('the disk is full')
  const refill = setInterval(() => fill(filler), 200)
  world.keep(() => clearInterval(refill))
  fill(filler)
  await world.promise('/readyz says that the archive takes no writes', async () => {
    const answer = await fetch(`${relay.url}/readyz`)
    const checks = await answer.json() as { readonly archive: boolean }
    return answer.status === 503 && !checks.archive
  }, 30_000)
  await world.promise('the relay goes on answering and keeps its member', async () => {
    return (await fetch(`${relay.url}/healthz`)).ok && await membersOf(relay) === 1
  }, 10_000)
  await world.promise('its log says why', () => /"level":"(error|warn)".*(full|ENOSPC|disk)/i.test(relay.log), 60_000)
  clearInterval(refill)
  rmSync(filler)
  world.fault('the disk has room again')
  await world.promise('the relay is ready again by itself', () => isReady(relay), 30_000)
  await world.promise('nothing that was archived is gone', async () => await ofRealm(relay, 'archived') >= before, 10_000)
  await relay.kill()
  await relay.start()
  await world.promise('nor after a restart', async () => await ofRealm(relay, 'archived') >= before, START_MS)
}

/** Takes whatever is left, down to the last page. */
function fill(path: string): void {
  try {
    for (;;) writeFileSync(path, Buffer.alloc(65_536), { flag: 'a' })
  } catch {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(512), { flag: 'a' })
    } catch {
      // Full.
    }
  }
}

/** The relay's wall clock jumps; its timers run on. */
export async function jumpClock(world: World): Promise<void> {
  const clock = join(mkdtempSync(join(tmpdir(), 'megabrain-clock-')), 'offset')
  const set = (offset: string): void => writeFileSync(clock, `${offset}\n`)
  set('+0')
  world.keep(() => rmSync(clock, { force: true }))
  const relay = await world.relay(undefined, {
    LD_PRELOAD: world.tools.faketime!, FAKETIME_TIMESTAMP_FILE: clock, FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1',
  })
  world.donor(relay)
  await untilWorking(world, relay, 1)
  const admitted = (): Promise<number> => ofRealm(relay, 'admitted_total')
  for (const offset of ['+3600', '-3600', '+315360000', '+0']) {
    set(offset)
    world.fault(`the relay's clock stands at ${offset} s`)
    await world.promise('it reads that from its clock', async () => Math.abs(await clockOf(relay) - Date.now() - Number(offset) * 1_000) < 60_000, 10_000)
    await world.promise('it keeps its member', async () => await membersOf(relay) === 1, RETURN_MS)
    await rest(2_000)
    await world.promise('and has not lost it since', async () => await membersOf(relay) === 1, RETURN_MS)
  }
  const [before, joined] = [await admitted(), world.donor(relay)]
  await world.promise('with the right time again a newcomer joins', async () => joined.running && await membersOf(relay) === 2, RETURN_MS)
  await world.promise('and claims are admitted', async () => await admitted() > before, WORK_MS)
}

/** What it believes the time to be, ms since 1970. */
async function clockOf(relay: Relay): Promise<number> {
  return Date.parse((await fetch(`${relay.url}/healthz`)).headers.get('date') ?? '')
}

/** @param members in all, in three processes */
export async function returnAtOnce(world: World, members: number): Promise<void> {
  const relay = await world.relay(undefined, { MEGABRAIN_MAX_SOCKETS_PER_ADDRESS: '2048' })
  const crowds = [1, 2, 3].map(() => world.crowd(relay, members / 3))
  const held = (): number => crowds.reduce((sum, { lines }) => sum + Number(lines.at(-1) ?? 0), 0)
  await world.promise(`${members} members are connected and reserved`, () => held() === members, 120_000)
  const rss = await residentMegabytes(relay)
  await relay.kill()
  world.fault(`kill -9 of the relay that held ${members} members, at ${rss} MB`)
  await world.promise('all of them notice', () => held() === 0, 60_000)
  await relay.start()
  let [slowest, peak] = [0, 0]
  await world.promise(`95 % are back`, async () => {
    const from = performance.now()
    await fetch(`${relay.url}/healthz`)
    slowest = Math.max(slowest, performance.now() - from)
    peak = Math.max(peak, await residentMegabytes(relay))
    return held() >= 0.95 * members
  }, RETURN_MS)
  await world.promise('all are back', () => held() === members, RETURN_MS)
  await world.promise(`/healthz answered within 5 s throughout (slowest ${Math.round(slowest)} ms)`, () => slowest < 5_000, 0)
  await world.promise(`memory peaked at ${peak} MB, below 1.5 times what they took before`, () => peak < 1.5 * rss, 0)
}

async function residentMegabytes(relay: Relay): Promise<number> {
  return Math.round(((await relay.metrics()).get('megabrain_resident_memory_bytes') ?? 0) / 1e6)
}
