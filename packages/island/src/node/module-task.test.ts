// A task that a module exports, among islands of a realm that names it: those with the same file trust their own measurement of each
// other's networks; one with another file understands no claim and blames nobody.

import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openKeys } from '@megabrain/archive/sqlite'
import type { Task } from '@megabrain/evolve'
import { createRealm, encodeRealm, realmMessage } from '@megabrain/exchange'
import { createMemoryArchive, createMemoryNetwork, portsOf } from '@megabrain/exchange/memory'
import { ownEvaluatorVersion } from '@megabrain/tasks'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { loadTask, openNodeIsland, openVerifier } from './index.ts'
import type { ModuleTask } from './index.ts'

/** The middle of three inputs, answered at once. */
const FILE = `
const QUESTIONS = [[1, 0.1, 0.5, 0.9], [1, 0.9, 0.2, 0.4], [1, 0.3, 0.8, 0.6], [1, 0.7, 0.9, 0.1]]
export default {
  id: 'middle', version: 1, inputs: 4, outputs: 1, inputLabels: ['bias', 'a', 'b', 'c'], outputLabels: ['middle'], goal: 'The middle one.',
  deterministic: true, updateRule: { kind: 'ordered' }, maxActivations: QUESTIONS.length,
  evaluate(network) {
    let error = 0
    for (const inputs of QUESTIONS) {
      network.reset()
      const [, a, b, c] = inputs
      const wrong = network.activate(inputs)[0] - (a + b + c - Math.max(a, b, c) - Math.min(a, b, c))
      error += wrong * wrong
    }
    const score = Math.max(0, 1 - error)
    return { fitness: score === score ? Math.floor(score * 1000000) : 0, score: score === score ? score : 0, steps: QUESTIONS.length }
  },
  solved: (_, { score }) => score > 0.999,
}
`

let folder: string
const open: { close(): Promise<void> }[] = []

beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'megabrain-module-task-')) })
afterAll(async () => {
  for (const each of open.reverse()) await each.close()
  await rm(folder, { recursive: true, force: true })
})

async function taskIn(name: string, text: string): Promise<ModuleTask> {
  const path = join(folder, name)
  await writeFile(path, text)
  const module = pathToFileURL(path).href
  const source = createHash('sha256').update(text).digest('hex')
  return { id: 'middle', module, source, evaluator: ownEvaluatorVersion(await loadTask({ module }) as Task, source) }
}

test('islands with the same file adopt from each other; with another file nothing is understood; a relay without it carries the realm', { timeout: 60_000 }, async () => {
  const owner = await openKeys(join(folder, 'owner'))
  const policy = createRealm({ name: 'own', owner: Buffer.from(owner.device).toString('hex'), tasks: ['middle'] })
  const realm = encodeRealm(policy, await owner.sign(realmMessage(policy)))
  const network = createMemoryNetwork({ seed: 1 })
  const names = ['alice', 'bob', 'carol', 'relay']
  const ports = names.map((name) => portsOf(network.join(name, name === 'relay' ? 'relay' : 'island')))
  for (const a of names) for (const b of names) if (a < b) network.connect(a, b)
  const timer = setInterval(() => network.advance(20), 20)
  open.push({ async close() { clearInterval(timer) } })

  const [same, other] = [await taskIn('middle.mjs', FILE), await taskIn('other.mjs', FILE.replace('error += wrong', 'error += 1.001 * wrong'))]
  const relay = await openVerifier({ realms: [{ document: realm, mesh: ports[3]! }], archive: createMemoryArchive(), keys: await openKeys(join(folder, 'relay')) })
  open.push(relay)
  const islands = await Promise.all([same, same, other].map(async (task, i) => {
    const island = await openNodeIsland({
      realm, archive: createMemoryArchive(), keys: await openKeys(join(folder, names[i]!)), mesh: ports[i]!, ownTasks: [task], settings: { task: 'middle', dutyPercent: 30 },
    })
    open.push(island)
    island.command({ kind: 'start' })
    return island
  }))
  const [alice, bob, carol] = islands.map((island) => () => island.snapshot())
  await vi.waitFor(() => {
    expect(alice!().adoptions.map(({ author }) => author)).toContain(bob!().author)
    expect(bob!().adoptions.map(({ author }) => author)).toContain(alice!().author)
    expect(carol!().published).toBeGreaterThan(0)
  }, { timeout: 40_000, interval: 100 })
  expect(carol!().adoptions).toEqual([])
  const ofCarol = carol!().author
  for (const snapshot of [alice!(), bob!()]) expect(snapshot.adoptions.filter(({ author }) => author === ofCarol)).toEqual([])
  expect(relay.view()[0]).toMatchObject({ name: 'own', archived: 0 })
})
