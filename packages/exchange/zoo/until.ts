// Any behaviour for a while only: so that an experiment can see what is left of it afterwards.

import type { Behaviour } from './being.ts'

/** @param forMs from the start; after that it neither does nor answers anything of its own */
export function until(forMs: number, behaviours: readonly Behaviour[]): Behaviour {
  return (being) => {
    const endsAt = being.world.now() + forMs
    const isOver = (): boolean => being.world.now() >= endsAt
    for (const behaviour of behaviours) {
      behaviour({
        ...being,
        onDelivery: (listener) => being.onDelivery((delivery) => (isOver() ? undefined : listener(delivery))),
        onRequest: (listener) => being.onRequest((request, from) => (isOver() ? undefined : listener(request, from))),
        every: (ms, action) => being.every(ms, () => {
          if (!isOver()) action()
        }),
      })
    }
  }
}
