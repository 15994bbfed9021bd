// The example pages as somebody runs them: the packed library on a site of its own, beside a relay on another origin. Nothing computes,
// connects or asks a third party before a person has agreed.

import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { openScene } from './scene.ts'
import type { Witness } from './sight.ts'
import { until } from './until.ts'

const scene = openScene()
const STARTING_MS = 30_000

interface Site {
  readonly page: Page
  /** Every request that went to another origin than the page's own. */
  readonly foreign: string[]
}

async function openSite(name: string): Promise<Site> {
  const program = scene.program(name, ['examples/main.ts', name], { PORT: '0' })
  const url = await program.line('the address', (line) => /The page is at (\S+),/.exec(line)?.[1], 120_000)
  const page = await (await scene.profile()).newPage()
  const foreign: string[] = []
  page.on('request', (request) => { if (new URL(request.url()).origin !== new URL(url).origin && !request.url().startsWith('data:')) foreign.push(request.url()) })
  await page.goto(url)
  return { page, foreign }
}

const made = (page: Page): Promise<Witness['made']> => page.evaluate(() => (globalThis as unknown as { readonly e2eWitness: Witness }).e2eWitness.made)
const violations = (page: Page): Promise<Witness['violations']> => page.evaluate(() => (globalThis as unknown as { readonly e2eWitness: Witness }).e2eWitness.violations)
const state = (page: Page): Promise<DOMStringMap> => page.evaluate(() => ({ ...document.getElementById('state')!.dataset }))
const evaluations = async (page: Page): Promise<number> => Number((await state(page))['evaluations'] ?? 0)

async function nothingRuns({ page, foreign }: Site, reason: string): Promise<void> {
  await until(`the page says ${reason}`, async () => (await state(page))['reason'] === reason, { timeoutMs: 10_000 })
  await page.waitForTimeout(500)
  expect(await made(page)).toEqual({})
  expect(foreign).toEqual([])
  expect(await page.evaluate(async () => (await indexedDB.databases()).length)).toBe(0)
}

test.each(['plain-page', 'react'])('example %s: nothing happens before a click and an answer; Stop ends it and takes the answer back', async (name) => {
  const site = await openSite(name)
  const { page } = site
  await nothingRuns(site, 'no-gesture')

  await page.click('#start')
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  expect(await dialog.innerText()).toContain('25 % of one processor core')
  // A key that was meant for something else answers nothing; a click by a program is none.
  await page.keyboard.press('Enter')
  await page.evaluate(() => document.querySelector('[data-megabrain]')!.shadowRoot!.querySelector<HTMLButtonElement>('.accept')!.click())
  expect(await dialog.innerText()).toContain('not a click of yours')
  await page.screenshot({ path: `e2e/screenshots/example-${name}-consent.png` })
  await page.keyboard.press('Escape')
  await nothingRuns(site, 'declined')

  await page.click('#start')
  await page.getByTestId('consent-accept').click()
  await until('evaluates', async () => await evaluations(page) > 0, { timeoutMs: STARTING_MS })
  await until('is in the mesh', async () => ((await made(page))['WebSocket'] ?? 0) > 0, { timeoutMs: STARTING_MS })
  await page.screenshot({ path: `e2e/screenshots/example-${name}.png` })

  await page.reload()
  await until('goes on by the answer from before', async () => await evaluations(page) > 0 && (await state(page))['phase'] === 'running', { timeoutMs: STARTING_MS })
  await page.click('#stop')
  await until('stops', async () => (await state(page))['phase'] === 'stopped', { timeoutMs: 2_000 })
  expect(await violations(page)).toEqual([])
  await page.reload()
  await until('asks anew', async () => (await state(page))['reason'] === 'no-gesture', { timeoutMs: 10_000 })
  expect(await made(page)).toEqual({})
})

test('a page publishes what it found, hears of it as verified, and runs it by its name from the relay', async () => {
  const { page } = await openSite('plain-page')
  await page.click('#start')
  await page.getByTestId('consent-accept').click()
  await until('has a champion', async () => await evaluations(page) > 200, { timeoutMs: STARTING_MS })
  // As text: the test runner would put its own `import` in the place of the page's.
  const asked = await page.evaluate<{ readonly cid: string }>(`(async () => {
    const { start, publishGenotype } = await import('/megabrain/index.js')
    const { island } = await start()
    const { cid } = island.snapshot().champion
    return { cid, realm: await publishGenotype(cid, 'nowhere'), noise: await publishGenotype(new Uint8Array(9), 'default'), own: await publishGenotype(cid, 'default') }
  })()`)
  expect(asked).toMatchObject({ realm: { asked: false, reason: 'unknown-realm' }, noise: { asked: false, reason: 'malformed' }, own: { asked: true, cid: asked.cid } })
  await until('hears of it', async () => (await page.locator('#found').innerText()).includes(asked.cid), { timeoutMs: STARTING_MS })
  const run = (): Promise<unknown> => page.evaluate(`(async () => {
    const { fetchNetwork } = await import('/megabrain/runtime.js')
    const fetched = await fetchNetwork('${asked.cid}', { relay: document.documentElement.dataset.relay })
    return fetched.ok ? Number.isFinite(fetched.network.activate(new Float64Array(fetched.network.inputs))[0]) : fetched.reason
  })()`)
  await until('the relay has verified it', async () => await run() === true, { timeoutMs: STARTING_MS })
})

test('example game-server: the evolved hunter plays on the server and catches who only weaves', async () => {
  const program = scene.program('game-server', ['examples/main.ts', 'game-server'], { PORT: '0' })
  const url = await program.line('the address', (line) => /The page is at (\S+),/.exec(line)?.[1], 60_000)
  const page = await (await scene.profile()).newPage()
  await page.goto(url)
  const score = (): Promise<DOMStringMap> => page.evaluate(() => ({ ...document.getElementById('score')!.dataset }))
  const before = await until('the world is drawn', async () => (await score())['hunter'])
  await page.keyboard.down('ArrowLeft')
  await page.keyboard.up('ArrowLeft')
  await until('the hunter moves', async () => (await score())['hunter'] !== before)
  await until('the hunter has caught the runner', async () => Number((await score())['caught']) > 0, { timeoutMs: 60_000 })
  await page.screenshot({ path: 'e2e/screenshots/example-game-server.png' })
  expect(await violations(page)).toEqual([])
  expect(Object.keys(await made(page))).toEqual(['EventSource'])
})

test('example laboratory: what one institution published, another gets bit by bit; a stranger publishes nothing', async () => {
  const program = scene.program('laboratory', ['examples/main.ts', 'laboratory', '2'])
  const result = await program.line('its result', (line) => (line.startsWith('{') ? JSON.parse(line) as Record<string, unknown> : undefined), 170_000)
  expect(result).toMatchObject({ again: [{ institution: 'basalt', verified: true, same: true }], strangerPublished: false, outsideStatus: 404 })
})
