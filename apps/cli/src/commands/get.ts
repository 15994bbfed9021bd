// `megabrain get`: a genotype of a realm by its CID, with the claim about it, into a file that `verify` and `inspect` read.

import { writeFile } from 'node:fs/promises'
import { isCid } from '@megabrain/evolve'
import { containmentMeaning, exportClaim, type Entry } from '@megabrain/exchange'
import { encodeClaimFile } from '../claim-file.ts'
import type { Command } from '../command.ts'
import { findMeshPlace } from '../mesh/relay-address.ts'
import { visitRealm } from '../mesh/visit.ts'
import { readCount, readOptions, required, UsageError } from '../usage.ts'

const SECONDS = '30'

export const getCommand: Command = {
  usage: 'get CID --relay ADDR [--realm R] [--out FILE] [--seconds N]',
  async run(args, { stop }) {
    const names = { relay: { type: 'string' }, realm: { type: 'string' }, out: { type: 'string' }, seconds: { type: 'string', default: SECONDS } } as const
    const { values, positionals } = readOptions(args, names, ['CID'])
    const cid = positionals[0]!
    if (!isCid(cid)) throw new UsageError(`CID must be the name of a genotype, such as bafkrei…, got ${JSON.stringify(cid)}`)
    const seconds = readCount(values.seconds, '--seconds')
    const place = await findMeshPlace(required(values.relay, '--relay'), values.realm)
    const visit = await visitRealm(place)
    try {
      await visit.settle(seconds, stop)
      const here = (): Entry | undefined => visit.member.entries(place.realmId).find(({ claim }) => claim.genotype === cid)
      // Neighbours are a few of the realm: the directory may name others who hold it.
      if (here() === undefined && !stop.aborted && await visit.reachHolders(cid) > 0) await visit.settle(seconds, stop)
      const entry = here()
      if (entry === undefined) return { json: { cid, found: false }, text: `${cid} is not in this realm`, exit: 1 }
      const { realm } = visit.member.policy(place.realmId)!
      const taken = exportClaim(realm, entry)
      if (!taken.ok) {
        const text = `${cid} stays in realm ${realm.name}: containment ${realm.containment}. ${containmentMeaning[realm.containment]}`
        return { json: { cid, found: true, refused: taken.reason, containment: realm.containment }, text, exit: 1 }
      }
      const file = values.out ?? `${cid}.claim`
      await writeFile(file, encodeClaimFile(taken.value))
      const { task, fitness, author } = entry.claim
      return { json: { cid, found: true, file, task, fitness, author }, text: `${file}: ${task}, fitness ${fitness}, by ${author}` }
    } finally {
      await visit.close()
    }
  },
}
