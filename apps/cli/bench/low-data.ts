// What saving data saves: islands at one relay in one process, half of them with `lowData`, all evolving alike. Prints bytes per second
// by kind and the ratio of the two halves. `node apps/cli/bench/low-data.ts [ISLANDS] [SECONDS]`; the first third of the time is not counted.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKeys } from '@megabrain/archive/sqlite'
import { createMemoryArchive } from '@megabrain/exchange/memory'
import { openNodeIsland } from '@megabrain/island/node'
import { openNodeMesh, trafficKinds, type TrafficView } from '@megabrain/mesh/node'
import { openQuietRelay } from '../fixtures/terminal.ts'
import { findMeshPlace } from '../src/mesh/relay-address.ts'

const [islands = 12, seconds = 180] = process.argv.slice(2).map(Number)
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const folder = await mkdtemp(join(tmpdir(), 'megabrain-low-data-'))
const relay = await openQuietRelay(folder)
const place = await findMeshPlace(relay.url, undefined)

const all = []
for (let i = 0; i < islands; i++) {
  const lowData = i % 2 === 1
  const mesh = await openNodeMesh({ relays: place.relays, realm: place.realmId, lowData })
  const keys = await openKeys(join(folder, `island-${i}`))
  const island = await openNodeIsland({
    realm: place.document, archive: createMemoryArchive(), keys, mesh, settings: { task: 'double-pole-no-velocity', dutyPercent: 2, lowData },
  })
  island.command({ kind: 'start' })
  all.push({ lowData, mesh, island })
}
await pause(seconds * 333)
const before = all.map(({ mesh }) => mesh.view().traffic)
await pause(seconds * 667)

const counted = seconds * 0.667
const halves = [false, true].map((lowData) => {
  const rows = all.flatMap((one, i) => (one.lowData === lowData ? [{ from: before[i]!, to: one.mesh.view().traffic, neighbours: one.mesh.view().neighbours.length }] : []))
  const mean = (of: (view: TrafficView) => number) => rows.reduce((sum, { from, to }) => sum + of(to) - of(from), 0) / rows.length / counted
  const byKind = Object.fromEntries(trafficKinds.map((kind) => [kind, { sent: round(mean((view) => view.sent[kind])), received: round(mean((view) => view.received[kind])) }]))
  const total = (side: 'sent' | 'received') => mean((view) => trafficKinds.reduce((sum, kind) => sum + view[side][kind], 0))
  return { lowData, neighbours: rows.reduce((sum, { neighbours }) => sum + neighbours, 0) / rows.length, sent: round(total('sent')), received: round(total('received')), byKind }
})
const [usual, low] = halves
console.log(JSON.stringify({
  islands, seconds, bytesPerSecond: halves,
  ratio: { sent: round(usual!.sent / low!.sent), received: round(usual!.received / low!.received) },
}, undefined, 2))
await Promise.all(all.map(async ({ island, mesh }) => {
  await island.close()
  await mesh.close()
}))
await relay.close()
await rm(folder, { recursive: true, force: true })
process.exit(0)

function round(value: number): number {
  return Math.round(value * 10) / 10
}
