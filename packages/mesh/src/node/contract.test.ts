// The exchange's contract cases on libp2p in Node: over WebRTC with the relays gone, and with a relay as a member.

import { channelCases, directoryCases, membersCases, requestsCases, streamsCases, type OpenMembers } from '@megabrain/exchange/contract'
import { afterAll, describe, test } from 'vitest'
import { membersOverWebrtc, pause, strangersAtRelay, until, type Relays } from '../contract-fixture.ts'
import { openMember } from '../open-mesh.ts'
import { holdNativeThreads } from './native-threads.ts'
import { createRelayKey, openRelayMesh, type RelayMesh } from './open-relay-mesh.ts'

const cases = [...channelCases, ...requestsCases, ...membersCases]
const open = new Map<string, RelayMesh>()
afterAll(holdNativeThreads()) // `openMember` is beneath the mesh that holds them

async function openRelay(realm: string): Promise<RelayMesh> {
  const relay = await openRelayMesh({
    privateKey: await createRelayKey(), host: '127.0.0.1', port: 0, realms: [realm], onHttp: (_, response) => void response.end(),
  })
  open.set(relay.addresses()[0] ?? '', relay)
  return relay
}

const relays: Relays = {
  open: async (realm) => (await openRelay(realm)).addresses()[0] ?? '',
  async close(address) {
    await open.get(address)?.close()
    open.delete(address)
  },
}

/** Member 1 is the relay itself, the others hang on it by WebSocket. */
const membersAtRelay: OpenMembers = async (count, links) => {
  const realm = (1_000 + open.size).toString(16).padStart(64, 'a')
  const relay = await openRelay(realm)
  const options = { realm, relays: [relay.addresses()[0] ?? ''], targetNeighbours: 0 }
  const others = await Promise.all(Array.from({ length: count - 1 }, () => openMember(options)))
  const ports = [others[0]?.mesh, relay.portsFor(realm), others[1]?.mesh].filter((one) => one !== undefined)
  const sees = (a: number, b: number): boolean => ports[a]?.members.current().some(({ peer }) => peer === ports[b]?.self) === true
  await until(() => links.every(([a, b]) => sees(a, b)), 'the members are linked')
  await until(() => relay.portsFor(realm).members.current().length === count - 1, 'the relay sees its members')
  return {
    members: ports,
    settle: until,
    quiet: () => pause(1_300),
    async disconnect() {
      others[0]?.forgetRelays()
      for (const connection of others[0]?.node.getConnections() ?? []) await connection.close()
    },
    async close() {
      await Promise.all(others.map(({ mesh }) => mesh.close()))
      await relay.close()
    },
  }
}

afterAll(() => Promise.all([...open.values()].map((relay) => relay.close())))

describe.concurrent('islands linked over WebRTC, without their relay', () => {
  for (const { name, check } of [...cases, ...streamsCases]) test(name, { timeout: 180_000 }, () => check(membersOverWebrtc(relays)))
})

describe.concurrent('islands at a relay that is a member itself', () => {
  for (const { name, check } of cases) test(name, { timeout: 180_000 }, () => check(membersAtRelay))
})

describe.concurrent('islands that find each other in the directory of their relay', () => {
  for (const { name, check } of directoryCases) test(name, { timeout: 180_000 }, () => check(strangersAtRelay(relays)))
})
