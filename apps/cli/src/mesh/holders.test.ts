// A body that no neighbour has: two members that know one relay, which introduces and forwards but keeps nothing, and are no
// neighbours of each other.

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKeys } from '@megabrain/archive/sqlite'
import { cidOf, decodeGenotype, evaluate, fingerprintOf } from '@megabrain/evolve'
import { createRealm, encodeRealm, realmId, realmMessage } from '@megabrain/exchange'
import { createMemoryArchive } from '@megabrain/exchange/memory'
import { openVerifier, type Verifier } from '@megabrain/island/node'
import { createRelayKey, openNodeMesh, openRelayMesh, type Mesh } from '@megabrain/mesh/node'
import { findTask } from '@megabrain/tasks'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { evolveXor } from '../../fixtures/terminal.ts'
import { decodeClaimFile } from '../claim-file.ts'

let folder: string
const open: { close(): Promise<void> }[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'megabrain-holders-'))
  await evolveXor(folder)
}, 60_000)
afterAll(async () => {
  for (const one of open.reverse()) await one.close()
  await rm(folder, { recursive: true, force: true })
})

test('comes from whom the directory names, through the relay that named it', { timeout: 120_000 }, async () => {
  const owner = await openKeys(join(folder, 'owner'))
  const realm = createRealm({ name: 'scattered', owner: Buffer.from(owner.owner).toString('hex'), tasks: ['xor'] })
  const document = encodeRealm(realm, await owner.signAsOwner(realmMessage(realm)))
  const id = realmId(realm)
  const relay = await openRelayMesh({
    privateKey: await createRelayKey(), host: '127.0.0.1', port: 0, realms: [id], onHttp: (_, response) => void response.end(),
  })
  open.push(relay)

  async function enter(name: string, role: 'island' | 'relay'): Promise<{ readonly mesh: Mesh; readonly member: Verifier }> {
    const mesh = await openNodeMesh({ realm: id, relays: [relay.addresses()[0] ?? ''], targetNeighbours: 0 })
    const member = await openVerifier({ realms: [{ document, mesh }], archive: createMemoryArchive(), keys: await openKeys(join(folder, name)), role, dutyPercent: 100 })
    open.push(mesh, member)
    await vi.waitFor(() => expect(mesh.members.current()).toHaveLength(1), { timeout: 20_000 })
    return { mesh, member }
  }
  const [alice, bob] = [await enter('alice', 'island'), await enter('bob', 'relay')]

  const { body } = decodeClaimFile(await readFile(join(folder, 'xor', 'champion-5.claim')))!
  const decoded = decodeGenotype(body)
  if (!decoded.ok) throw new Error(decoded.reason)
  const { fitness } = evaluate(findTask('xor')!, decoded.value)
  alice.member.found(id, { task: 'xor', body, fitness, fingerprint: fingerprintOf(decoded.value), generation: 1, parents: [], operators: [] })

  await vi.waitFor(() => expect(bob.member.best(id, 'xor')?.claim.genotype).toBe(cidOf(body)), { timeout: 90_000, interval: 100 })
  expect(bob.mesh.members.current()).toContainEqual({ peer: alice.mesh.self, kind: 'island', transport: 'webrtc' })
})
