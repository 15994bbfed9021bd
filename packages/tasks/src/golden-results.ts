// The golden results of every task in the registry, imported statically because floor 1 reads no files. `vectors/make.ts`
// writes what is imported here.

import type { Evaluation, Task } from '@megabrain/evolve'
import acrobotV1 from '../vectors/acrobot-v1.json' with { type: 'json' }
import cartPoleSutton from '../vectors/cart-pole-sutton.json' with { type: 'json' }
import cartPoleV1 from '../vectors/cart-pole-v1.json' with { type: 'json' }
import doublePoleNoVelocity from '../vectors/double-pole-no-velocity.json' with { type: 'json' }
import doublePole from '../vectors/double-pole.json' with { type: 'json' }
import functionRegression from '../vectors/function-regression.json' with { type: 'json' }
import mountainCarContinuousV0 from '../vectors/mountain-car-continuous-v0.json' with { type: 'json' }
import mountainCarV0 from '../vectors/mountain-car-v0.json' with { type: 'json' }
import multiplexer11 from '../vectors/multiplexer-11.json' with { type: 'json' }
import pendulumV1 from '../vectors/pendulum-v1.json' with { type: 'json' }
import preyCapture from '../vectors/prey-capture.json' with { type: 'json' }
import pursuit from '../vectors/pursuit.json' with { type: 'json' }
import retina from '../vectors/retina.json' with { type: 'json' }
import sensorFusion from '../vectors/sensor-fusion.json' with { type: 'json' }
import tMaze from '../vectors/t-maze.json' with { type: 'json' }
import walker from '../vectors/walker.json' with { type: 'json' }
import xor from '../vectors/xor.json' with { type: 'json' }

/** One golden genotype, as the hex of its canonical bytes, and its evaluation. */
export interface GoldenCase extends Evaluation {
  readonly genotype: string
}

/** The content of `vectors/<id>.json`. */
export interface GoldenResults {
  readonly task: string
  /** The task version that gave these results. */
  readonly version: number
  readonly cases: readonly GoldenCase[]
}

const golden: ReadonlyMap<string, GoldenResults> = new Map([
  acrobotV1, cartPoleSutton, cartPoleV1, doublePole, doublePoleNoVelocity, functionRegression, mountainCarContinuousV0, mountainCarV0,
  multiplexer11, pendulumV1, preyCapture, pursuit, retina, sensorFusion, tMaze, walker, xor,
].map((results: GoldenResults) => [results.task, results]))

/** @throws RangeError for a task that is not in the registry */
export function goldenResults(task: Task): GoldenResults {
  const results = golden.get(task.id)
  if (results === undefined) throw new RangeError(`Task ${task.id} has no golden results, so its fitness is of no known version`)
  return results
}
