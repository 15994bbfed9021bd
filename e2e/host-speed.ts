// How much `<mega-brain>` slows the page that shows it: interactions and long tasks of a page without it, with it idle, and with it
// running at 25 %, in turns in one run, as ratios. `node e2e/host-speed.ts [rounds] [clicks]` prints JSON; build first.

import { setTimeout as pause } from 'node:timers/promises'
import type { Page } from 'playwright'
import { launchChromium, openContext } from './chromium.ts'
import { framesOn } from './framed.ts'
import { HostSite, loaderOf, pageWith, scriptTag } from './host-site.ts'
import { Relay } from './relay.ts'

type Kind = 'without' | 'idle' | 'running'

interface Round {
  readonly latenciesMs: readonly number[]
  /** On the site's main thread. */
  readonly longTasksMs: readonly number[]
  /** On the main thread of the frame, which is another process when the browser isolates sites. */
  readonly frameLongTasksMs: readonly number[]
  /** Busy share of a core that the frame showed; NaN while it does not run. */
  readonly dutyPercent: number
}

/** Work of one interaction, ms: a page that does something. */
const WORK_MS = 4
const SETTLE_MS = 12_000
const [rounds, clicks] = [Number(process.argv[2] ?? 3), Number(process.argv[3] ?? 150)]

/** Runs in page and frame before anything else. */
function watchLongTasks(): void {
  const longTasks: number[] = []
  Object.assign(globalThis, { longTasks })
  new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask', buffered: true })
}

/** From the press to the frame after it, as a visitor feels it. */
function watchClicks(workMs: number): void {
  const latencies: number[] = []
  Object.assign(globalThis, { latencies })
  const button = document.createElement('button')
  button.textContent = 'Press'
  button.style.cssText = 'position: fixed; right: 40px; bottom: 40px; width: 120px; height: 60px'
  button.addEventListener('click', ({ timeStamp }) => {
    const end = performance.now() + workMs
    while (performance.now() < end);
    button.textContent = `Pressed ${latencies.length}`
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => latencies.push(performance.now() - timeStamp)
      port2.postMessage(undefined)
    })
  })
  document.body.append(button)
}

async function measure(page: Page, url: string, kind: Kind): Promise<Round> {
  await page.goto(url)
  await page.evaluate(watchClicks, WORK_MS)
  const [framed] = kind === 'without' ? [] : await framesOn(page)
  if (kind === 'running') await framed!.begin()
  await pause(kind === 'running' ? SETTLE_MS : 1_000)
  await page.evaluate(() => { (globalThis as unknown as { longTasks: number[] }).longTasks.length = 0 })
  await framed?.frame.evaluate(() => { (globalThis as unknown as { longTasks: number[] }).longTasks.length = 0 })
  const size = page.viewportSize()!
  for (let index = 0; index < clicks; index++) {
    await page.mouse.click(size.width - 100, size.height - 70)
    await pause(40)
  }
  const own = await page.evaluate(() => {
    const { latencies, longTasks } = globalThis as unknown as { latencies: number[]; longTasks: number[] }
    return { latencies, longTasks }
  })
  const frameLongTasksMs = (await framed?.frame.evaluate(() => (globalThis as unknown as { longTasks: number[] }).longTasks)) ?? []
  const title = framed === undefined ? '' : (await framed.look()).title
  if (kind === 'running') await framed!.press('stop')
  return { latenciesMs: own.latencies, longTasksMs: own.longTasks, frameLongTasksMs, dutyPercent: Number(/(\d+) %/.exec(title)?.[1] ?? Number.NaN) }
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
}

const relay = new Relay()
await relay.start()
const site = await new HostSite().open()
const browser = await launchChromium()
try {
  const loader = await loaderOf(relay.url)
  const plain = '<!doctype html><meta charset="utf-8"><title>A site</title><h1>Somebody’s site</h1>'
  const urls: Readonly<Record<Kind, string>> = {
    without: site.show('/without', { html: plain }),
    idle: site.show('/idle', { html: pageWith(loader) }),
    running: site.show('/running', { html: `${plain}${scriptTag(loader)}<mega-brain max-duty="25"></mega-brain>` }),
  }
  const results: Record<Kind, Round[]> = { without: [], idle: [], running: [] }
  for (let round = 0; round < rounds; round++) {
    for (const kind of ['without', 'idle', 'running'] as const) {
      const context = await openContext(browser)
      await context.addInitScript(watchLongTasks)
      results[kind].push(await measure(await context.newPage(), urls[kind], kind))
      await context.close()
      process.stderr.write(`round ${round + 1}: ${kind}\n`)
    }
  }
  const p75 = (kind: Kind): number => quantile(results[kind].flatMap(({ latenciesMs }) => latenciesMs), 0.75)
  const table = Object.fromEntries((['without', 'idle', 'running'] as const).map((kind) => [kind, {
    interactions: results[kind].flatMap(({ latenciesMs }) => latenciesMs).length,
    p50Ms: Number(quantile(results[kind].flatMap(({ latenciesMs }) => latenciesMs), 0.5).toFixed(2)),
    p75Ms: Number(p75(kind).toFixed(2)),
    p75ToWithout: Number((p75(kind) / p75('without')).toFixed(3)),
    longTasksOfThePage: results[kind].flatMap(({ longTasksMs }) => longTasksMs).length,
    longTasksInTheFrame: results[kind].flatMap(({ frameLongTasksMs }) => frameLongTasksMs).length,
    longestInTheFrameMs: Math.max(0, ...results[kind].flatMap(({ frameLongTasksMs }) => frameLongTasksMs)),
    dutyPercent: results[kind].map(({ dutyPercent }) => dutyPercent).filter((duty) => !Number.isNaN(duty)),
  }]))
  process.stdout.write(`${JSON.stringify({ rounds, clicks, workMs: WORK_MS, ...table }, undefined, 2)}\n`)
} finally {
  await browser.close()
  await site.close()
  await relay.close()
}
