// The nine attacks of the gossipsub v1.1 evaluation, as plans for sybils. Definitions follow the report where it gives them;
// `attack at dawn` is ours: everybody starts at the same time and the sybils never do anything useful.

import type { Attack, Setting } from './gossip-world.ts'
import type { SybilPlan } from './sybil-router.ts'

const silent: SybilPlan = { grafts: true, forwards: () => false }
/** Covert sybils turn after this long. */
const FLASH_MS = 30_000

export const attacks: readonly Attack[] = [
  { name: 'baseline', plan: () => silent, victims: () => [], arrives: 'after' },
  { name: 'eclipse one', plan: () => silent, victims: ({ target }) => [target], arrives: 'after' },
  { name: 'eclipse all publishers', plan: () => silent, victims: ({ publishers }) => publishers, arrives: 'after' },
  { name: 'eclipse network', plan: () => silent, victims: ({ honest }) => honest, arrives: 'after' },
  {
    name: 'censor one',
    plan: ({ target, authorOf }: Setting) => ({ grafts: true, forwards: ({ bytes }) => authorOf(bytes) !== target }),
    victims: ({ honest }) => honest,
    arrives: 'after',
  },
  { name: 'degrade 50 %', plan: () => ({ grafts: true, forwards: (_, __, uniform) => uniform < 0.5 }), victims: ({ honest }) => honest, arrives: 'after' },
  { name: 'cold boot', plan: () => silent, victims: ({ honest }) => honest, arrives: 'before' },
  {
    name: 'covert flash',
    plan: ({ startsAt }) => ({ grafts: true, forwards: (_, now) => now < startsAt + FLASH_MS }),
    victims: ({ honest }) => honest,
    arrives: 'with',
    countFromMs: FLASH_MS,
  },
  { name: 'attack at dawn', plan: () => silent, victims: ({ honest }) => honest, arrives: 'with' },
]
