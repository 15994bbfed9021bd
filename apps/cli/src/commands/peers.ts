// `megabrain peers`: who is in a realm's mesh, as one more member sees it.

import type { Command } from '../command.ts'
import { findMeshPlace } from '../mesh/relay-address.ts'
import { visitRealm } from '../mesh/visit.ts'
import { readCount, readOptions, required } from '../usage.ts'

const SECONDS = '15'

export const peersCommand: Command = {
  usage: 'peers --relay ADDR [--realm R] [--seconds N]',
  async run(args, { stop }) {
    const { values } = readOptions(args, { relay: { type: 'string' }, realm: { type: 'string' }, seconds: { type: 'string', default: SECONDS } })
    const seconds = readCount(values.seconds, '--seconds')
    const place = await findMeshPlace(required(values.relay, '--relay'), values.realm)
    const visit = await visitRealm(place)
    try {
      await visit.settle(seconds, stop)
      const { self, relays, neighbours } = visit.mesh.view()
      const rows = neighbours.map(({ peer, kind, transport }) => `${kind.padEnd(6)}  ${transport.padEnd(12)}  ${peer}`)
      const reasons = relays.flatMap(({ address, reason }) => (reason === undefined ? [] : [`${address}: ${reason}`]))
      return {
        json: { realm: place.realmId, name: place.name, self, members: neighbours, relays },
        text: [...(rows.length === 0 ? ['Nobody is connected.'] : rows), ...reasons].join('\n'),
        exit: neighbours.length === 0 ? 1 : 0,
      }
    } finally {
      await visit.close()
    }
  },
}
