// Debian's Chromium, or the program in CHROMIUM. Playwright drives it; Puppeteer does where a page must really be hidden
// behind another one, since Playwright makes every page believe that it is in front.

import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright'
import puppeteer, { type Browser as PuppetBrowser, type Page as PuppetPage } from 'puppeteer-core'
import { bearWitness } from './sight.ts'
import type { VisitorTab } from './visitor.ts'

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const flags = [
  '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--allow-loopback-in-peer-connection', '--disable-features=WebRtcHideLocalIpsWithMdns,LocalNetworkAccessChecks',
]

/** @param moreFlags such as `--host-resolver-rules=…` */
export function launchChromium(moreFlags: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath, args: [...flags, ...moreFlags] })
}

/** A context is one browser profile: tabs in it share storage and locks. */
export async function openContext(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  await context.addInitScript(bearWitness)
  context.on('page', (page) => { context.newCDPSession(page).then(takePressure).catch(() => undefined) })
  return context
}

interface ProtocolSession {
  send(method: 'Emulation.setPressureSourceOverrideEnabled', words: { enabled: boolean; source: 'cpu' }): Promise<unknown>
  send(method: 'Emulation.setPressureStateOverride', words: { source: 'cpu'; state: 'nominal' | 'critical' }): Promise<unknown>
}

/** From now on the page hears of the processor what it is told, for as long as the session lasts: calm, since other tests keep it busy. */
export async function takePressure(session: ProtocolSession): Promise<void> {
  await session.send('Emulation.setPressureSourceOverrideEnabled', { enabled: true, source: 'cpu' })
  await setPressure(session, 'nominal')
}

/** After `takePressure`. */
export async function setPressure(session: ProtocolSession, state: 'nominal' | 'critical'): Promise<void> {
  await session.send('Emulation.setPressureStateOverride', { source: 'cpu', state })
}

export function playwrightTab(page: Page): VisitorTab {
  const lines: { level: string; text: string }[] = []
  page.on('console', (message) => lines.push({ level: message.type(), text: `${message.text()} (${message.location().url})` }))
  page.on('pageerror', (error) => lines.push({ level: 'error', text: `uncaught ${error.stack ?? error.message}` }))
  page.on('crash', () => lines.push({ level: 'error', text: 'the page crashed' }))
  return {
    console: lines,
    evaluate: (run, argument) => page.evaluate(run as (argument: unknown) => never, argument as unknown),
    click: (selector) => page.locator(selector).first().click({ timeout: 10_000 }),
    goto: async (url) => { await page.goto(url) },
    select: async (selector, value) => { await page.selectOption(selector, value) },
    reload: async () => { await page.reload() },
    screenshot: async (path) => { await page.screenshot({ path, fullPage: true }) },
    close: () => page.close(),
  }
}

export function launchPuppetChromium(): Promise<PuppetBrowser> {
  return puppeteer.launch({ browser: 'chrome', executablePath, headless: true, args: flags })
}

/** Of Chromium or Firefox, driven by Puppeteer. */
export async function puppetTab(page: PuppetPage): Promise<VisitorTab> {
  const lines: { level: string; text: string }[] = []
  page.on('console', (message) => lines.push({ level: message.type(), text: message.text() }))
  page.on('pageerror', (error) => lines.push({ level: 'error', text: `uncaught ${String(error)}` }))
  await page.evaluateOnNewDocument(bearWitness)
  if ((await page.browser().version()).startsWith('Chrome')) await takePressure(await page.createCDPSession())
  return {
    console: lines,
    evaluate: (run, argument) => page.evaluate(run as (argument: unknown) => never, argument as unknown) as Promise<never>,
    click: (selector) => page.click(selector),
    goto: async (url) => { await page.goto(url) },
    select: async (selector, value) => { await page.select(selector, value) },
    reload: async () => { await page.reload() },
    screenshot: async (path) => { await page.screenshot({ path: path as `${string}.png`, fullPage: true }) },
    close: () => page.close(),
  }
}
