// A task by name: an id of the registry, or a module of the user's own that exports one.

import { createHash } from 'node:crypto'
import { access, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Task } from '@megabrain/evolve'
import type { ModuleTask } from '@megabrain/island/node'
import { findTask, ownEvaluatorVersion, tasks } from '@megabrain/tasks'
import { UsageError } from './usage.ts'

/** Whether a reference is a path, not an id. */
export function isTaskFile(reference: string): boolean {
  return /[./\\]/.test(reference)
}

/**
 * @param reference such as `xor` or `./my-task.mjs`; a module exports its task as default or as `task`
 * @throws UsageError naming what is wrong with it
 */
export async function findTaskByReference(reference: string): Promise<Task> {
  if (!isTaskFile(reference)) {
    const task = findTask(reference)
    if (task !== undefined) return task
    throw new UsageError(`unknown task ${reference}; there are ${Object.keys(tasks).join(', ')}, or a file such as ./my-task.mjs`)
  }
  const path = resolve(reference)
  await access(path).catch(() => { throw new UsageError(`task file ${reference} does not exist`) })
  const module = await import(pathToFileURL(path).href).catch((error: unknown) => {
    throw new UsageError(`task file ${reference} does not load: ${String((error as Error).message).split('\n')[0]}`)
  }) as { default?: unknown; task?: unknown }
  const task = module.default ?? module.task
  const fault = taskFault(task)
  if (fault !== undefined) throw new UsageError(`task file ${reference}: ${fault}`)
  return task as Task
}

/**
 * A task file as a donor takes it to a mesh: with the evaluator version that all who have the same file share.
 * @throws UsageError when it does not load or does not always give the same network the same fitness
 */
export async function ownTaskOf(reference: string): Promise<ModuleTask> {
  const task = await findTaskByReference(reference)
  const path = resolve(reference)
  const source = createHash('sha256').update(await readFile(path)).digest('hex')
  const evaluator = ownEvaluatorVersion(task, source)
  if (evaluator === undefined) throw new UsageError(`task file ${reference} gives the same network another fitness each time, so nobody could check a claim about it`)
  return { id: task.id, evaluator, source, module: pathToFileURL(path).href }
}

function taskFault(task: unknown): string | undefined {
  if (typeof task !== 'object' || task === null) return 'exports no task, neither as default nor as `task`'
  const { id, version, inputs, outputs, updateRule, evaluate, solved } = task as Partial<Record<keyof Task, unknown>>
  if (typeof id !== 'string' || !/^[a-z0-9-]{1,32}$/.test(id)) return 'id must be 1 to 32 characters of a-z, 0-9 and -'
  for (const [name, value] of [['version', version], ['inputs', inputs], ['outputs', outputs]] as const) {
    if (!Number.isInteger(value) || (value as number) < 1) return `${name} must be a whole number from 1`
  }
  if (typeof updateRule !== 'object' || updateRule === null) return 'updateRule is missing, such as { kind: "ordered" }'
  if (typeof evaluate !== 'function' || typeof solved !== 'function') return 'evaluate and solved must be functions'
  return undefined
}
