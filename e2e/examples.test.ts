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
