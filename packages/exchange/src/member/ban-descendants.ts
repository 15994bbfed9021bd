// What a moderator's program adds to a ban of a lineage: members that came later may never have heard of the generations between
// the root and what they hold, so the descendants that the moderator's own archive held are banned by name too.

import { banDeclaration, banKind, type Ban } from '../registry/ban.ts'
import type { SignedStatement } from '../registry/statement.ts'
import type { Entry } from '../archive/entry.ts'
import { declare } from './registry.ts'
import type { Turn } from './state.ts'

/** With the root's own, half of what other members take from one author at once. */
const MAX_NAMED = 31

/** After a ban of our own was kept. @param dropped what it removed from our archive */
export function nameDescendants(turn: Turn, { signer }: SignedStatement, ban: Ban, dropped: readonly Entry[]): void {
  if (ban.target.of !== 'lineage' || ban.because !== undefined) return
  const { cid } = ban.target
  if (!ban.lifted) {
    // A child of the root names it in its claim: everybody sees that.
    const hidden = dropped.filter(({ claim }) => claim.genotype !== cid && !claim.parents.includes(cid))
    hidden.sort((a, b) => b.claim.fitness - a.claim.fitness)
    for (const { claim } of hidden.slice(0, MAX_NAMED)) {
      declare(turn, banDeclaration({ target: { of: 'lineage', cid: claim.genotype }, lifted: false, reason: ban.reason, because: cid }))
    }
    return
  }
  for (const { statement, value } of turn.state.registry.of(banKind)) {
    if (statement.signer === signer && value.because === cid && !value.lifted) declare(turn, banDeclaration({ ...value, lifted: true }))
  }
}
