// `megabrain convert`: a genotype from any readable format into another one, or into a drawing.

import { writeFile } from 'node:fs/promises'
import { describeGenotype, encodeGenotype } from '@megabrain/evolve'
import type { Genotype } from '@megabrain/evolve'
import { dotOf, svgOf, writeNeat, writeNeatPython, writeOnnx, writeSharpneat } from '@megabrain/evolve/foreign'
import type { Writing } from '@megabrain/evolve/foreign'
import type { Command } from '../command.ts'
import { readGenotypeFile } from '../genotype-file.ts'
import { readOptions, UsageError } from '../usage.ts'

const options = { format: { type: 'string' }, to: { type: 'string' }, output: { type: 'string' } } as const

/** What `--to` can ask for: text, or bytes that only a file can take. */
const writers: Readonly<Record<string, (genotype: Genotype) => Writing<string | Uint8Array>>> = {
  json: (genotype) => done(JSON.stringify(describeGenotype(genotype), undefined, 2)),
  dot: (genotype) => done(dotOf(genotype)),
  svg: (genotype) => done(svgOf(genotype)),
  megabrain: (genotype) => done(encodeGenotype(genotype)),
  neat: writeNeat,
  'neat-python': writeNeatPython,
  sharpneat: writeSharpneat,
  onnx: writeOnnx,
}

const done = <T>(value: T): Writing<T> => ({ ok: true, value })

export const convertCommand: Command = {
  usage: `convert FILE [--format …] --to ${Object.keys(writers).join('|')} [--output FILE]`,
  async run(args) {
    const { values, positionals } = readOptions(args, options, ['FILE'])
    const to = values.to ?? 'json'
    const write = Object.hasOwn(writers, to) ? writers[to] : undefined
    if (write === undefined) throw new UsageError(`--to is one of ${Object.keys(writers).join(', ')}, got ${to}`)
    const genotype = await readGenotypeFile(positionals[0]!, values.format)
    const result = write(genotype)
    if (!result.ok) throw new UsageError(`${positionals[0]} cannot be written as ${to}: ${result.reason}`)
    const written = result.value
    if (values.output === undefined) {
      if (typeof written !== 'string') throw new UsageError(`--to ${to} writes bytes, name a file with --output`)
      return { json: to === 'json' ? describeGenotype(genotype) : { [to]: written }, text: written.trimEnd() }
    }
    const content = typeof written === 'string' ? new TextEncoder().encode(written.endsWith('\n') ? written : `${written}\n`) : written
    await writeFile(values.output, content).catch((error: unknown) => {
      throw new UsageError(`${values.output} cannot be written (${String((error as NodeJS.ErrnoException).code ?? error)})`)
    })
    return { json: { file: values.output, bytes: content.length }, text: `wrote ${values.output}` }
  },
}
