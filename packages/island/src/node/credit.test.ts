import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKeys } from '@megabrain/archive/sqlite'
import { createRealm, encodeRealm, realmMessage } from '@megabrain/exchange'
import { createMemoryArchive, createMemoryNetwork, portsOf } from '@megabrain/exchange/memory'
import { afterAll, expect, test, vi } from 'vitest'
import { openNodeIsland, openVerifier } from './index.ts'

const folder = await mkdtemp(join(tmpdir(), 'megabrain-credit-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

test('a relay audits what an island did, and the island sees its work counted', async () => {
  const [relayKeys, aliceKeys] = [await openKeys(join(folder, 'relay')), await openKeys(join(folder, 'alice'))]
  const policy = createRealm({ name: 'test', owner: Buffer.from(relayKeys.owner).toString('hex'), tasks: ['xor'] })
  const realm = encodeRealm(policy, await relayKeys.signAsOwner(realmMessage(policy)))
  const network = createMemoryNetwork({ seed: 1 })
  const [relayPorts, alicePorts] = [portsOf(network.join('relay', 'relay')), portsOf(network.join('alice', 'island'))]
  network.connect('relay', 'alice')
  const timer = setInterval(() => network.advance(20), 20)

  const verifier = await openVerifier({ realms: [{ document: realm, mesh: relayPorts }], archive: createMemoryArchive(), keys: relayKeys, dutyPercent: 100 })
  const archive = createMemoryArchive()
  const island = await openNodeIsland({ realm, archive, keys: aliceKeys, mesh: alicePorts, settings: { task: 'xor', dutyPercent: 100 } })
  island.command({ kind: 'start' })
  await vi.waitFor(() => {
    const own = island.snapshot().credit?.own
    expect(own?.evaluations ?? 0).toBeGreaterThan(0)
    expect(own).toMatchObject({ author: Buffer.from(aliceKeys.owner).toString('hex'), failures: 0, devices: 1 })
  }, { timeout: 150_000, interval: 200 })
  expect(verifier.view()[0]!.counters.audited).toBeGreaterThan(0)
  await island.close()
  await verifier.close()
  clearInterval(timer)
}, 180_000)
