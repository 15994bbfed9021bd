// What colluding signers gain for an author by withholding reveals, as a table. Run by hand:
// `node packages/exchange/bench/withheld-reveals.ts [epochs] [seed]`.

import { simulateWithholding } from '../zoo/withheld-reveal.ts'

const [epochs = '4000', seed = '1'] = process.argv.slice(2)
console.log(`${epochs} epochs, seed ${seed}; gain of a rank (mean of 8 audits) in standard deviations of one audit\n`)
console.log('| signers | colluding | gain | reveals withheld |\n|---|---|---|---|')
for (const [signers, colluding] of [[3, 0], [3, 1], [3, 2], [5, 1], [5, 3]] as const) {
  const { gain, withheld } = simulateWithholding({ signers, colluding, epochs: Number(epochs), seed: Number(seed) })
  console.log(`| ${signers} | ${colluding} | ${gain.toFixed(3)} | ${(100 * withheld).toFixed(1)} % |`)
}
