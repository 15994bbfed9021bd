// What `--out DIR` keeps: the report, each run's generations as CSV and its checkpoint, each champion as canonical bytes and,
// for a task that others can check, as a signed claim. Files that are written again are replaced as a whole, so that a
// crash leaves the old one.

import { appendFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
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
import { formatRow, GENERATIONS_HEADER, parseRows } from './generation-row.ts'
import { decodeRunCheckpoint } from './run-checkpoint.ts'
import type { Report } from './run-report.ts'
import type { SentChampion, WorkerOrder } from './run-worker.ts'

export interface RunOutput {
  /** Path of a run's champion. */
  championPath(seed: number): string
  /** Writes at once, so that a later crash loses nothing. */
  writeChampion(seed: number, champion: SentChampion): Promise<void>
  writeReport(report: Report): Promise<void>
  /** Makes the run's files ready: as new, or as they were at the checkpoint that the run goes on from. */
  begin(seed: number): Promise<WorkerOrder>
  /** Adds lines to the run's generations and replaces its checkpoint. */
  keep(seed: number, rows: readonly string[], checkpoint: Uint8Array): Promise<void>
}

/**
 * @param options.keys folder of the author's keys, made when there is none; undefined signs with keys that are thrown away
 * @param options.resume whether checkpoints in the folder are of these runs
 * @throws UsageError when a folder cannot be used
 */
export async function openRunOutput(
  folder: string, options: { task: Task; keys: string | undefined; resume: boolean },
): Promise<RunOutput> {
  await usable(folder, () => mkdir(folder, { recursive: true }))
  const { task, resume } = options
  const signer = task.deterministic && findTask(task.id) === task ? await openSigner(options.keys) : undefined
  const championPath = (seed: number): string => join(folder, `champion-${seed}.genotype`)
  const checkpointPath = (seed: number): string => join(folder, `population-${seed}.checkpoint`)
  const generationsPath = (seed: number): string => join(folder, `generations-${seed}.csv`)
  return {
    championPath,
    async writeChampion(seed, champion) {
      await replace(championPath(seed), champion.bytes)
      if (signer === undefined) return
      const envelope = await signClaim(signer, statementOf(task, champion, signer))
      await replace(join(folder, `champion-${seed}.claim`), encodeClaimFile({ envelope, body: champion.bytes }))
    },
    writeReport: (report) => replace(join(folder, 'runs.json'), `${JSON.stringify(report, undefined, 2)}\n`),
    async begin(seed) {
      const bytes = resume ? await readIfThere(checkpointPath(seed)) : undefined
      if (bytes === undefined) {
        await replace(generationsPath(seed), `${GENERATIONS_HEADER}\n`)
        await rm(checkpointPath(seed), { force: true })
        return { seed }
      }
      const { generation } = decodeRunCheckpoint(bytes, checkpointPath(seed)).state.search.census()
      const text = new TextDecoder().decode(await readIfThere(generationsPath(seed)))
      // A crash can leave lines that the checkpoint knows nothing of; the run will write them again.
      const rows = parseRows(text).filter((row) => row.generation <= generation)
      await replace(generationsPath(seed), [GENERATIONS_HEADER, ...rows.map(formatRow), ''].join('\n'))
      return { seed, from: { bytes, path: checkpointPath(seed) } }
    },
    async keep(seed, rows, checkpoint) {
      await usable(folder, () => appendFile(generationsPath(seed), rows.map((row) => `${row}\n`).join('')))
      await replace(checkpointPath(seed), checkpoint)
    },
  }
}

async function replace(path: string, content: string | Uint8Array): Promise<void> {
  await usable(path, async () => {
    await writeFile(`${path}.new`, content)
    await rename(`${path}.new`, path)
  })
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new UsageError(`${path} cannot be read (${code ?? String(error)})`)
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
