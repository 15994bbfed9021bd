// `megabrain convert`: a genotype from any readable format into another one, or into a drawing. What a format cannot
// represent is refused with its reason.

import { writeFile } from 'node:fs/promises'
import { describeGenotype, encodeGenotype } from '@megabrain/evolve'
import type { Genotype, Labels } from '@megabrain/evolve'
import { dotOf, svgOf, writeNeat, writeNeatPython, writeOnnx, writeSharpneat } from '@megabrain/evolve/foreign'
import type { Writing } from '@megabrain/evolve/foreign'
import type { Command } from '../command.ts'
import { readGenotypeFile, readRule } from '../genotype-file.ts'
import { findTaskByReference } from '../task-reference.ts'
import { readOptions, UsageError } from '../usage.ts'

const options = {
  format: { type: 'string' }, rule: { type: 'string' }, task: { type: 'string' }, to: { type: 'string' }, output: { type: 'string' },
} as const

/** What `--to` can ask for: text, or bytes that only a file can take. */
const writers: Readonly<Record<string, (genotype: Genotype, labels: Labels) => Writing<string | Uint8Array>>> = {
  json: (genotype, labels) => done(JSON.stringify(describeGenotype(genotype, labels), undefined, 2)),
  dot: (genotype, labels) => done(dotOf(genotype, labels)),
  svg: (genotype, labels) => done(svgOf(genotype, labels)),
  onnx: writeOnnx,
  megabrain: (genotype) => done(encodeGenotype(genotype)),
  neat: writeNeat,
  'neat-python': writeNeatPython,
  sharpneat: writeSharpneat,
}

const done = <T>(value: T): Writing<T> => ({ ok: true, value })

export const convertCommand: Command = {
  usage: `convert FILE [--format …] [--rule stanley|ordered] [--task ID] --to ${Object.keys(writers).join('|')} [--output FILE]`,
  async run(args) {
    const { values, positionals } = readOptions(args, options, ['FILE'])
    const to = values.to ?? 'json'
    const write = Object.hasOwn(writers, to) ? writers[to] : undefined
    if (write === undefined) throw new UsageError(`--to is one of ${Object.keys(writers).join(', ')}, got ${to}`)
    const path = positionals[0]!
    const genotype = await readGenotypeFile(path, values.format, readRule(values.rule))
    const labels = values.task === undefined ? {} : await labelsFrom(values.task, genotype, path)
    const result = write(genotype, labels)
    if (!result.ok) throw new UsageError(`${path} cannot be written as ${to}: ${result.reason}`)
    const written = result.value
    if (values.output === undefined) {
      if (typeof written !== 'string') throw new UsageError(`--to ${to} writes bytes, name a file with --output`)
      return { json: to === 'json' ? JSON.parse(written) : { [to]: written }, text: written.trimEnd() }
    }
    const content = typeof written === 'string' ? new TextEncoder().encode(`${written.trimEnd()}\n`) : written
    await writeFile(values.output, content).catch((error: unknown) => {
      throw new UsageError(`${values.output} cannot be written (${String((error as NodeJS.ErrnoException).code ?? error)})`)
    })
    return { json: { file: values.output, bytes: content.length }, text: `wrote ${values.output}` }
  },
}

/** Names of the task's inputs and outputs, for drawings and JSON. */
async function labelsFrom(reference: string, genotype: Genotype, path: string): Promise<Labels> {
  const task = await findTaskByReference(reference)
  const { inputs, outputs } = genotype
  if (inputs === task.inputs && outputs === task.outputs) return task
  throw new UsageError(`${path} has ${inputs} inputs and ${outputs} outputs, ${task.id} names ${task.inputs} and ${task.outputs}`)
}
