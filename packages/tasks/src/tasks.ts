// The registry: every task that Megabrain ships, by id. A new task is one file and one line here.

import type { Task, TaskId } from '@megabrain/evolve'
import { acrobotV1 } from './acrobot-v1.ts'
import { cartPoleSutton } from './cart-pole-sutton.ts'
import { cartPoleV1 } from './cart-pole-v1.ts'
import { doublePole } from './double-pole.ts'
import { doublePoleNoVelocity } from './double-pole-no-velocity.ts'
import { functionRegression } from './function-regression.ts'
import { mountainCarContinuousV0 } from './mountain-car-continuous-v0.ts'
import { mountainCarV0 } from './mountain-car-v0.ts'
import { multiplexer11 } from './multiplexer-11.ts'
import { pendulumV1 } from './pendulum-v1.ts'
import { preyCapture } from './prey-capture.ts'
import { pursuit } from './pursuit.ts'
import { retina } from './retina.ts'
import { sensorFusion } from './sensor-fusion.ts'
import { tMaze } from './t-maze.ts'
import { walker } from './walker.ts'
import { xor } from './xor.ts'

export const tasks: Readonly<Record<TaskId, Task>> = {
  'xor': xor,
  'cart-pole-sutton': cartPoleSutton,
  'cart-pole-v1': cartPoleV1,
  'mountain-car-v0': mountainCarV0,
  'mountain-car-continuous-v0': mountainCarContinuousV0,
  'acrobot-v1': acrobotV1,
  'pendulum-v1': pendulumV1,
  'double-pole': doublePole,
  'double-pole-no-velocity': doublePoleNoVelocity,
  't-maze': tMaze,
  'sensor-fusion': sensorFusion,
  'retina': retina,
  'multiplexer-11': multiplexer11,
  'function-regression': functionRegression,
  'prey-capture': preyCapture,
  'pursuit': pursuit,
  'walker': walker,
}

/** The task of that id, or undefined. Takes any string a stranger may send. */
export function findTask(id: string): Task | undefined {
  return Object.hasOwn(tasks, id) ? tasks[id] : undefined
}
