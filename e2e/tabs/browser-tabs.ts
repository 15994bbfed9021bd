// Many tabs of one browser profile, of which one runs: who it is, which process it has, and how soon another one is it.

import { readFileSync, readdirSync } from 'node:fs'
import type { BrowserContext, Page } from 'playwright'
import { playwrightTab } from '../chromium.ts'
import { until } from '../until.ts'
import { Visitor } from '../visitor.ts'

export interface BrowserTab {
  readonly page: Page
  readonly visitor: Visitor
}

export async function openTab(profile: BrowserContext, url: string, name: string): Promise<BrowserTab> {
  const page = await profile.newPage()
  const visitor = new Visitor(name, playwrightTab(page))
  await visitor.tab.goto(url)
  return { page, visitor }
}

export type Part = 'runs' | 'watches' | 'neither'

/** What a tab is just now. One that is dead or frozen is nothing. */
export async function partOf({ page }: BrowserTab, patienceMs = 1_000): Promise<Part> {
  const late = new Promise<Part>((resolve) => { setTimeout(() => resolve('neither'), patienceMs) })
  const seen = page.evaluate(() => {
    const phase = document.querySelector<HTMLElement>('[data-testid="phase"]')?.dataset['phase']
    if (document.querySelector('[data-testid="watching"]') !== null) return 'watches'
    return phase === 'running' ? 'runs' : 'neither'
  }).catch(() => 'neither' as const)
  return Promise.race([seen, late])
}

/** The one that runs, once the others have seen it. */
export function runnerAmong(tabs: readonly BrowserTab[], timeoutMs = 30_000): Promise<BrowserTab> {
  return until('one tab runs and the others watch', async () => {
    const parts = await Promise.all(tabs.map((tab) => partOf(tab)))
    if (parts.filter((part) => part === 'watches').length !== tabs.length - 1) throw new Error(parts.join(' '))
    return tabs[parts.indexOf('runs')]
  }, { timeoutMs })
}

/** Waits until one of `tabs` runs. @returns how long that took from `since` (of `performance.now()`), ms */
export async function untilTaken(tabs: readonly BrowserTab[], since: number, timeoutMs = 20_000): Promise<{ readonly tookMs: number; readonly runner: BrowserTab }> {
  return until('another tab runs', async () => {
    const parts = await Promise.all(tabs.map((tab) => partOf(tab)))
    const runner = tabs[parts.indexOf('runs')]
    return runner === undefined ? undefined : { tookMs: performance.now() - since, runner }
  }, { timeoutMs, everyMs: 25 })
}

/** The process of the tab that runs: the only one with workers. Tabs of Playwright have a process each. */
export async function runnerProcess(profile: BrowserContext): Promise<number> {
  const session = await profile.browser()!.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  const pids = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id).filter(hasWorkers)
  if (pids.length !== 1) throw new Error(`${pids.length} processes have workers; one should`)
  return pids[0]!
}

function hasWorkers(pid: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/task`).some((thread) => readFileSync(`/proc/${pid}/task/${thread}/comm`, 'utf8').startsWith('DedicatedWorker'))
  } catch {
    return false
  }
}
