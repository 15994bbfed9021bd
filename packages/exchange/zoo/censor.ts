// Passes everything on but what one author says.

import { decodeClaim } from '../src/claim/claim-codec.ts'
import { hexText } from '../src/bytes/text.ts'
import { createMemoryKeys } from '../src/memory/memory-keys.ts'
import type { PeerId } from '../src/ports.ts'
import type { Behaviour } from './being.ts'

export function censor(victim: PeerId): Behaviour {
  return (being) => {
    const author = hexText(createMemoryKeys(victim).owner)
    being.onDelivery(({ bytes }) => {
      const decoded = decodeClaim(bytes)
      if (!decoded.ok || decoded.value.claim.author !== author) return 'forward'
      being.brain.did('censored')
      return 'ignore'
    })
  }
}
