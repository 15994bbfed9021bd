// Titles of the tasks for people; the goal in a sentence comes from the task itself.

import type english from './languages/en/state.json'
import { t } from './translate.ts'

type Titled = keyof typeof english.task

const titled: ReadonlySet<string> = new Set<Titled>([
  'xor', 'cart-pole-sutton', 'cart-pole-v1', 'mountain-car-v0', 'mountain-car-continuous-v0', 'acrobot-v1', 'pendulum-v1', 'double-pole', 'double-pole-no-velocity',
  't-maze', 'sensor-fusion', 'retina', 'multiplexer-11', 'function-regression', 'prey-capture', 'pursuit', 'walker',
])

/** The id itself for a task without a title of its own. */
export function taskTitle(id: string): string {
  return titled.has(id) ? t(`state.task.${id as Titled}`) : id
}
