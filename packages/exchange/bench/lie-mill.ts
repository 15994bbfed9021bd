// Ten million lies to one member. Run by hand: `node packages/exchange/bench/lie-mill.ts [lies] [seed]`, about an hour for ten
// million on a busy core.

import { EVALUATOR, measure, xor } from '../fixtures/xor.ts'
import { millLies } from '../zoo/lie-mill.ts'

const [lies = '100000', seed = '1'] = process.argv.slice(2)
const started = performance.now()
const report = millLies({
  lies: Number(lies), seed: Number(seed), task: xor, evaluator: EVALUATOR, measure,
  progress: (count) => console.error(`${count} lies after ${((performance.now() - started) / 1_000).toFixed(0)} s`),
})
console.log(JSON.stringify(report, undefined, 2))
