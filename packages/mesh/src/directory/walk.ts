// Follows one lookup of kad-dht and measures it: who was asked, how many servers deep, how often. Apart from the directory,
// since the benchmark measures walks that a member does not make.

import type { PeerId as LibP2PPeerId } from '@libp2p/interface'
import type { QueryEvent } from '@libp2p/kad-dht'

export interface WalkMeasure {
  /** The longest chain of servers, each named by the one before, that answered. */
  readonly hops: number
  /** Questions that were sent. */
  readonly messages: number
}

/**
 * Ends with the lookup, when `signal` aborts, or when `provided` returns false. Never throws.
 * @param provided called for each provider with the server that named it
 */
export async function walk(
  events: AsyncIterable<QueryEvent>,
  signal: AbortSignal,
  provided: (provider: LibP2PPeerId, from: LibP2PPeerId) => boolean,
): Promise<WalkMeasure> {
  const depths = new Map<string, number>()
  let hops = 0
  let messages = 0

  function noteDepth(peer: LibP2PPeerId, depth: number): void {
    const name = peer.toString()
    if (!depths.has(name)) depths.set(name, depth)
  }

  /** @returns whether to go on */
  function take(event: QueryEvent): boolean {
    if (event.name === 'DIAL_PEER') noteDepth(event.peer, 1)
    if (event.name === 'SEND_QUERY') messages++
    if (event.name === 'PROVIDER') return event.providers.every(({ id }) => provided(id, event.from))
    if (event.name !== 'PEER_RESPONSE') return true
    const depth = depths.get(event.from.toString()) ?? 0 // what we know ourselves has no hop
    hops = Math.max(hops, depth)
    for (const { id } of event.closer) noteDepth(id, depth + 1)
    return true
  }

  const iterator = events[Symbol.asyncIterator]()
  const aborted = new Promise<'aborted'>((resolve) => {
    if (signal.aborted) resolve('aborted')
    signal.addEventListener('abort', () => resolve('aborted'), { once: true })
  })
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted])
      if (next === 'aborted' || next.done === true || !take(next.value)) break
    }
  } catch {
    // The lookup was aborted, or nobody could be asked.
  }
  // Not awaited: a lookup that hangs must not keep us.
  iterator.return?.(undefined)?.catch(() => {})
  return { hops, messages }
}
