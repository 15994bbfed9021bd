// Covert flash: blameless for a while (passes everything on, says true things), then what it really is.

import type { Behaviour, Being } from './being.ts'

/** @param afterMs from the start until it turns */
export function covert(afterMs: number, behaviours: readonly Behaviour[]): Behaviour {
  return (being) => {
    const turnsAt = being.world.now() + afterMs
    const hasTurned = (): boolean => being.world.now() >= turnsAt
    const masked: Being = {
      ...being,
      onDelivery: (listener) => being.onDelivery((delivery) => (hasTurned() ? listener(delivery) : 'forward')),
      onRequest: (listener) => being.onRequest((request, from) => (hasTurned() ? listener(request, from) : undefined)),
      every: (ms, action) => being.every(ms, () => {
        if (hasTurned()) action()
      }),
    }
    being.every(10_000, () => {
      if (hasTurned()) return
      being.brain.did('behaved')
      being.publish(being.claim(being.find()))
    })
    for (const behaviour of behaviours) behaviour(masked)
  }
}
