// Bodies at hand that no entry holds: displaced by better ones, measured and not kept, or waiting for another try. Others
// still ask for them, claims name them again, and edits are made of them, so each is downloaded once, restarts included.

import { bodyRow } from '../archive/archive-rows.ts'
import type { Change } from '../ports.ts'
import { makeRoom } from './storage.ts'
import type { MemberState } from './state.ts'

/** Keeps a body at hand; the one kept longest goes. @param isStored whether its row is already written */
export function cacheBody(state: MemberState, cid: string, body: Uint8Array, isStored: boolean): void {
  if (body.length === 0 || state.byGenotype.has(cid)) return
  if (!isStored && !state.displaced.has(cid)) state.rows.push(bodyRow(state.realmId, cid, body))
  const forgotten = state.displaced.set(cid, body)
  if (forgotten !== undefined) state.forgotten.add(forgotten.key)
  makeRoom(state, body.length)
}

/** Changes of stored rows since the last call. A body that became an entry after it was forgotten stays. */
export function takeRows(state: MemberState): readonly Change[] {
  for (const cid of state.forgotten) {
    if (!state.byGenotype.has(cid) && !state.displaced.has(cid)) state.rows.push(bodyRow(state.realmId, cid, undefined))
  }
  state.forgotten.clear()
  return state.rows.splice(0)
}
