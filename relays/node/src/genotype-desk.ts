// Verified genotypes by name over plain HTTP, for programs that run them and are in no mesh: `GET /genotypes/CID`. Apart from the mesh's
// own pull because nobody here is a member: what a realm keeps inside its border is not given out.

import type { Verifier } from '@megabrain/island/node'
import { isCid } from '@megabrain/evolve'
import { exportGenotype } from '@megabrain/exchange'
import { text } from './http/answer.ts'
import type { Responder } from './http/answer.ts'
import { forEverybody, inert } from './http/headers.ts'

const PREFIX = '/genotypes/'

/** @param realms ids of the realms that the relay serves now */
export function createGenotypeDesk(verifier: Pick<Verifier, 'entries' | 'policy'>, realms: () => readonly string[]): Responder {
  return async (path, { method }) => {
    if (!path.startsWith(PREFIX) || (method !== 'GET' && method !== 'HEAD')) return undefined
    const cid = path.slice(PREFIX.length)
    if (!isCid(cid)) return text(400, 'A genotype is named by its CID, such as bafkrei….\n', forEverybody)
    const body = find(cid)
    if (body === undefined) return text(404, 'No such genotype is kept here, or its realm keeps it to itself.\n', forEverybody)
    // The name is of the bytes, so the answer can never change.
    const caching = { 'Cache-Control': 'public, max-age=31536000, immutable', ETag: `"${cid}"` }
    return { status: 200, headers: { ...inert, ...forEverybody, ...caching, 'Content-Type': 'application/octet-stream' }, body }
  }

  function find(cid: string): Uint8Array | undefined {
    for (const id of realms()) {
      const policy = verifier.policy(id)
      const entry = policy && verifier.entries(id).find(({ claim, body }) => claim.genotype === cid && body.length > 0)
      const passage = entry && exportGenotype(policy.realm, entry)
      if (passage?.ok === true) return passage.value
    }
    return undefined
  }
}
