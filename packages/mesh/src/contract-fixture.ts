// Members for the exchange's contract cases, on real libp2p in Node and in Chromium alike. Each link has a relay of its own
// that introduces its two ends over WebRTC and is closed before the case begins: what a case sees never needs a relay.

import type { MeshFixture, OpenMembers } from '@megabrain/exchange/contract'
import { peerIdFromString } from '@libp2p/peer-id'
import { openMember } from './open-mesh.ts'

/** Starts and ends relay processes or servers: in a page, through the test that opened the page. */
export interface Relays {
  /** @returns the address to dial */
  open(realm: string): Promise<string>
  close(address: string): Promise<void>
}

/** Far above what it takes on a quiet machine: waiting ends when it has happened. */
const SETTLE_MS = 60_000
const POLL_MS = 25
/** Longer than a gossip heartbeat: what was going to be gossiped has been. */
const QUIET_MS = 1_300

let opened = 0

export function membersOverWebrtc(relays: Relays): OpenMembers {
  return async (count, links) => {
    const realm = (++opened).toString(16).padStart(64, '0')
    const addresses = await Promise.all(links.map(() => relays.open(realm)))
    const members = await Promise.all(Array.from({ length: count }, (_, at) =>
      openMember({ realm, relays: addresses.filter((_, link) => links[link]?.includes(at)) })))
    const meshes = members.map(({ mesh }) => mesh)
    const linked = (): boolean => links.every(([a, b]) => hasLink(meshes[a], meshes[b]) && hasLink(meshes[b], meshes[a]))
    await until(linked, 'the members are linked over WebRTC')
    for (const member of members) member.forgetRelays()
    await Promise.all(addresses.map((address) => relays.close(address)))
    await until(() => meshes.every(({ members: own }) => own.current().every(({ kind }) => kind === 'island')), 'the relays are gone')
    return {
      members: meshes,
      settle: until,
      quiet: () => pause(QUIET_MS),
      async disconnect(a, b) {
        const other = meshes[b]
        if (other !== undefined) await members[a]?.node.hangUp(peerIdFromString(other.self))
      },
      async close() {
        await Promise.all(meshes.map((mesh) => mesh.close()))
      },
    } satisfies MeshFixture
  }
}

/** Members that know one relay and seek nobody: what they learn of each other they learn from the directory. */
export function strangersAtRelay(relays: Relays): OpenMembers {
  return async (count) => {
    const realm = (++opened).toString(16).padStart(64, 'e')
    const address = await relays.open(realm)
    const members = await Promise.all(Array.from({ length: count }, () => openMember({ realm, relays: [address], targetNeighbours: 0 })))
    const meshes = members.map(({ mesh }) => mesh)
    await until(() => meshes.every((mesh) => mesh.view().relays[0]?.reserved === true && mesh.members.current().length === 1), 'the members are at the relay')
    return {
      members: meshes,
      settle: until,
      quiet: () => pause(QUIET_MS),
      disconnect: async () => {},
      async close() {
        await Promise.all(meshes.map((mesh) => mesh.close()))
        await relays.close(address)
      },
    } satisfies MeshFixture
  }
}

type Mesh = Awaited<ReturnType<typeof openMember>>['mesh']

function hasLink(from: Mesh | undefined, to: Mesh | undefined): boolean {
  return from?.members.current().some(({ peer, transport }) => peer === to?.self && transport === 'webrtc') === true
}

/** Polls until `predicate` holds. @throws Error with `what` after 60 s */
export async function until(predicate: () => boolean, what: string, ms = SETTLE_MS): Promise<void> {
  for (const end = Date.now() + ms; !predicate();) {
    if (Date.now() > end) throw new Error(`never happened: ${what}`)
    await pause(POLL_MS)
  }
}

export async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms))
}
