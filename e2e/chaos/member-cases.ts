// What members live through: lost packets, a slow line, a cut, a frozen page, a crash, a full quota, and routers in between.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright'
import { launchChromium } from '../chromium.ts'
import type { Nat } from './network.ts'
import { answersOf, membersOf, ofRealm, rest, type World } from './world.ts'

const JOIN_MS = 60_000
const ARRIVE_MS = 90_000
const QUOTA_BYTES = 2_000_000
/** Three attempts of either side in a round, and two rounds in four minutes: without pauses there were 16. */
const MAX_ATTEMPTS = 12

/** @param percent of packets that are lost @param megabits of the line */
export async function badLine(world: World, percent: number, megabits: number): Promise<void> {
  const network = world.network()
  const relay = await world.relay(network.street)
  const home = network.home()
  world.donor(relay, home.within)
  await world.promise('a member on a good line has joined', async () => await membersOf(relay) === 1, JOIN_MS)
  home.lose(percent)
  home.slow(megabits)
  const before = await ofRealm(relay, 'announcements_total')
  world.fault(`its line loses ${percent} % of all packets both ways and carries ${megabits} Mbit/s`)
  await world.promise('its claims still arrive', async () => await ofRealm(relay, 'announcements_total') > before, ARRIVE_MS)
  await world.promise('and are admitted, so that bodies arrive as well', async () => await ofRealm(relay, 'admitted_total') > 0, ARRIVE_MS)
  world.donor(relay, network.home().within)
  await world.promise('somebody else is not harmed and joins', async () => await membersOf(relay) === 2, JOIN_MS)
}

/** @param cutMs for how long two of the three cannot reach the relay, nor it them */
export async function partition(world: World, cutMs: number): Promise<void> {
  const network = world.network()
  const relay = await world.relay(network.street)
  const homes = [network.home(), network.home()]
  for (const { within } of homes) world.donor(relay, within)
  await world.promise('a member on each side has joined', async () => await membersOf(relay) === 2, JOIN_MS)
  homes[1]!.cut(true)
  world.fault(`one side is cut off for ${Math.round(cutMs / 1_000)} s`)
  await rest(cutMs)
  const before = await answersOf(relay)
  await world.promise('the side with the relay goes on', async () => await answersOf(relay) > before, ARRIVE_MS)
  homes[1]!.cut(false)
  world.fault('the cable is mended')
  const seen = relay.log.length
  await world.promise('both sides are members', async () => await membersOf(relay) === 2, 180_000)
  await world.promise('and the archives are compared again', () => /"event":"(synchronised|admitted)"/.test(relay.log.slice(seen)), ARRIVE_MS)
}

/** @param stopMs how long one page's process does not run */
export async function freezePage(world: World, stopMs: number): Promise<void> {
  const relay = await world.relay()
  const [alice, bob] = await Promise.all([launchChromium(), launchChromium()])
  world.keep(() => Promise.all([alice.close(), bob.close()]))
  const [a, b] = await Promise.all([world.visitor('alice', alice, relay.url), world.visitor('bob', bob, relay.url)])
  await Promise.all([a.begin(), b.begin()])
  await world.promise('two visitors are connected directly', async () => await a.meets() && await b.meets(), JOIN_MS)
  const evaluations = await a.number('evaluations')
  const pids = await renderersOf(alice)
  for (const pid of pids) process.kill(pid, 'SIGSTOP')
  world.fault(`SIGSTOP of alice's page for ${stopMs / 1_000} s`)
  try {
    // A signal takes a moment to reach every thread.
    await world.promise('she is really stopped', () => pids.every((pid) => stateOf(pid) === 'T'), 2_000)
    const [before, from] = [await b.number('evaluations'), performance.now()]
    await world.promise('bob goes on', async () => await b.number('evaluations') > before, 20_000)
    await rest(Math.max(0, stopMs - (performance.now() - from)))
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT')
  }
  world.fault('SIGCONT')
  await world.promise('alice goes on where she was', async () => await a.number('evaluations') > evaluations && (await a.phase()) === 'running', 30_000)
  await world.promise('and is reachable and connected to bob again', async () => await a.isReachable() && await a.meets() && await b.meets(), 120_000)
}

/** A page's storage takes nothing more. */
export async function fillQuota(world: World): Promise<void> {
  const relay = await world.relay()
  const browser = await launchChromium()
  world.keep(() => browser.close())
  const alice = await world.visitor('alice', browser, relay.url)
  await alice.begin()
  await alice.until('has found something', async () => (await alice.champion()).fitness > 0, { timeoutMs: 60_000 })
  const page = browser.contexts()[0]!.pages()[0]!
  const session = await page.context().newCDPSession(page)
  await session.send('Storage.overrideQuotaForOrigin', { origin: relay.url, quotaSize: QUOTA_BYTES })
  world.fault(`the browser gives this origin ${QUOTA_BYTES} bytes of storage, and they are used up`)
  await world.promise('it really takes nothing more', async () => (await storageFault(page)) === 'QuotaExceededError', 30_000)
  const [generation, published] = [await alice.number('generation'), await ofRealm(relay, 'announcements_total')]
  await world.promise('alice evolves on', async () => await alice.number('generation') > generation + 2, 60_000)
  await world.promise('she stays a member', async () => await membersOf(relay) === 1, 10_000)
  await session.send('Storage.overrideQuotaForOrigin', { origin: relay.url })
  world.fault('and as much as before')
  await world.promise('claims of hers reach the relay', async () => await ofRealm(relay, 'announcements_total') >= published && (await alice.phase()) === 'running', 30_000)
  await alice.tab.reload()
  await alice.begin()
  await world.promise('after a reload she is there again', async () => await membersOf(relay) === 1, JOIN_MS)
}

/** What keeps the page from storing 64 MiB that do not compress; undefined when nothing does. */
function storageFault(page: Page): Promise<string | undefined> {
  return page.evaluate(async () => {
    const opening = indexedDB.open('chaos', 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore('rows')
    await new Promise((resolve) => { opening.onsuccess = opening.onerror = resolve })
    if (opening.error !== null) return opening.error.name
    const bytes = new Uint8Array(4_194_304)
    for (let at = 0; at < bytes.length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536))
    let fault: string | undefined
    for (let row = 0; row < 16 && fault === undefined; row++) {
      const writing = opening.result.transaction('rows', 'readwrite')
      writing.objectStore('rows').put(bytes, row)
      fault = await new Promise((resolve) => {
        writing.onabort = () => resolve(writing.error?.name)
        writing.oncomplete = () => resolve(undefined)
      })
    }
    return fault
  })
}

/** Two browsers, each behind a router of its own. Where both keep a connection's port they connect; else they stay on the relay. */
export async function behindRouters(world: World, nat: Nat, watchMs: number): Promise<void> {
  const network = world.network()
  const relay = await world.relay(network.street)
  const homes = [network.home(nat), network.home(nat)]
  const browsers = await Promise.all(homes.map(({ within }) => launchWithin(world, within, relay.url)))
  const visitors = await Promise.all(browsers.map((browser, at) => world.visitor(['alice', 'bob'][at]!, browser, relay.url)))
  await Promise.all(visitors.map((visitor) => visitor.begin()))
  world.fault(`two visitors behind routers that rewrite addresses, ${nat === 'same-port' ? 'each under its own port' : 'under another port for each connection'}`)
  for (const visitor of visitors) await world.promise(`${visitor.name} is reachable through the relay`, () => visitor.isReachable(), JOIN_MS)
  if (nat === 'same-port') {
    await world.promise('they are connected directly', async () => await visitors[0]!.meets() && await visitors[1]!.meets(), 60_000)
    return
  }
  const circuits = async (): Promise<number> => (await relay.metrics()).get('megabrain_mesh_circuits_opened_total') ?? 0
  let linked = 0
  const watched = async (): Promise<number> => {
    const before = await circuits()
    for (const end = performance.now() + watchMs; performance.now() < end; await rest(1_000)) {
      for (const visitor of visitors) if (await visitor.meets()) linked++
    }
    return await circuits() - before
  }
  const attempts = await watched()
  await world.promise('neither ever believes that they are connected directly', () => linked === 0, 0)
  await world.promise(`they try seldom: ${attempts} times in ${watchMs / 1_000} s`, () => attempts <= MAX_ATTEMPTS, 0)
  await world.promise('and trade through the relay', async () => await ofRealm(relay, 'announcements_total') > 0 && await membersOf(relay) === 2, ARRIVE_MS)
}

/** Playwright talks to a browser through pipes, which lead out of a namespace. */
async function launchWithin(world: World, within: readonly string[], url: string): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), 'megabrain-browser-'))
  const script = join(folder, 'chromium')
  writeFileSync(script, `#!/bin/sh\nexec ${within.join(' ')} ${process.env['CHROMIUM'] ?? '/usr/bin/chromium'} "$@"\n`, { mode: 0o755 })
  const browser = await chromium.launch({
    executablePath: script,
    args: [
      '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
      '--disable-features=WebRtcHideLocalIpsWithMdns,LocalNetworkAccessChecks', `--unsafely-treat-insecure-origin-as-secure=${url}`,
    ],
  })
  world.keep(async () => {
    await browser.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return browser
}

async function renderersOf(browser: Browser): Promise<readonly number[]> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id)
}

/** Kernel's word for whether a program is stopped: `T`. */
function stateOf(pid: number): string {
  return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? ''
}
