// Five devices in a hundred claim work that they did not do: how fast they are caught and what auditing costs, as a table.
// Run by hand: `node packages/exchange/bench/credit-cheats.ts [devices] [hours] [seed]`.

import { simulateCheats } from '../zoo/credit-cheats.ts'

const [devices = '1000', hours = '24', seed = '1'] = process.argv.slice(2)
const report = simulateCheats({
  devices: Number(devices), cheatShare: 0.05, kinds: ['always', 'half', 'tenth', 'sleeper'], hours: Number(hours), seed: Number(seed),
})
const percent = (share: number): string => `${(100 * share).toFixed(2)} %`
console.log(`${devices} devices, 5 % cheats, ${hours} h at a quarter of a core, seed ${seed}\n`)
console.log('| cheat | devices | caught | false receipts until caught, median | worst | false evaluations that count |\n|---|---|---|---|---|---|')
for (const { kind, devices: count, caught, falseReceipts, credited } of report.byKind) {
  console.log(`| ${kind} | ${count} | ${caught} | ${falseReceipts.median} | ${falseReceipts.worst} | ${percent(credited)} |`)
}
console.log(`\nrun again: ${percent(report.cost)} of honest evaluations, ${percent(report.costInLastHour)} in the last hour`)
console.log(`counted of an honest device's work: ${percent(report.honestCredited)} (median); honest devices wronged: ${report.wronged}`)
