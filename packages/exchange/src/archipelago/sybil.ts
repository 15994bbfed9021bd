// The plainest of sybils, for `simulate --sybils`: an identity that costs nothing, takes links of honest islands, forwards nothing,
// answers no comparison, and signs inflated claims about other people's genotypes. Cleverer attackers live elsewhere.

import { claimMessage, encodeClaim } from '../claim/claim-codec.ts'
import { hexText } from '../bytes/text.ts'
import { MAX_FITNESS } from '../limits.ts'
import { createMemoryKeys, memorySignature } from '../memory/memory-keys.ts'
import { realmId } from '../realm/realm.ts'
import { decodeRequest, encodeAnswer } from '../wire/messages.ts'
import { cidFromDigest } from '../claim/cid-digest.ts'
import type { Attacker, AttackerWorld } from './attacker.ts'

const LINKS = 4
/** A lie about every so often, ms: the rate at which an honest author may publish. */
const LIE_MS = 5_000

export function createSybil(name: string): Attacker {
  return {
    name,
    start(node, world) {
      const keys = createMemoryKeys(name)
      const realm = realmId(world.realm)
      const bodies = new Map<string, Uint8Array>()
      let sequence = 0
      node.listen({
        delivered: ({ id }) => node.verdict(id, 'ignore'),
        neighbours: () => undefined,
        requested(_, bytes, answer) {
          const request = decodeRequest(bytes)
          const body = request.ok && request.value.kind === 'pull' ? bodies.get(cidFromDigest(request.value.digest)) : undefined
          answer(body === undefined ? undefined : encodeAnswer({ kind: 'pull', body }))
        },
      })
      const islands = world.islands()
      for (let i = 0; i < LINKS; i++) world.connect(islands[world.random.integer(islands.length)]!)
      const lie = (): void => {
        const bytes = inflated(world, keys, realm, ++sequence, bodies)
        if (bytes !== undefined) node.publish(bytes)
        world.after(LIE_MS + world.random.integer(LIE_MS), lie)
      }
      world.after(world.random.integer(LIE_MS), lie)
    },
  }
}

function inflated(
  world: AttackerWorld,
  keys: ReturnType<typeof createMemoryKeys>,
  realm: string,
  sequence: number,
  bodies: Map<string, Uint8Array>,
): Uint8Array | undefined {
  const islands = world.islands()
  const victim = world.stateOf(islands[world.random.integer(islands.length)]!)
  const entries = victim === undefined ? [] : [...victim.niches.values()]
  const entry = entries[world.random.integer(Math.max(1, entries.length))]
  if (entry === undefined || entry.claim.fitness === MAX_FITNESS) return undefined
  if (bodies.size < 64) bodies.set(entry.claim.genotype, entry.body)
  const fitness = entry.claim.fitness + 1 + world.random.integer(MAX_FITNESS - entry.claim.fitness)
  const [author, device] = [hexText(keys.owner), hexText(keys.device)]
  const statement = { ...entry.claim, realm, fitness, author, device, time: Math.floor(world.now()), sequence }
  return encodeClaim(statement, keys.delegation, memorySignature(keys.device, claimMessage(statement, keys.delegation)))
}
