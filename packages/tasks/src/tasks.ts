// The registry: every task that Megabrain ships, by id. A new task is one file and one line here.

import type { Task, TaskId } from '@megabrain/evolve'
import { cartPoleV1 } from './cart-pole-v1.ts'
import { doublePole } from './double-pole.ts'
import { doublePoleNoVelocity } from './double-pole-no-velocity.ts'
import { xor } from './xor.ts'

export const tasks: Readonly<Record<TaskId, Task>> = {
  'xor': xor,
  'cart-pole-v1': cartPoleV1,
  'double-pole': doublePole,
  'double-pole-no-velocity': doublePoleNoVelocity,
}

/** The task of that id, or undefined. Takes any string a stranger may send. */
export function findTask(id: string): Task | undefined {
  return Object.hasOwn(tasks, id) ? tasks[id] : undefined
}
