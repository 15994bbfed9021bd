// Set duty against measured duty, in the real page of a real browser: `node e2e/duty/run.ts --seconds 60 --browser chromium`
// (or `firefox`), on a machine that does nothing else. Measured twice: by what the page shows, and by the CPU time of the
// browser's worker threads as the operating system counts it. Exit 1 when a row of one worker is off by more than 5 points.

import { availableParallelism } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Browser } from 'playwright'
import type { Browser as PuppetBrowser } from 'puppeteer-core'
import { launchChromium, openContext, playwrightTab, puppetTab } from '../chromium.ts'
import { launchFirefox } from '../firefox.ts'
import { Relay } from '../relay.ts'
import { Visitor } from '../visitor.ts'
import { workerSecondsOf } from '../worker-cpu.ts'

const TOLERANCE_POINTS = 5
/** The page shows the last ten seconds: before that it still shows what was set before. */
const SETTLE_MS = 12_000
const SAMPLE_MS = 2_500

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' }, browser: { type: 'string', default: 'chromium' },
    duties: { type: 'string', default: '10,25,50,75,100' }, workers: { type: 'string', default: '1' }, task: { type: 'string', default: 'double-pole-no-velocity' },
  },
})
const seconds = Number(values.seconds)
const workers = Number(values.workers)
const duties = values.duties.split(',').map(Number)
if (![seconds, workers, ...duties].every((value) => value > 0)) throw new RangeError('--seconds, --duties and --workers are positive numbers')

interface Opened {
  readonly visitor: Visitor
  readonly pid: number
  close(): Promise<void>
}

async function openChromium(url: string): Promise<Opened> {
  const browser: Browser = await launchChromium()
  const context = await openContext(browser)
  const visitor = new Visitor('alice', playwrightTab(await context.newPage()))
  await visitor.tab.goto(url)
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  return { visitor, pid: processInfo.find(({ type }) => type === 'browser')!.id, close: () => browser.close() }
}

async function openFirefox(url: string): Promise<Opened> {
  const browser: PuppetBrowser = await launchFirefox()
  const visitor = new Visitor('alice', await puppetTab(await browser.newPage()))
  await visitor.tab.goto(url)
  return { visitor, pid: browser.process()!.pid!, close: () => browser.close() }
}

/** As somebody moves a slider or types a number. */
async function set(visitor: Visitor, testId: string, value: number): Promise<void> {
  await visitor.until(`sees ${testId}`, () => visitor.shows(testId))
  await visitor.tab.evaluate(([id, text]) => {
    const input = document.querySelector<HTMLInputElement>(`[data-testid="${id}"]`)!
    if (input.type === 'checkbox') {
      if (input.checked !== (text === '1')) input.click()
      return
    }
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!.call(input, text)
    input.dispatchEvent(new Event('input', { bubbles: true }))
    input.dispatchEvent(new FocusEvent('focusout', { bubbles: true }))
  }, [testId, String(value)] as const)
  await visitor.until(`has set ${testId} to ${value}`, async () => {
    const seen = await visitor.one(testId)
    return seen.value === 'on' || Number(seen.value) === value
  })
}

const relay = new Relay()
await relay.start()
const { visitor, pid, close } = await (values.browser === 'firefox' ? openFirefox : openChromium)(relay.url)
let worst = 0
try {
  await visitor.begin()
  await visitor.choose(values.task)
  // What other programs do must not change what is measured here.
  await set(visitor, 'give-way', 0)
  if (workers > 1) await set(visitor, 'workers', workers)
  console.log(`${values.browser}, ${values.task}, ${workers} worker(s), ${seconds} s each, ${availableParallelism()} cores; per cent of one core`)
  console.log('set  shown (mean)  CPU time  off (shown)')
  for (const duty of duties) {
    await set(visitor, 'duty-set', duty)
    await pause(SETTLE_MS)
    const shown: number[] = []
    const from = performance.now()
    const before = workerSecondsOf(pid)
    while (performance.now() - from < seconds * 1_000) {
      await pause(SAMPLE_MS)
      shown.push(Number((await visitor.one('duty')).data['measured']))
    }
    const cpu = (workerSecondsOf(pid) - before) / ((performance.now() - from) / 1_000) * 100
    const mean = shown.reduce((sum, one) => sum + one, 0) / shown.length
    const off = mean - duty * workers
    worst = Math.max(worst, Math.abs(off) / workers)
    console.log(`${String(duty * workers).padStart(3)}  ${mean.toFixed(1).padStart(12)}  ${cpu.toFixed(1).padStart(8)}  ${off.toFixed(1).padStart(6)}`)
  }
} finally {
  await close()
  await relay.close()
}
console.log(`worst: ${worst.toFixed(1)} points for each worker, at most ${TOLERANCE_POINTS} allowed`)
process.exitCode = worst > TOLERANCE_POINTS ? 1 : 0
