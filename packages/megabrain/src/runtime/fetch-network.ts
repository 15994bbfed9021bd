// A network by its name: asks a relay over plain HTTP and believes only bytes that have that name, so the relay need not be trusted.

import { cidOfDigest, isCid, MAX_GENOTYPE_BYTES } from '@megabrain/evolve'
import { readNetwork } from './read-network.ts'
import type { Network, NetworkRefusal } from './read-network.ts'

export type FetchRefusal =
  | 'bad-cid' // the name is none that a genotype can have
  | 'no-hash' // no WebCrypto here: browsers have it on https and localhost alone
  | 'unreachable' // nobody answered, the answer broke off, or it was aborted
  | 'not-found' // the relay answered that it does not have it, or anything else than the genotype
  | 'other-bytes' // what came is not what the name is of
  | NetworkRefusal

export type Fetched =
  | { readonly ok: true; readonly network: Network; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: FetchRefusal }

export interface FetchOptions {
  /** Address of the relay's page, such as `https://relay.example`. */
  readonly relay: string | URL
  readonly signal?: AbortSignal
}

/** @throws TypeError when `relay` is no URL */
export async function fetchNetwork(cid: string, { relay, signal }: FetchOptions): Promise<Fetched> {
  const address = new URL(`/genotypes/${cid}`, relay)
  if (!isCid(cid)) return refuse('bad-cid')
  const { subtle } = crypto
  if (subtle === undefined) return refuse('no-hash')
  let length = 0
  let bytes: Uint8Array<ArrayBuffer>
  try {
    const answer = await fetch(address, { credentials: 'omit', signal: signal ?? null })
    if (!answer.ok || answer.body === null) return refuse('not-found')
    // Whoever answers may never end.
    const bounded = answer.body.pipeThrough(new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(part, to) {
        length += part.length
        if (length > MAX_GENOTYPE_BYTES) to.terminate()
        else to.enqueue(part)
      },
    }))
    bytes = new Uint8Array(await new Response(bounded).arrayBuffer())
  } catch {
    return refuse('unreachable')
  }
  if (length > MAX_GENOTYPE_BYTES) return refuse('too-large')
  if (cidOfDigest(new Uint8Array(await subtle.digest('SHA-256', bytes))) !== cid) return refuse('other-bytes')
  const read = readNetwork(bytes)
  return read.ok ? { ...read, bytes } : read
}

function refuse(reason: FetchRefusal): Fetched {
  return { ok: false, reason }
}
