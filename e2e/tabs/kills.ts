// The long version: ten tabs of one browser, and the one that runs is killed, frozen or closed again and again. Prints every round and
// the sum; ends with 1 when a champion was lost, it did not come to one tab that runs, or a takeover took longer than it may.
//
//   node e2e/tabs/kills.ts [--rounds 100] [--tabs 10] [--seed 1] [--max-ms 2000]

import { parseArgs } from 'node:util'
import { launchChromium, openContext } from '../chromium.ts'
import { Relay } from '../relay.ts'
import { openTab, runnerAmong, type BrowserTab } from './browser-tabs.ts'
import { faults, killRound, type Round } from './kill-round.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '100' }, tabs: { type: 'string', default: '10' }, seed: { type: 'string', default: '1' }, 'max-ms': { type: 'string', default: '2000' } },
})
const [count, size, maxMs] = [Number(values.rounds), Number(values.tabs), Number(values['max-ms'])]
let state = Number(values.seed)
/** Lehmer's generator: the same seed makes the same faults. */
const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647

const relay = new Relay()
await relay.start()
const browser = await launchChromium()
const rounds: Round[] = []
let broken = 0
try {
  const profile = await openContext(browser)
  const tabs: BrowserTab[] = []
  for (let index = 0; index < size; index++) tabs.push(await openTab(profile, relay.url, `tab ${index + 1}`))
  await tabs[0]!.visitor.begin()
  await runnerAmong(tabs)
  for (let index = 0; index < count; index++) {
    const pauseMs = 500 + random() * 4_000
    await new Promise((resolve) => { setTimeout(resolve, pauseMs) })
    const fault = faults[Math.floor(random() * faults.length)]!
    try {
      const round = await killRound(profile, relay.url, tabs, fault)
      rounds.push(round)
      process.stdout.write(`${index + 1} ${round.fault}: ${Math.round(round.takeoverMs)} ms, fitness ${round.before} → ${round.after}\n`)
    } catch (error) {
      broken++
      process.stdout.write(`${index + 1} ${fault}: ${error instanceof Error ? error.message : String(error)}\n`)
    }
  }
} finally {
  await browser.close()
  await relay.close()
}
process.stdout.write('\n| fault | rounds | takeover ms: median | largest | over the limit | champions lost |\n|---|---|---|---|---|---|\n')
for (const fault of faults) {
  const own = rounds.filter((round) => round.fault === fault)
  const took = own.map(({ takeoverMs }) => Math.round(takeoverMs)).sort((a, b) => a - b)
  const lost = own.filter(({ before, after }) => after < before).length
  process.stdout.write(`| ${fault} | ${own.length} | ${took[took.length >> 1] ?? '-'} | ${took.at(-1) ?? '-'} | ${took.filter((ms) => ms > maxMs).length} | ${lost} |\n`)
}
process.stdout.write(`${broken} rounds broken\n`)
process.exit(broken === 0 && rounds.every(({ takeoverMs, before, after }) => takeoverMs <= maxMs && after >= before) ? 0 : 1)
