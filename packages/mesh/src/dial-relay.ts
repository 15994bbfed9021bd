// One attempt to reach a relay at any of its addresses, and why it failed in words for people. Members and relays dial relays alike.

import type { Connection, Libp2p } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'

export type Dialled = { readonly connection: Connection; readonly address: string } | { readonly reason: string }

const DIAL_MS = 15_000

/**
 * Tries one address after the other; never throws.
 * @param dialling addresses that the node's gater lets through; each is in it while it is dialled
 */
export async function dialRelay(node: Pick<Libp2p, 'dial'>, addresses: readonly string[], dialling: Set<string>, stop: AbortSignal): Promise<Dialled> {
  let reason = 'It has no address.'
  for (const address of addresses) {
    if (stop.aborted) break
    let allowed: string | undefined
    try {
      const target = multiaddr(address)
      allowed = target.toString()
      dialling.add(allowed)
      const signal = AbortSignal.any([stop, AbortSignal.timeout(DIAL_MS)])
      return { connection: await node.dial(target, { signal }), address }
    } catch (error) {
      reason = inWords(error)
    } finally {
      if (allowed !== undefined) dialling.delete(allowed)
    }
  }
  return { reason }
}

function inWords(error: unknown): string {
  const name = error instanceof Error ? error.name : ''
  const text = error instanceof Error ? error.message : ''
  if (name === 'InvalidMultiaddrError' || /multiaddr/i.test(text)) return 'Its address is malformed.'
  if (name === 'TimeoutError' || name === 'AbortError' || /timed out/i.test(text)) return 'It did not answer in time.'
  if (name === 'UnexpectedPeerError' || /unexpected peer|did not match/i.test(text)) return 'Another relay answers at this address.'
  if (name === 'NoValidAddressesError' || name === 'DialDeniedError') return 'This address cannot be dialled from here.'
  return 'It cannot be reached.'
}
