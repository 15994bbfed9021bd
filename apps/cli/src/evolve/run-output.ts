// What `--out DIR` keeps: each champion as canonical bytes and, for a task that others can check, as a signed claim; the
// report as `runs.json`.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKeys } from '@megabrain/archive/sqlite'
import { cidOf } from '@megabrain/evolve'
import type { Task } from '@megabrain/evolve'
import { realmId } from '@megabrain/exchange'
import type { Keys } from '@megabrain/exchange'
import { evaluatorVersion, findTask } from '@megabrain/tasks'
import { encodeClaimFile, hexOf, signClaim } from '../claim-file.ts'
import { UsageError } from '../usage.ts'
import type { SentChampion } from './run-worker.ts'

export interface RunOutput {
  /** Writes at once, so that a later crash loses nothing. Resolves with the path of the genotype. */
  writeChampion(seed: number, champion: SentChampion): Promise<string>
  writeReport(json: unknown): Promise<void>
}

/**
 * @param options.keys folder of the author's keys, made when there is none; undefined signs with keys that are thrown away
 * @throws UsageError when a folder cannot be used
 */
export async function openRunOutput(folder: string, options: { task: Task; keys: string | undefined }): Promise<RunOutput> {
  await usable(folder, () => mkdir(folder, { recursive: true }))
  const { task } = options
  const signer = task.deterministic && findTask(task.id) === task ? await openSigner(options.keys) : undefined
  return {
    async writeChampion(seed, champion) {
      const path = join(folder, `champion-${seed}.genotype`)
      await usable(path, () => writeFile(path, champion.bytes))
      if (signer !== undefined) {
        const envelope = await signClaim(signer, statementOf(task, champion, signer))
        await writeFile(join(folder, `champion-${seed}.claim`), encodeClaimFile({ envelope, body: champion.bytes }))
      }
      return path
    },
    writeReport: (json) => writeFile(join(folder, 'runs.json'), `${JSON.stringify(json, undefined, 2)}\n`),
  }
}

/** A claim outside any shared realm: in the author's own one named `default`. */
function statementOf(task: Task, champion: SentChampion, keys: Keys) {
  const now = Date.now()
  return {
    genotype: cidOf(champion.bytes),
    realm: realmId({ owner: hexOf(keys.owner), name: 'default' }),
    task: task.id,
    evaluator: evaluatorVersion(task),
    fitness: champion.fitness,
    seedRule: 'public' as const,
    parents: champion.parents.slice(0, 2),
    operators: champion.operators.slice(0, 8),
    generation: champion.generation,
    license: 'Apache-2.0',
    time: now,
    // A device's numbers must only grow; the clock grows across commands that know nothing of each other.
    sequence: now,
  }
}

async function openSigner(folder: string | undefined): Promise<Keys> {
  if (folder !== undefined) return usable(folder, () => openKeys(folder))
  const scratch = await mkdtemp(join(tmpdir(), 'megabrain-keys-'))
  try {
    return await openKeys(scratch)
  } finally {
    await rm(scratch, { recursive: true })
  }
}

async function usable<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    throw new UsageError(`${path} cannot be used: ${(error as Error).message}`)
  }
}
