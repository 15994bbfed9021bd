// The long version: quota, deletion and killed renderers in turn, each as often as is asked. Prints every round and the sum; ends with 1
// when an identity, a kept champion or a start was lost.
//
//   node e2e/tabs/storage-faults.ts [--rounds 200] [--only quota,delete,kill]

import { parseArgs } from 'node:util'
import { launchChromium, openContext } from '../chromium.ts'
import { Relay } from '../relay.ts'
import { openTab, type BrowserTab } from './browser-tabs.ts'
import { faults, pinBest, storageRound, type Fault, type Round } from './storage-round.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '200' }, only: { type: 'string' } } })
const wanted = values.only === undefined ? faults : faults.filter((fault) => values.only!.split(',').includes(fault))

const relay = new Relay()
await relay.start()
const browser = await launchChromium()
const rounds: Round[] = []
const broken: Fault[] = []
try {
  const profile = await openContext(browser)
  let tab: BrowserTab = await openTab(profile, relay.url, 'first')
  await tab.visitor.begin()
  await pinBest(tab)
  for (let index = 0; index < Number(values.rounds); index++) {
    for (const fault of wanted) {
      try {
        const done = await storageRound(profile, relay.url, tab, fault)
        rounds.push(done.round)
        tab = done.tab
        process.stdout.write(`${index + 1} ${JSON.stringify(done.round)}\n`)
      } catch (error) {
        broken.push(fault)
        process.stdout.write(`${index + 1} ${fault}: ${error instanceof Error ? error.message : String(error)}\n`)
        for (const page of profile.pages()) await page.close().catch(() => undefined)
        tab = await openTab(profile, relay.url, 'after a broken round')
        await tab.visitor.begin()
      }
    }
  }
} finally {
  await browser.close()
  await relay.close()
}
process.stdout.write('\n| fault | rounds | identity lost | kept champions lost | best champion lost | failed starts | start ms: median | largest |\n|---|---|---|---|---|---|---|---|\n')
for (const fault of wanted) {
  const own = rounds.filter((round) => round.fault === fault)
  const took = own.map(({ startMs }) => Math.round(startMs)).sort((a, b) => a - b)
  const count = (is: (round: Round) => boolean): number => own.filter(is).length
  process.stdout.write(`| ${fault} | ${own.length} | ${count(({ sameAuthor }) => !sameAuthor)} | ${count(({ pinnedKept }) => !pinnedKept)} | ${count(({ before, after }) => after < before)} | ${broken.filter((one) => one === fault).length} | ${took[took.length >> 1] ?? '-'} | ${took.at(-1) ?? '-'} |\n`)
}
process.exit(broken.length === 0 && rounds.every(({ sameAuthor, pinnedKept, before, after }) => sameAuthor && pinnedKept && after >= before) ? 0 : 1)
