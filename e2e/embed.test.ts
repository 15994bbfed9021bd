// `<mega-brain>` on other people's pages: plain, strict, isolated, blocked, changing, two at once. The site is `localhost`, the relay
// 127.0.0.1, so that the browser takes them for two sites.

import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { framesOn, visit } from './framed.ts'
import { HostSite, loaderOf, pageWith, scriptTag, type Loader } from './host-site.ts'
import type { Relay } from './relay.ts'
import { openScene } from './scene.ts'
import { until } from './until.ts'

interface Finding { readonly check: string; readonly ok: boolean; readonly advice: string }

const scene = openScene()
const MAX_LOADER_BYTES = 6_000
const MAX_STOP_MS = 1_000
const DAY_MS = 86_400_000
let relay: Relay
let loader: Loader
let site: HostSite

beforeAll(async () => {
  relay = await scene.relay()
  loader = await loaderOf(relay.url)
  site = await new HostSite().open()
})
afterAll(() => site?.close())

test('before the visitor agrees nothing runs and nobody else is asked for anything, and the loader is small', async () => {
  const url = site.show('/plain', { html: pageWith(loader) })
  const profile = await scene.profile()
  const page = await profile.newPage()
  const strangers: string[] = []
  const sockets: string[] = []
  page.on('request', (request) => { if (![site.origin, loader.origin].includes(new URL(request.url()).origin)) strangers.push(request.url()) })
  page.on('websocket', (socket) => sockets.push(socket.url()))
  page.on('worker', (worker) => sockets.push(worker.url()))
  for (const visits of [1, 2]) {
    await page.goto(url)
    const [framed] = await framesOn(page)
    await page.waitForLoadState('networkidle')
    await framed!.ask()
    const { made, kept, evaluations } = await framed!.look()
    expect([visits, made, kept, evaluations, strangers, sockets]).toEqual([visits, {}, [], 0, [], []])
  }
  const script = Buffer.from(await (await fetch(loader.script)).arrayBuffer())
  expect(gzipSync(script).length).toBeLessThanOrEqual(MAX_LOADER_BYTES)
  const question = await (await framesOn(page))[0]!.frame.evaluate(() => document.body.innerText)
  for (const named of [site.origin, loader.origin, /neural networks/, /25\s?%/, /network address/, /Stop/, /30 days/]) expect(question).toMatch(named)
  await page.screenshot({ path: 'e2e/screenshots/embed-question.png' })
  await page.close()
})

test('a visitor agrees, sees it evolve within the site’s bound, pauses, stops, and is asked again', async () => {
  const url = site.show('/bounded', { html: pageWith(loader, 'max-duty="10"') })
  const { page, framed: [framed] } = await visit(await scene.profile(), url)
  await page.evaluate(() => {
    const seen: string[] = []
    Object.assign(globalThis, { seen })
    document.addEventListener('mega-brain-state', (event) => seen.push((event as CustomEvent<{ state: string }>).detail.state))
  })
  await framed!.begin()
  await page.screenshot({ path: 'e2e/screenshots/embed-running.png' })
  expect(await framed!.frame.locator('[data-testid="duty"]').getAttribute('max')).toBe('10')
  await framed!.press('pause')
  await framed!.until('is paused', ({ phase, words }) => phase === 'resting' && /Paused by you/.test(words), MAX_STOP_MS)
  await framed!.press('resume')
  await framed!.until('goes on', ({ phase }) => phase === 'running')
  const told = await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)
  expect([told[0], told.at(-2), told.at(-1)], 'what the site is told').toEqual(['asking', 'resting', 'running'])
  expect(new Set(told), 'and no more than that').toEqual(new Set(['asking', 'running', 'resting']))

  // On the site's next page it goes on by itself, as was agreed.
  await page.reload()
  const [again] = await framesOn(page)
  await again!.until('goes on after a reload', ({ phase, made }) => phase === 'running' && (made['Worker'] ?? 0) > 0, 20_000)
  await again!.press('stop')
  await again!.until('is stopped', ({ phase }) => phase === 'stopped', MAX_STOP_MS)
  await page.reload()
  const [fresh] = await framesOn(page)
  expect(await fresh!.look()).toMatchObject({ phase: 'idle', made: {} })
  await fresh!.ask()
  await page.close()
})

test('who lends time on a site with a team counts for it', async () => {
  const made = scene.program('team', ['apps/cli/src/main.ts', 'team', '--name', 'night-shift', '--key', join(relay.data, 'team.key')])
  const team = await made.line('the invitation', (line) => (line.startsWith('night-shift.') ? line : undefined), 30_000)
  const { page, framed: [framed] } = await visit(await scene.profile(), site.show('/with-team', { html: pageWith(loader, `team="${team}"`) }))
  await framed!.ask()
  expect(await framed!.frame.evaluate(() => document.body.innerText)).toContain('night-shift')
  await framed!.begin()
  await until('the relay hears of a member', () => relay.log.includes('"what":"team"'), { timeoutMs: 30_000 })
  await page.close()
})

test('a consent ends after 30 days, and counts for the site and team that it was given for alone', async () => {
  const url = site.show('/expiring', { html: pageWith(loader) })
  const profile = await scene.profile()
  const { page, framed: [framed] } = await visit(profile, url)
  await framed!.begin()
  await page.close()
  const elsewhere = await new HostSite().open()
  const other = await visit(profile, elsewhere.show('/', { html: pageWith(loader) }))
  expect(await other.framed[0]!.look(), 'another origin of the same site, which shares the storage').toMatchObject({ phase: 'idle', made: {} })
  await other.page.close()
  await elsewhere.close()
  const team = await visit(profile, site.show('/team', { html: pageWith(loader, `team="night-shift.${'ab'.repeat(32)}.${'cd'.repeat(64)}"`) }))
  expect((await team.framed[0]!.look()).phase).toBe('idle')
  await team.page.close()

  const later = await profile.newPage()
  await later.clock.setSystemTime(Date.now() + 29 * DAY_MS)
  await later.goto(url)
  await (await framesOn(later))[0]!.until('runs on day 29', ({ phase }) => phase === 'running')
  await later.clock.setSystemTime(Date.now() + 31 * DAY_MS)
  await later.goto(url)
  const [expired] = await framesOn(later)
  expect(await expired!.look()).toMatchObject({ phase: 'idle', made: {} })
  await expired!.ask()
  await later.close()
})

test('behind a strict policy it works with the two lines that the relay names, and doctor() names the one that is missing', async () => {
  const strict = (sources: string) => ({ 'Content-Security-Policy': `default-src 'none'; style-src 'self'; ${sources}; require-trusted-types-for 'script'`, 'Cross-Origin-Embedder-Policy': 'require-corp', 'Cross-Origin-Opener-Policy': 'same-origin' })
  const profile = await scene.profile()
  const right = await visit(profile, site.show('/strict', { html: pageWith(loader), headers: strict(`script-src ${loader.origin}; frame-src ${loader.origin}`) }))
  expect(await right.page.evaluate(() => crossOriginIsolated), 'an isolated page shows it too').toBe(true)
  expect((await doctor(right.page)).filter(({ ok }) => !ok)).toEqual([])
  await right.framed[0]!.begin()
  expect((await right.framed[0]!.look()).violations).toEqual([])
  await right.page.close()

  const wrong = await profile.newPage()
  await wrong.goto(site.show('/forgotten', { html: pageWith(loader), headers: strict(`script-src ${loader.origin}; frame-src 'self' https://video.example`) }))
  const failed = (await doctor(wrong)).filter(({ ok }) => !ok)
  expect(failed.map(({ check }) => check)).toEqual(['content-security-policy'])
  expect(failed[0]!.advice).toContain(`frame-src 'self' https://video.example ${loader.origin};`)
  expect(await wrong.evaluate(() => (document.querySelector('mega-brain') as HTMLElement & { state: string }).state)).toBe('blocked')
  await wrong.close()
})

test('a visitor who blocks it sees one quiet line or nothing, and nothing is tried around it', async () => {
  const profile = await scene.profile()
  for (const blocked of ['frame.html', 'mega-brain']) {
    const page = await profile.newPage()
    const tried: string[] = []
    page.on('request', (request) => { if (new URL(request.url()).origin !== site.origin) tried.push(request.url()) })
    await page.route((address) => address.href.includes(blocked), (route) => route.abort('blockedbyclient'))
    await page.clock.install()
    await page.goto(site.show('/blocked', { html: pageWith(loader) }))
    await page.clock.fastForward(15_000)
    if (blocked === 'frame.html') {
      await until('is quiet', async () => await page.evaluate(() => (document.querySelector('mega-brain') as HTMLElement & { state: string }).state) === 'blocked')
      expect((await doctor(page)).filter(({ ok }) => !ok).map(({ check }) => check)).toEqual(['answer'])
      await page.screenshot({ path: 'e2e/screenshots/embed-blocked.png' })
    }
    await page.clock.fastForward(600_000)
    expect(tried).toEqual([loader.script, ...(blocked === 'frame.html' ? [`${loader.origin}/frame.html`] : [])])
    await page.close()
  }
})

test('a single-page application puts it in, changes it, takes it out and puts it back', async () => {
  const { page } = await visit(await scene.profile(), site.show('/app', { html: pageWith(loader) }))
  await page.evaluate(() => document.querySelector('mega-brain')?.remove())
  await until('is gone', () => !page.frames().some((frame) => frame.url().endsWith('/frame.html')))
  // As React and Vue do it: made, given attributes and properties, put in; then changed.
  await page.evaluate(() => {
    const element = document.createElement('mega-brain')
    element.id = 'made'
    Object.assign(element, { maxDuty: 40 })
    document.body.append(element)
    element.setAttribute('theme', 'dark')
  })
  const [framed] = await framesOn(page)
  await until('is dark', () => framed!.frame.evaluate(() => document.documentElement.dataset['theme'] === 'dark'))
  await page.evaluate(() => document.getElementById('made')?.setAttribute('max-duty', '7'))
  await framed!.until('knows the new bound', ({ words }) => words.includes('7 %'))
  await page.evaluate(() => document.body.prepend(document.getElementById('made')!))
  const [moved] = await framesOn(page)
  await moved!.until('answers after it was moved', ({ words }) => words.includes('7 %'))
  await page.close()
  // The script that comes after the element, and twice.
  const { page: late } = await visit(await scene.profile(), site.show('/late', {
    html: `<!doctype html><title>Late</title><mega-brain max-duty="9"></mega-brain>${scriptTag(loader)}${scriptTag(loader)}`,
  }))
  await (await framesOn(late))[0]!.until('is upgraded', ({ words }) => words.includes('9 %'))
  await late.close()
})

test('two on one page are one runner, and Stop in either ends it', async () => {
  const url = site.show('/two', { html: pageWith(loader, '', '<mega-brain size="strip"></mega-brain>') })
  const { page, framed } = await visit(await scene.profile(), url, 2)
  const [first, second] = framed
  await first!.begin()
  const workers = await until('both show it, one runs', async () => {
    const both = await Promise.all(framed.map((one) => one.look()))
    return both.every(({ phase, evaluations }) => phase === 'running' && evaluations > 0) && both.map(({ made }) => made['Worker'] ?? 0)
  })
  expect(workers.filter((made) => made > 0)).toHaveLength(1)
  await page.screenshot({ path: 'e2e/screenshots/embed-two.png' })
  await second!.press('stop')
  await first!.until('is stopped', ({ phase }) => phase === 'idle' || phase === 'stopped', MAX_STOP_MS + 500)
  await page.close()
})

async function doctor(page: Page): Promise<readonly Finding[]> {
  return page.evaluate(async () => (document.querySelector('mega-brain') as unknown as { doctor(): Promise<Finding[]> }).doctor())
}
