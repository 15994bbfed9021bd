// Says again what others said: at once, and long after the window of the clock has closed.

import type { Behaviour } from './being.ts'

export function replayer({ everyMs = 200 }: { readonly everyMs?: number } = {}): Behaviour {
  return (being) => {
    const { brain, world } = being
    being.onDelivery(({ bytes }) => {
      brain.hear(bytes.slice())
      return 'forward'
    })
    being.every(everyMs, () => {
      if (brain.heard.length === 0) return
      const old = brain.heard[world.random.integer(brain.heard.length)]!
      brain.did('replayed')
      being.publish(old)
    })
  }
}
