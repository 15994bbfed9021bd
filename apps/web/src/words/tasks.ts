// Titles of the tasks for people; the goal in a sentence comes from the task itself.

const titles: Readonly<Record<string, string>> = {
  xor: 'Exclusive or',
  'cart-pole-v1': 'Cart and pole',
  'double-pole': 'Two poles',
  'double-pole-no-velocity': 'Two poles, velocities hidden',
}

/** The id itself for a task without a title of its own. */
export function taskTitle(id: string): string {
  return titles[id] ?? id
}
