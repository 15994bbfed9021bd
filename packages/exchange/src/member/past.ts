// Everything that was ever admitted here, without bodies: credit and lineage outlive the genotype that something better has
// displaced. Bounded; the oldest is forgotten first.

import { bytesEqual, compareText } from '../bytes/compare.ts'
import { hexText } from '../bytes/text.ts'
import { decodeClaim } from '../claim/claim-codec.ts'
import { creditKinds, type CreditFacts } from '../credit/leaderboards.ts'
import { findOf, type Find } from '../credit/find.ts'
import { MAX_ANNOUNCEMENT_BYTES } from '../limits.ts'
import type { Change } from '../ports.ts'
import { encodeFields, parseFields, putBytes, putNumber } from '../wire/fields.ts'
import { faultByRule } from './governance.ts'
import type { MemberState, Turn } from './state.ts'

export const MAX_FINDS = 4_096
const ROW_VERSION = 1

export function findRowPrefix(realmId: string): string {
  return `find/${realmId}/`
}

/** What a row holds; undefined when it is damaged. @param realmId of the archive's realm */
export function decodeFind(value: Uint8Array, realmId: string): Find | undefined {
  const fields = value.length > MAX_ANNOUNCEMENT_BYTES + 64 ? undefined : parseFields(value, 4)
  const envelope = fields?.bytes(2)?.slice()
  const [version, fingerprint, links] = [fields?.number(1), fields?.number(3), fields?.number(4)]
  if (version !== ROW_VERSION || envelope === undefined || fingerprint === undefined || fingerprint > 255 || links === undefined) return undefined
  const decoded = decodeClaim(envelope)
  if (!decoded.ok || decoded.value.claim.realm !== realmId) return undefined
  const find: Find = { claim: decoded.value.claim, envelope, fingerprint, links }
  return bytesEqual(encodeFind(find), value) ? find : undefined
}

/** The row that keeps a find. */
export function findRow(find: Find): Change {
  return { key: findRowPrefix(find.claim.realm) + find.claim.id, value: encodeFind(find) }
}

/** Remembers what this step let into the archive. */
export function rememberFinds({ state, effects }: Turn): void {
  const changes: Change[] = []
  for (const effect of [...effects]) {
    if (effect.kind !== 'keep') continue
    const find = findOf(effect.entry)
    if (find === undefined || state.past.has(find.claim.id)) continue
    const forgotten = state.past.set(find.claim.id, find)
    changes.push(findRow(find))
    if (forgotten !== undefined) changes.push({ key: findRowPrefix(state.realmId) + forgotten.key, value: undefined })
  }
  if (changes.length > 0) effects.push({ kind: 'store', changes })
}

/** All finds that policy and moderators let stand, in the order in which they came here. */
export function findsOf(state: MemberState): readonly Find[] {
  const finds = new Map([...state.past.entries()])
  for (const entry of state.niches.values()) {
    const find = finds.has(entry.claim.id) ? undefined : findOf(entry)
    if (find !== undefined) finds.set(find.claim.id, find)
  }
  return [...finds.values()].filter(({ claim }) => faultByRule(state, claim) === undefined)
}

/** Whose audits a member counts unless told otherwise: the realm's owner's, its moderators', its beacon's signers' and its own. */
export function countedAuditors({ options: { realm, identity } }: MemberState): readonly string[] {
  const own = identity === undefined ? [] : [hexText(identity.owner)]
  return [...new Set([realm.owner, ...realm.moderators, ...realm.beaconSigners, ...own])].sort(compareText)
}

/** What this member knows of everybody's credit. @param auditors owner keys whose audits count */
export function creditFacts(state: MemberState, auditors: CreditFacts['auditors']): CreditFacts {
  const kinds = new Set(creditKinds.map(({ kind }) => kind))
  return { finds: findsOf(state), statements: state.registry.all().filter(({ kind }) => kinds.has(kind)), auditors }
}

function encodeFind({ envelope, fingerprint, links }: Find): Uint8Array {
  return encodeFields((to) => {
    putNumber(to, 1, ROW_VERSION)
    putBytes(to, 2, envelope)
    putNumber(to, 3, fingerprint)
    putNumber(to, 4, links)
  })
}
