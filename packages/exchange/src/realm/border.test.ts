import { expect, test } from 'vitest'
import { carol, signClaim, START, statementFor } from '../../fixtures/world.ts'
import { sampleGenotype } from '../../fixtures/xor.ts'
import type { Entry } from '../archive/entry.ts'
import { decodeClaim } from '../claim/claim-codec.ts'
import { carryOver, exportClaim, exportGenotype } from './border.ts'
import type { Containment } from './realm.ts'

const levels = ([1, 2, 3, 4] as const).map((containment): { readonly containment: Containment } => ({ containment }))
const parents = [sampleGenotype(2).cid]

function entry(): Entry {
  const { body, fingerprint, links } = sampleGenotype(1)
  const envelope = signClaim(statementFor(sampleGenotype(1), carol, START, { parents, operators: ['add-link'] }), carol)
  const decoded = decodeClaim(envelope)
  if (!decoded.ok) throw new Error(decoded.reason)
  return { claim: decoded.value.claim, envelope, body, fingerprint, links }
}

test('a champion leaves its realm as far as containment lets it: alone, with its claim, or not at all', () => {
  const champion = entry()
  expect(levels.map((realm) => exportGenotype(realm, champion).ok)).toEqual([true, false, false, false])
  expect(levels.map((realm) => exportClaim(realm, champion).ok)).toEqual([true, true, false, false])
  expect(exportGenotype(levels[2]!, champion)).toEqual({ ok: false, reason: 'contained' })
  expect(exportClaim(levels[1]!, champion)).toEqual({ ok: true, value: { envelope: champion.envelope, body: champion.body } })
})

test('a fork takes champions over with the ancestry they had, unless the old realm keeps them or the new one takes nothing in', () => {
  const champion = entry()
  for (const from of levels) {
    for (const to of levels) {
      const passage = carryOver(from, to, champion)
      expect(passage.ok, `from ${from.containment} to ${to.containment}`).toBe(from.containment <= 2 && to.containment <= 3)
      if (passage.ok) expect(passage.value).toMatchObject({ body: champion.body, fitness: champion.claim.fitness, parents, operators: ['add-link'] })
    }
  }
})
