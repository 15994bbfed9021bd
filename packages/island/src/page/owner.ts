// The owner behind this browser's island, as words: read to be written down, or taken over from another machine. Late code: nobody
// needs it before the first click.

import { forgetEntropy, linkKeys, ownerEntropy } from '@megabrain/archive/indexeddb'
import { KEYS_NAME } from '../core/storage-names.ts'
import type { Island } from '../island.ts'

/** The 16 bytes that the twelve words say; undefined once they were put aside, and on a machine that was linked. */
export const ownersEntropy = (): Promise<Uint8Array | undefined> => ownerEntropy(KEYS_NAME)

/** The owner has the words on paper: nobody can read them here any more. */
export const forgetOwnersEntropy = (): Promise<void> => forgetEntropy(KEYS_NAME)

export interface Linkable extends Pick<Island, 'snapshot' | 'command'> {
  subscribe(listener: () => void): () => void
}

/**
 * Makes this browser a machine of the owner with these words: the island stops, in whichever tab it runs, and starts again as
 * theirs. Who it worked for before is forgotten here.
 */
export async function linkThisMachine(island: Linkable, entropy: Uint8Array, keepOwner: boolean): Promise<void> {
  const isAtRest = (): boolean => ['idle', 'stopped'].includes(island.snapshot().phase)
  if (!isAtRest()) {
    const stopped = new Promise<void>((resolve) => {
      const unsubscribe = island.subscribe(() => {
        if (!isAtRest()) return
        unsubscribe()
        resolve()
      })
    })
    island.command({ kind: 'stop' })
    await stopped
  }
  await linkKeys(KEYS_NAME, entropy, { keepOwner })
  island.command({ kind: 'start' })
}
