// Claims that are true and worth nothing, signed by a new key each time: every one costs a signature check, a pull and an
// evaluation.

import type { Behaviour } from './being.ts'

export function spammer({ everyMs = 100, perBurst = 1 }: { readonly everyMs?: number; readonly perBurst?: number } = {}): Behaviour {
  return (being) => {
    let count = 0
    being.every(everyMs, () => {
      for (let i = 0; i < perBurst; i++) {
        being.brain.did('spammed')
        being.publish(being.claim(being.find(), {}, `${being.name}/${count++}`))
      }
    })
  }
}
