// The fixed opponents of `pursuit`: scripted players first, then champions that were evolved against all before them
// (`vectors/pursuit-hall.ts`). Members are without memory, so that a step of the game is a pure function of its state.

import { compile, decodeGenotype } from '@megabrain/evolve'
import type { Network } from '@megabrain/evolve'
import { hexToBytes } from '@noble/hashes/utils.js'
import champions from '../vectors/pursuit-hall.json' with { type: 'json' }
import { signedUnit, within } from './world.ts'

export interface HallMember {
  readonly name: string
  /** Steer of −1 to 1 for what `sense` wrote, in either role. */
  steer(senses: Float64Array): number
}

/** Turns towards the other as a chaser, away from it as a runner. */
const straight: HallMember = {
  name: 'straight',
  steer(senses) {
    const side = senses[1]! * senses[4]!
    // Dead ahead when it should be behind, or the other way round: turn left, anything but go on.
    return side === 0 && senses[1]! * senses[3]! < 0 ? 1 : within(-1, 1, 3 * side)
  },
}

/** Chases where the other is going; as a runner lets the chaser come near, then turns across its path. */
const dodging: HallMember = {
  name: 'dodging',
  steer(senses) {
    const near = senses[2]!
    if (senses[1]! > 0) return within(-1, 1, 3 * senses[4]! + 1.5 * senses[6]! * (1 - near))
    const fromWall = senses[7]! > 0.6 ? (senses[8]! > 0 ? -1 : 1) : 0
    return near > 0.3 ? (senses[4]! > 0 ? 1 : -1) : within(-1, 1, fromWall - 2 * senses[4]!)
  },
}

function champion(name: string, hex: string): HallMember {
  let network: Network | undefined
  return {
    name,
    steer(senses) {
      network ??= networkOf(hex)
      network.reset()
      return signedUnit(network.activate(senses)[0]!)
    },
  }
}

function networkOf(hex: string): Network {
  const decoded = decodeGenotype(hexToBytes(hex))
  if (!decoded.ok) throw new TypeError(`A champion of the hall of fame does not decode: ${decoded.reason}`)
  return compile(decoded.value)
}

export const hallOfFame: readonly HallMember[] = [
  straight,
  dodging,
  ...champions.map((hex, i) => champion(`champion ${i + 1}`, hex)),
]
