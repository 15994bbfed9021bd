// What an idle mesh sends: a relay and nine islands linked over WebRTC on the loopback, everything down to IP headers counted
// by the kernel. Run by hand in a network of its own, about two minutes; `docs/mesh.md` has the command and the figures.

import { readFileSync } from 'node:fs'
import { createRelayKey, openNodeMesh, openRelayMesh } from '../src/node.ts'

const ISLANDS = 9
const SETTLE_MS = 45_000
const MEASURED_MS = 60_000
const realm = 'e'.repeat(64)

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
/** Bytes sent on the loopback since the machine started. */
function sent(): number {
  const line = readFileSync('/proc/net/dev', 'utf8').split('\n').find((text) => text.trim().startsWith('lo:')) ?? ''
  return Number(line.trim().split(/\s+/)[9])
}

const relay = await openRelayMesh({
  privateKey: await createRelayKey(), host: '127.0.0.1', port: 0, realms: [realm], onHttp: (_, response) => void response.end(),
})
const meshes = []
for (let at = 0; at < ISLANDS; at++) {
  meshes.push(await openNodeMesh({ realm, relays: [relay.addresses()[0] ?? ''] }))
  await pause(500)
}
await pause(SETTLE_MS)
const links = meshes.map((mesh) => mesh.view().neighbours.filter(({ transport }) => transport === 'webrtc').length)
const before = sent()
await pause(MEASURED_MS)
const perSecond = ((sent() - before) / MEASURED_MS) * 1_000
console.log(`links of each island: ${links.join(' ')}`)
console.log(`${Math.round(perSecond)} bytes/s in all; an island and its share of the relay: ${Math.round(perSecond / ISLANDS)} bytes/s`)
process.exit(0)
