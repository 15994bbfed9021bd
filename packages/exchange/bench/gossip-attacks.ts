// The nine attacks at four sybils per honest member, as a table. Run by hand:
// `node packages/exchange/bench/gossip-attacks.ts [scene] [honest] [seeds] [attack] [variant]`.

import { attacks } from '../zoo/gossip/attacks.ts'
import { runAttack, type WorldOptions } from '../zoo/gossip/gossip-world.ts'
import { variants } from './gossip-variants.ts'

const [scene = 'report', honest = '200', seeds = '1', only = '', chosen = ''] = process.argv.slice(2)
const worlds: Readonly<Record<string, Omit<WorldOptions, 'seed'>>> = {
  // As in the report: about 20 links between honest members, 100 of each sybil, no cap.
  report: { honest: Number(honest), sybilsPerHonest: 4, dials: 10, sybilDials: 100 },
  // As in our mesh: 8 members dialled of all that a relay introduces, at most 32 links.
  ours: { honest: Number(honest), sybilsPerHonest: 4, dials: 8, sybilDials: 32, maxLinks: 32, blindDials: true, countsInbound: true, relays: 2 },
  'ours, no relay': { honest: Number(honest), sybilsPerHonest: 4, dials: 8, sybilDials: 32, maxLinks: 32, blindDials: true, countsInbound: true },
}
const world = worlds[scene]
if (world === undefined) throw new RangeError(`A scene must be one of ${Object.keys(worlds).join(', ')}, got ${scene}`)

for (const [variant, change] of Object.entries(variants)) {
  if (chosen !== '' && variant !== chosen) continue
  console.log(`\n${scene}, ${honest} honest, ${variant}\n`)
  console.log('| attack | in 6 s, worst of seeds | mean | from target | to target | p50 ms | p99 ms | mesh honest/sybil | copies |\n|---|---|---|---|---|---|---|---|---|')
  for (const attack of attacks) {
    if (!attack.name.startsWith(only)) continue
    const started = performance.now()
    const results = Array.from({ length: Number(seeds) }, (_, i) => runAttack(attack, { ...world, ...change, seed: i + 1 }))
    const percent = (value: number): string => `${(value * 100).toFixed(3)} %`
    const mean = (of: (result: (typeof results)[number]) => number): number => results.reduce((sum, result) => sum + of(result), 0) / results.length
    console.log(`| ${[
      attack.name,
      percent(Math.min(...results.map(({ inTime }) => inTime))),
      percent(mean(({ inTime }) => inTime)),
      percent(mean(({ inTimeFromTarget }) => inTimeFromTarget)),
      percent(mean(({ inTimeToTarget }) => inTimeToTarget)),
      mean(({ p50Ms }) => p50Ms).toFixed(0),
      mean(({ p99Ms }) => p99Ms).toFixed(0),
      `${mean(({ honestInMesh }) => honestInMesh).toFixed(1)}/${mean(({ sybilsInMesh }) => sybilsInMesh).toFixed(1)}`,
      mean(({ copiesPerDelivery }) => copiesPerDelivery).toFixed(2),
    ].join(' | ')} | <!-- ${((performance.now() - started) / 1_000).toFixed(1)} s -->`)
  }
}
