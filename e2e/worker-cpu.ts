// How much CPU time a browser's worker threads really take, asked from the operating system (Linux) and not from the
// page: the check on what the page says about itself.

import { readFileSync, readdirSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Browser } from 'playwright'

/** Clock ticks per second of /proc on Linux, fixed by its ABI on all our platforms. */
const TICKS = 100

/** Share of one core that all dedicated workers of `browser` took over the next `ms`, per cent. */
export async function workerCpuPercent(browser: Browser, ms: number): Promise<number> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id)
  const before = renderers.map(workerTicks).reduce((sum, ticks) => sum + ticks, 0)
  const from = performance.now()
  await pause(ms)
  const ticks = renderers.map(workerTicks).reduce((sum, now) => sum + now, 0) - before
  await session.detach()
  return (ticks / TICKS / ((performance.now() - from) / 1_000)) * 100
}

/** CPU time so far of all worker threads of a browser, Chromium or Firefox, seconds. @param pid of its first process */
export function workerSecondsOf(pid: number): number {
  return processesFrom(pid).map(workerTicks).reduce((sum, ticks) => sum + ticks, 0) / TICKS
}

function processesFrom(pid: number): readonly number[] {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? parentOf(Number(name)) : undefined
    if (parent !== undefined) children.set(parent, [...children.get(parent) ?? [], Number(name)])
  }
  const found = [pid]
  for (let index = 0; index < found.length; index++) found.push(...children.get(found[index]!) ?? [])
  return found
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return undefined
  }
}

/** User and system time of the threads that Chromium names "DedicatedWorker …" and Firefox "DOM Worker", in ticks. */
function workerTicks(pid: number): number {
  let sum = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')
      const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      if (name.startsWith('DedicatedWorker') || name === 'DOM Worker') sum += Number(fields[11]) + Number(fields[12])
    } catch {
      // The thread ended between the listing and the reading.
    }
  }
  return sum
}
