// `megabrain publish`: a champion from a file into a realm, under the keys of a folder. Evaluated here first, and done when a
// member has fetched it.

import { cidOf, decodeGenotype, encodeGenotype, evaluate, fingerprintOf } from '@megabrain/evolve'
import type { Genotype, Task } from '@megabrain/evolve'
import { containmentMeaning, decodeClaim, mayImport } from '@megabrain/exchange'
import { findTask } from '@megabrain/tasks'
import { decodeClaimFile } from '../claim-file.ts'
import type { Command } from '../command.ts'
import { readBytes, readGenotypeFile } from '../genotype-file.ts'
import { findMeshPlace } from '../mesh/relay-address.ts'
import { visitRealm } from '../mesh/visit.ts'
import { readCount, readOptions, required, UsageError } from '../usage.ts'

const SECONDS = '30'

interface Found {
  readonly genotype: Genotype
  readonly task: Task
  readonly generation: number
  readonly parents: readonly string[]
  readonly operators: readonly string[]
}

export const publishCommand: Command = {
  usage: 'publish FILE --relay ADDR --keys DIR [--realm R] [--task ID] [--seconds N]',
  async run(args, { stop }) {
    const names = {
      relay: { type: 'string' }, realm: { type: 'string' }, keys: { type: 'string' }, task: { type: 'string' }, seconds: { type: 'string', default: SECONDS },
    } as const
    const { values, positionals } = readOptions(args, names, ['FILE'])
    const seconds = readCount(values.seconds, '--seconds')
    const keys = required(values.keys, '--keys')
    const found = await readFound(positionals[0]!, values.task)
    const place = await findMeshPlace(required(values.relay, '--relay'), values.realm)
    const { genotype, task, generation, parents, operators } = found
    const body = encodeGenotype(genotype)
    const cid = cidOf(body)
    const { fitness } = evaluate(task, genotype)

    const visit = await visitRealm(place, { keys, publishes: true })
    try {
      const { realm } = visit.member.policy(place.realmId)!
      if (!mayImport(realm)) {
        const text = `${cid} is not published in realm ${realm.name}: containment ${realm.containment}. ${containmentMeaning[realm.containment]}`
        return { json: { cid, task: task.id, fitness, published: false, fetched: 0, why: 'contained' }, text, exit: 1 }
      }
      await visit.settle(Math.ceil(seconds / 2), stop)
      visit.member.found(place.realmId, { task: task.id, body, fitness, fingerprint: fingerprintOf(genotype), generation, parents, operators })
      const end = Date.now() + seconds * 500
      const served = (): number => visit.member.view()[0]!.counters.served
      const isPublished = (): boolean => visit.notices.some((notice) => notice.kind === 'published' && notice.cid === cid)
      while (Date.now() < end && !stop.aborted && !(isPublished() && served() > 0)) await new Promise((resolve) => setTimeout(resolve, 100))
      const published = isPublished()
      const fetched = served()
      const barred = visit.member.policy(place.realmId)?.barred
      const why = barred ?? (published ? undefined : 'not better than what the realm has')
      return {
        json: { cid, task: task.id, fitness, published, fetched, ...(why === undefined ? {} : { why }) },
        text: published && fetched > 0
          ? `${cid} is published with fitness ${fitness}, and fetched ${fetched} times`
          : `${cid} is not published: ${why ?? 'nobody fetched it'}`,
        exit: published && fetched > 0 ? 0 : 1,
      }
    } finally {
      await visit.close()
    }
  },
}

/** A claim names its task; a bare genotype does not. */
async function readFound(path: string, taskId: string | undefined): Promise<Found> {
  const file = decodeClaimFile(await readBytes(path))
  const claim = file === undefined ? undefined : decodeClaim(file.envelope)
  const known = claim?.ok === true ? claim.value.claim : undefined
  const id = taskId ?? known?.task
  if (id === undefined) throw new UsageError('--task is missing: the file is a genotype without a claim, which names no task')
  const task = findTask(id)
  if (task === undefined) throw new UsageError(`unknown task ${id}`)
  const genotype = file === undefined ? await readGenotypeFile(path) : bodyOf(path, file.body)
  if (genotype.inputs !== task.inputs || genotype.outputs !== task.outputs) {
    throw new UsageError(`${path} has ${genotype.inputs} inputs and ${genotype.outputs} outputs, ${id} has ${task.inputs} and ${task.outputs}`)
  }
  return { genotype, task, generation: known?.generation ?? 0, parents: known?.parents ?? [], operators: known?.operators ?? [] }
}

function bodyOf(path: string, body: Uint8Array): Genotype {
  const decoded = decodeGenotype(body)
  if (!decoded.ok) throw new UsageError(`${path} holds no genotype: ${decoded.reason}`)
  return decoded.value
}
