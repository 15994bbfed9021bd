// Gives two things the same number: two claims of one device with one sequence number, and a different picture of its
// archive to each neighbour that compares.

import { sha256 } from '@noble/hashes/sha2.js'
import { asciiBytes, hexText } from '../src/bytes/text.ts'
import type { Behaviour } from './being.ts'

export function equivocator({ everyMs = 4_000 }: { readonly everyMs?: number } = {}): Behaviour {
  return (being) => {
    const { brain, name, world } = being
    being.every(everyMs, () => {
      const sequence = brain.nextSequence(name, world.now())
      for (let i = 0; i < 2; i++) being.publish(being.claim(being.find(), { sequence, generation: i + 1 }))
      brain.did('equivocated')
    })
    being.onRequest((request, from) => {
      if (request.kind !== 'compare') return undefined
      brain.did('compared two-faced')
      return { answer: { ...request, root: hexText(sha256(asciiBytes(`${from} ${world.now()}`))), tasks: [] } }
    })
  }
}
