// `megabrain score`: one genotype, native or foreign, on one task.

import { cidOf, compile, encodeGenotype } from '@megabrain/evolve'
import type { Genotype, Task } from '@megabrain/evolve'
import { adaptNetwork, measure } from '@megabrain/tasks'
import type { Command } from '../command.ts'
import { readGenotypeFile } from '../genotype-file.ts'
import { findTaskByReference } from '../task-reference.ts'
import { readOptions, required, UsageError } from '../usage.ts'

export const scoreCommand: Command = {
  usage: 'score --task ID --genotype FILE [--format megabrain|json|neat|neat-python|sharpneat]',
  async run(args) {
    const { values } = readOptions(args, { task: { type: 'string' }, genotype: { type: 'string' }, format: { type: 'string' } })
    const task = await findTaskByReference(required(values.task, '--task'))
    const path = required(values.genotype, '--genotype')
    const json = score(task, await readGenotypeFile(path, values.format, foreignRule(task)), path)
    return { json, text: Object.entries(json).map(([name, value]) => `${name}: ${String(value)}`).join('\n') }
  },
}

/** A task that waits for the network to settle lets an acyclic net compute in one pass; others replay the original. */
function foreignRule(task: Task): Genotype['rule'] {
  return task.updateRule.kind === 'ordered' ? task.updateRule : { kind: 'stanley' }
}

function score(task: Task, genotype: Genotype, path: string) {
  const network = adaptNetwork(task, compile(genotype))
  if (network === undefined) {
    const { inputs, outputs } = genotype
    throw new UsageError(`${path} has ${inputs} inputs and ${outputs} outputs, ${task.id} needs ${task.inputs} and ${task.outputs}`)
  }
  const evaluation = task.evaluate(network)
  return {
    task: task.id,
    fitness: evaluation.fitness,
    score: evaluation.score,
    steps: evaluation.steps,
    solved: task.solved(network, evaluation),
    cid: cidOf(encodeGenotype(genotype)),
    ...measure(task, network),
  }
}
