// A task that a module exports, made in the thread that computes it: functions do not cross from one thread to another, and data
// that a task reads need not.

import { kernelAgrees } from '@megabrain/evolve'
import type { Task } from '@megabrain/evolve'
import { findTask, ownEvaluatorVersion, selfTest } from '@megabrain/tasks'
import type { OwnTask } from '../core/own-task.ts'

export interface ModuleTask extends OwnTask {
  /** URL of a module whose default export, or export `task`, is the task or makes it from `argument`. */
  readonly module: string
  readonly argument?: string
  /** sha256 of the module's file, 64 hex characters: part of the evaluator version. */
  readonly source: string
}

/** Whatever the module does wrong is thrown. */
export async function loadTask({ module, argument }: Pick<ModuleTask, 'module' | 'argument'>): Promise<unknown> {
  const exported = await import(module) as { readonly default?: unknown; readonly task?: unknown }
  const task = exported.default ?? exported.task
  return typeof task === 'function' ? await (task as (argument: string | undefined) => unknown)(argument) : task
}

export interface KnownTasks {
  find(id: string): Task | undefined
  /** Whether it gives here what its version promises. */
  conforms(task: Task): boolean
}

/** The registry's tasks and those of the modules. */
export async function loadTasks(modules: readonly ModuleTask[]): Promise<KnownTasks> {
  const own = new Map(await Promise.all(modules.map(async (module) => [module.id, { module, task: await loadTask(module) as Task }] as const)))
  return {
    find: (id) => own.get(id)?.task ?? findTask(id),
    conforms(task) {
      const known = own.get(task.id)
      if (known === undefined) return selfTest(task)
      const { evaluator, source } = known.module
      return kernelAgrees() && (evaluator === undefined || ownEvaluatorVersion(task, source) === evaluator)
    },
  }
}
