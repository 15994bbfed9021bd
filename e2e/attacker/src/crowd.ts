// Many members in one process that do nothing but stay: what a relay has to take back all at once after a restart.
//
//   node e2e/attacker/src/crowd.ts RELAY-URL COUNT
//
// Prints how many hold a connection and a reservation, each time that it changes.

import { openNodeMesh } from '@megabrain/mesh/node'

const [relay = '', count = '0'] = process.argv.slice(2)
const document = (await (await fetch(new URL('/.well-known/megabrain.json', relay))).json()) as {
  readonly addresses: readonly string[]
  readonly realms: readonly { readonly id: string }[]
}
const relays = document.addresses.filter((address) => address.includes('/ws/'))
const realm = document.realms[0]!.id
const meshes = await Promise.all(Array.from({ length: Number(count) }, () => openNodeMesh({ realm, relays, iceServers: [], targetNeighbours: 0 })))
let told = -1
setInterval(() => {
  const held = meshes.filter((mesh) => mesh.view().relays.some(({ state, reserved }) => state === 'connected' && reserved)).length
  if (held !== told) process.stdout.write(`${held}\n`)
  told = held
}, 100)
