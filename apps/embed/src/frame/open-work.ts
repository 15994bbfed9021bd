// The island of a frame and its mesh. Loaded only after consent, so that a visitor who does not agree has fetched none of it.

import { openIsland, type Island } from '@megabrain/island'
import { openMesh } from '@megabrain/mesh'
import { addressOfHost, relayAddresses } from '@megabrain/mesh/relay-addresses'
import { iceServersOf, type RelayNotice } from '@megabrain/mesh/relay-notice'

export interface Place {
  readonly notice: RelayNotice
  /** Port of the relay's WebSockets on the frame's host; undefined when the frame has a host of its own. */
  readonly relayPort: string | undefined
  readonly location: Pick<Location, 'protocol' | 'hostname' | 'port'>
}

/** Opening starts nothing: the command `start` does. @throws RealmInvalidError for a relay without a realm that can be read */
export function openWork({ notice, relayPort, location }: Place): Promise<Island> {
  const { protocol, hostname } = location
  const own = relayPort === undefined ? [] : [addressOfHost({ protocol, hostname, port: relayPort }, notice.peer)]
  const relays = [...new Set([...own, ...relayAddresses(location, undefined, notice.addresses)])]
  const iceServers = iceServersOf(notice, relayPort === undefined ? undefined : hostname)
  return openIsland({
    realm: notice.realms[0]?.policy ?? new Uint8Array(),
    openMesh: (realm, settings) => openMesh({ relays, realm, iceServers, ...settings }),
  })
}
