// What a member knows of everybody's credit, as leaderboards for the page and as a signed file for whoever wants to check them.

import { countedAuditors, creditFacts, exportMessage, exportText, leaderboardsOf, ownReceipts, receiptRowPrefix, signedExport } from '@megabrain/exchange'
import type { Archive, Keys, Leaderboards, MemberState } from '@megabrain/exchange'
import type { CreditView } from '../snapshot.ts'

/** @param auditors owner keys whose audits count. @default those of the realm's owner, its moderators and this member */
export function creditBoards(state: MemberState, auditors: readonly string[] | 'any' = countedAuditors(state)): Leaderboards {
  return leaderboardsOf(creditFacts(state, auditors))
}

/** The same facts as a file: `recompute` of it gives `creditBoards`. @param now milliseconds since 1970 */
export async function exportCredit(
  state: MemberState, keys: Keys, archive: Archive, now: number, auditors: readonly string[] | 'any' = countedAuditors(state),
): Promise<Uint8Array> {
  const tips = new Map((await archive.list(receiptRowPrefix(state.realmId))).map(({ key, value }) => [key, value]))
  const receipts = ownReceipts(state).flatMap((receipt) => {
    const envelope = tips.get(receiptRowPrefix(state.realmId) + receipt.task)
    return envelope === undefined ? [] : [{ receipt, envelope }]
  })
  const text = exportText({ realm: state.realmId, time: now, ...creditFacts(state, auditors), receipts })
  return signedExport(text, keys, await keys.sign(exportMessage(text)))
}

const MAX_SHOWN = 8

/** What the page shows of the boards. @param author this browser's, hex */
export function creditViewOf({ discoveries, work, authors }: Leaderboards, author: string): CreditView {
  return {
    discoveries: discoveries.slice(0, MAX_SHOWN),
    work: work.slice(0, MAX_SHOWN),
    own: authors.find((one) => one.author === author),
  }
}
