// `megabrain inspect`: what is in a file, without running or believing it.

import { cidOf, costOf, encodeGenotype } from '@megabrain/evolve'
import type { Genotype } from '@megabrain/evolve'
import { decodeClaim } from '@megabrain/exchange'
import { decodeClaimFile, isClaimFile } from '../claim-file.ts'
import type { Command } from '../command.ts'
import { sizeOf } from '../evolve/run.ts'
import { readBytes, readGenotypeFile, readRule } from '../genotype-file.ts'
import { readOptions, UsageError } from '../usage.ts'

export const inspectCommand: Command = {
  usage: 'inspect FILE [--format …] [--rule stanley|ordered]',
  async run(args) {
    const { values, positionals } = readOptions(args, { format: { type: 'string' }, rule: { type: 'string' } }, ['FILE'])
    const path = positionals[0]!
    const bytes = await readBytes(path)
    const json = values.format === undefined && isClaimFile(bytes)
      ? inspectClaim(bytes, path)
      : inspectGenotype(await readGenotypeFile(path, values.format, readRule(values.rule)))
    const shown = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value))
    return { json, text: Object.entries(json).map(([name, value]) => `${name}: ${shown(value)}`).join('\n') }
  },
}

function inspectClaim(bytes: Uint8Array, path: string) {
  const file = decodeClaimFile(bytes)
  if (file === undefined) throw new UsageError(`${path} is a claim file that is cut short or too large`)
  const decoded = decodeClaim(file.envelope)
  if (!decoded.ok) throw new UsageError(`${path} holds no readable claim: ${decoded.reason}`)
  return { kind: 'claim', verified: false, ...decoded.value.claim, bodyBytes: file.body.length }
}

function inspectGenotype(genotype: Genotype) {
  const bytes = encodeGenotype(genotype)
  const activations: Record<string, number> = {}
  for (const { activation } of genotype.neurons) activations[activation] = (activations[activation] ?? 0) + 1
  const { inputs, outputs, rule } = genotype
  const size = { inputs, outputs, ...sizeOf(genotype) }
  return { kind: 'genotype', cid: cidOf(bytes), bytes: bytes.length, ...size, rule, activations, costPerActivation: costOf(genotype) }
}
