// Announces and does not deliver: bodies refused, never answered, or swapped for others.

import { digestOfCid } from '../src/claim/cid-digest.ts'
import { hexText } from '../src/bytes/text.ts'
import type { Behaviour } from './being.ts'

export type Withholding = 'refuse' | 'silence' | 'swap'

export function withholder(how: Withholding, { everyMs = 3_000 }: { readonly everyMs?: number } = {}): Behaviour {
  return (being) => {
    const { brain } = being
    being.every(everyMs, () => {
      brain.did('announced in vain')
      const find = being.find()
      being.publish(being.claim({ ...find, fitness: Math.min(1_000_000, find.fitness + 1) }))
      brain.bodies.delete(hexText(digestOfCid(find.cid)!))
    })
    being.onRequest((request) => {
      if (request.kind !== 'pull') return undefined
      brain.did(`pull: ${how}`)
      if (how !== 'swap') return how
      return { answer: { kind: 'pull', body: being.find().body } }
    })
  }
}
