// Where a donor goes: the realm by the first of its relays that answers, and the addresses of all that offer the same one. Where
// none answers it goes where it was last, and waits for them there.

import { findMeshPlace } from '../mesh/relay-address.ts'
import type { MeshPlace } from '../mesh/relay-address.ts'
import { UsageError } from '../usage.ts'
import type { Remembered } from './remembered.ts'

/**
 * @param progress told which relays are left out and why
 * @throws UsageError when none answers and there was no earlier visit
 */
export async function findPlaces(
  relays: readonly string[], realm: string | undefined, before: Remembered | undefined, progress: (line: string) => void,
): Promise<MeshPlace> {
  const known = before?.asked === (realm ?? '') ? before.place : undefined
  if (relays.length === 0) {
    if (known === undefined) throw new UsageError('--relay is missing')
    return known
  }
  const answers = await Promise.allSettled(relays.map((relay) => findMeshPlace(relay, realm)))
  const places = answers.flatMap((answer) => answer.status === 'fulfilled' ? [answer.value] : [])
  const faults = answers.flatMap((answer) => answer.status === 'rejected' ? [answer.reason as unknown] : [])
  const unforeseen = faults.find((fault) => !(fault instanceof UsageError))
  if (unforeseen !== undefined) throw unforeseen
  const [first] = places
  if (first === undefined) {
    if (known === undefined) throw faults[0]
    progress(`${(faults[0] as UsageError).message}; going on in ${known.name} as last time`)
    return { ...known, relays: [...new Set([...relays.filter((relay) => relay.startsWith('/')), ...known.relays])] }
  }
  for (const fault of faults) progress((fault as UsageError).message)
  const others = places.filter(({ realmId }) => realmId !== first.realmId)
  for (const { relays: [address], name } of others) progress(`${address} is left out: it offers another realm, ${name}`)
  return { ...first, relays: [...new Set(places.filter(({ realmId }) => realmId === first.realmId).flatMap((place) => place.relays))] }
}
