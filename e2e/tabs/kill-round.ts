// One round of the proof that nothing is lost with the tab that runs: it dies or freezes without a word, another one takes over, and
// has the champion that the visitor saw.

import type { BrowserContext } from 'playwright'
import { openTab, runnerAmong, runnerProcess, untilTaken, type BrowserTab } from './browser-tabs.ts'

export const faults = ['kill', 'freeze', 'close'] as const
export type Fault = (typeof faults)[number]

export interface Round {
  readonly fault: Fault
  readonly takeoverMs: number
  /** Fitness of the best champion before and after. */
  readonly before: number
  readonly after: number
}

/** @param tabs of which one runs; the one that died is replaced in it */
export async function killRound(profile: BrowserContext, url: string, tabs: BrowserTab[], fault: Fault): Promise<Round> {
  const runner = await runnerAmong(tabs)
  const others = tabs.filter((tab) => tab !== runner)
  const before = await best(others[0]!)
  const pid = await runnerProcess(profile)
  const replace = async (): Promise<void> => {
    await runner.page.close().catch(() => undefined)
    tabs[tabs.indexOf(runner)] = await openTab(profile, url, 'a new tab')
  }
  const since = performance.now()
  if (fault === 'close') await runner.page.close()
  else process.kill(pid, fault === 'kill' ? 'SIGKILL' : 'SIGSTOP')
  try {
    const { tookMs, runner: next } = await untilTaken(others, since)
    const after = await best(next)
    if (fault === 'freeze') process.kill(pid, 'SIGCONT')
    else await replace()
    // The thawed one must have understood, and the new one have joined: one runs again, and all others watch.
    await runnerAmong(tabs)
    return { fault, takeoverMs: tookMs, before, after }
  } catch (error) {
    if (fault === 'freeze') process.kill(pid, 'SIGCONT')
    else await replace()
    throw error
  }
}

async function best({ visitor }: BrowserTab): Promise<number> {
  return (await visitor.champion()).fitness || 0
}
