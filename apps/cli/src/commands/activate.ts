// `megabrain activate`: what a network answers to rows of inputs, its state reset between rows.

import { compile } from '@megabrain/evolve'
import type { Command } from '../command.ts'
import { readGenotypeFile, readRule } from '../genotype-file.ts'
import { readNumbers, readOptions, required, UsageError } from '../usage.ts'

export const activateCommand: Command = {
  usage: 'activate --genotype FILE [--format …] [--rule stanley|ordered] --inputs "a,b;c,d"',
  async run(args) {
    const { values } = readOptions(args, {
      genotype: { type: 'string' }, format: { type: 'string' }, rule: { type: 'string' }, inputs: { type: 'string' },
    })
    const path = required(values.genotype, '--genotype')
    const network = compile(await readGenotypeFile(path, values.format, readRule(values.rule)))
    const rows = required(values.inputs, '--inputs').split(';').map((row) => readNumbers(row, '--inputs'))
    const outputs = rows.map((row) => {
      if (row.length !== network.inputs) throw new UsageError(`${path} has ${network.inputs} inputs, got a row of ${row.length}`)
      network.reset()
      return Array.from(network.activate(row))
    })
    return { json: { outputs }, text: outputs.map((row) => row.join(' ')).join('\n') }
  },
}
