import { tasks } from '@megabrain/tasks'
import { createRealm, encodeRealm, realmMessage } from '@megabrain/exchange'
import { createMemoryArchive, createMemoryKeys } from '@megabrain/exchange/memory'
import { expect, test, vi } from 'vitest'
import { runCompute } from './compute.ts'
import type { Order, Report } from './compute-messages.ts'
import { openHost } from './island-host.ts'
import { portOver } from './port.ts'
import type { ComputeWorker } from './supervisor.ts'

/** An engine whose arithmetic differs: every fitness is one more than it should be. */
const xor = tasks['xor']!
const wrong: typeof xor = { ...xor, evaluate: (network) => ({ ...xor.evaluate(network), fitness: xor.evaluate(network).fitness + 1 }) }

function spawnWrong(): ComputeWorker {
  const { port1, port2 } = new MessageChannel()
  runCompute(portOver(port2), () => performance.now(), () => wrong)
  const port = portOver<Report, Order>(port1)
  return {
    ...port,
    kill() {
      port.post({ kind: 'run', running: false, dutyPercent: 1 })
    },
  }
}

test('an engine that fails its self-test explores but never claims', async () => {
  const keys = createMemoryKeys('alice')
  const owner = Buffer.from(keys.device).toString('hex')
  const policy = createRealm({ name: 'test', owner, tasks: ['xor'] })
  const host = await openHost({
    realm: encodeRealm(policy, await keys.sign(realmMessage(policy))), archive: createMemoryArchive(), keys,
    clock: { wall: () => Date.now(), monotonic: () => performance.now() },
    seed: () => 1,
    spawn: spawnWrong,
    onSnapshot: () => undefined,
  })
  host.run({ running: true, reason: undefined })
  await vi.waitFor(() => expect(host.snapshot().generation).toBeGreaterThan(2), { timeout: 10_000 })
  expect(host.snapshot()).toMatchObject({ phase: 'running', reason: 'not-conformant', published: 0, archived: 0 })
  expect(host.snapshot().bestHere).toBeGreaterThan(0)
  await host.close()
})
