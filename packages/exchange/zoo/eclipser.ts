// Surrounds a victim: passes nothing on, serves nothing, and agrees with whatever root it is asked about, so that the
// victim believes itself up to date.

import type { Behaviour } from './being.ts'

export function eclipser(): Behaviour {
  return (being) => {
    const { brain } = being
    being.onDelivery(() => {
      brain.did('swallowed')
      return 'ignore'
    })
    being.onRequest((request) => {
      if (request.kind !== 'compare') return 'refuse'
      brain.did('agreed with everything')
      return { answer: { ...request, tasks: [] } }
    })
  }
}
