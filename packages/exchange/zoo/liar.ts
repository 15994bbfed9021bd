// Signs fitness that is not true, about bodies that do exist and that it serves. With many identities it is a sybil: no
// author lives long enough to be banned.

import type { Behaviour } from './being.ts'

export interface LiarOptions {
  readonly everyMs?: number
  /** Keys that it lies under, in turn; Infinity takes a new one for each lie. @default 1 */
  readonly identities?: number
  /** The claimed fitness. @default anything between the true one and the highest */
  readonly claimed?: (truth: number, uniform: number) => number
}

export function liar({ everyMs = 5_000, identities = 1, claimed }: LiarOptions = {}): Behaviour {
  return (being) => {
    const { world, brain, name } = being
    let lies = 0
    being.every(everyMs, () => {
      const find = being.find()
      const uniform = world.random.uniform()
      const fitness = claimed?.(find.fitness, uniform) ?? find.fitness + 1 + Math.floor((1_000_000 - find.fitness - 1) * uniform)
      const identity = identities === 1 ? name : `${name}/${Number.isFinite(identities) ? lies % identities : lies}`
      lies++
      brain.did('lied')
      being.publish(being.claim(find, { fitness }, identity))
    })
  }
}
