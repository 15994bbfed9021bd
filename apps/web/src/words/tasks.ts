// Titles of the tasks for people; the goal in a sentence comes from the task itself.

const titles: Readonly<Record<string, string>> = {
  xor: 'Exclusive or',
  'cart-pole-sutton': 'Cart and pole, as in 1983',
  'cart-pole-v1': 'Cart and pole',
  'mountain-car-v0': 'Car in a valley',
  'mountain-car-continuous-v0': 'Car in a valley, any force',
  'acrobot-v1': 'Two-link acrobat',
  'pendulum-v1': 'Pendulum',
  'double-pole': 'Two poles',
  'double-pole-no-velocity': 'Two poles, velocities hidden',
  't-maze': 'T-maze: remember the signal',
  'sensor-fusion': 'Sensors that stay at home',
  retina: 'Retina: two eyes, one answer',
  'multiplexer-11': 'Multiplexer with eleven bits',
  'function-regression': 'Draw a curve',
  'prey-capture': 'Catch the prey',
  pursuit: 'Pursuit among champions',
  walker: 'Learn to walk',
}

/** The id itself for a task without a title of its own. */
export function taskTitle(id: string): string {
  return titles[id] ?? id
}
