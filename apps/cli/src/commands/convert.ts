// `megabrain convert`: a genotype from any readable format into Megabrain's own bytes, its JSON, or a drawing for Graphviz.

import { writeFile } from 'node:fs/promises'
import { describeGenotype, encodeGenotype } from '@megabrain/evolve'
import type { Genotype } from '@megabrain/evolve'
import type { Command } from '../command.ts'
import { readGenotypeFile } from '../genotype-file.ts'
import { readOptions, UsageError } from '../usage.ts'

const targets = ['megabrain', 'json', 'dot'] as const
const options = { format: { type: 'string' }, to: { type: 'string' }, output: { type: 'string' } } as const

export const convertCommand: Command = {
  usage: 'convert FILE [--format …] --to json|dot|megabrain [--output FILE]',
  async run(args) {
    const { values, positionals } = readOptions(args, options, ['FILE'])
    const to = targets.find((target) => target === (values.to ?? 'json'))
    if (to === undefined) throw new UsageError(`--to is one of ${targets.join(', ')}, got ${values.to}`)
    const genotype = await readGenotypeFile(positionals[0]!, values.format)
    if (values.output === undefined) {
      if (to === 'megabrain') throw new UsageError('--to megabrain writes bytes, name a file with --output')
      const text = to === 'dot' ? dotOf(genotype) : jsonOf(genotype)
      return { json: to === 'dot' ? { dot: text } : describeGenotype(genotype), text }
    }
    const content = to === 'megabrain' ? encodeGenotype(genotype) : `${to === 'dot' ? dotOf(genotype) : jsonOf(genotype)}\n`
    await writeFile(values.output, content).catch((error: unknown) => {
      throw new UsageError(`${values.output} cannot be written (${String((error as NodeJS.ErrnoException).code ?? error)})`)
    })
    return { json: { file: values.output, bytes: content.length }, text: `wrote ${values.output}` }
  },
}

function jsonOf(genotype: Genotype): string {
  return JSON.stringify(describeGenotype(genotype), undefined, 2)
}

/** Graphviz: sensors in the top row, recurrent links dashed. https://graphviz.org/doc/info/lang.html */
function dotOf(genotype: Genotype): string {
  const { neurons, links } = describeGenotype(genotype)
  const row = (kind: string) => neurons.filter((neuron) => neuron.kind === kind)
  const node = ({ id, activation, kind }: (typeof neurons)[number]) =>
    kind === 'sensor' ? `    n${id} [label="in ${id}", shape=box]` : `    n${id} [label="${activation}", shape=ellipse]`
  const style = (recurrent: boolean) => (recurrent ? ', style=dashed' : '')
  return [
    'digraph genotype {',
    '  rankdir=TB',
    '  { rank=source', ...row('sensor').map(node), '  }',
    ...row('hidden').map(node),
    '  { rank=sink', ...row('actuator').map(node), '  }',
    ...links.map(({ from, to, weight, recurrent }) => `  n${from} -> n${to} [label="${weight.toPrecision(3)}"${style(recurrent)}]`),
    '}',
  ].join('\n')
}
