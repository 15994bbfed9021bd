// A genotype from a file in any format that Megabrain reads. The format is seen from the first bytes unless it is named.

import { readFile } from 'node:fs/promises'
import { decodeGenotype, genotypeFromDescription } from '@megabrain/evolve'
import type { Genotype, UpdateRule } from '@megabrain/evolve'
import { readNeat, readNeatPython, readSharpneat } from '@megabrain/evolve/foreign'
import { UsageError } from './usage.ts'

const formats = ['megabrain', 'json', 'neat', 'neat-python', 'sharpneat'] as const
type Format = (typeof formats)[number]
type Result = { readonly ok: true; readonly value: Genotype } | { readonly ok: false; readonly reason: string }

/**
 * @param format one of `formats`; undefined looks at the content
 * @param rule what a `neat` genome gets, since its format names none
 * @throws UsageError naming file and cause
 */
export async function readGenotypeFile(path: string, format?: string, rule?: UpdateRule): Promise<Genotype> {
  if (format !== undefined && !isFormat(format)) throw new UsageError(`unknown format ${format}; there are ${formats.join(', ')}`)
  const bytes = await readBytes(path)
  const chosen = format ?? formatOf(bytes)
  const result = decode(bytes, chosen, rule)
  if (!result.ok) throw new UsageError(`${path} is no genotype in format ${chosen}: ${result.reason}`)
  return result.value
}

export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new UsageError(code === 'ENOENT' ? `file ${path} does not exist` : `file ${path} cannot be read (${code ?? String(error)})`)
  }
}

/** What `--rule` says a NEAT genome is computed by, since its format does not; undefined leaves it at `stanley`. */
export function readRule(text: string | undefined): UpdateRule | undefined {
  if (text === undefined) return undefined
  if (text === 'stanley' || text === 'ordered') return { kind: text }
  throw new UsageError(`--rule is stanley or ordered, for a genome of the original NEAT, got ${text}`)
}

function decode(bytes: Uint8Array, format: Format, rule: UpdateRule | undefined): Result {
  if (format === 'megabrain') return decodeGenotype(bytes)
  const text = new TextDecoder().decode(bytes)
  switch (format) {
    case 'json': return fromJson(text)
    case 'neat': return readNeat(text, rule)
    case 'neat-python': return readNeatPython(text)
    case 'sharpneat': return readSharpneat(text)
  }
}

function fromJson(text: string): Result {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    return { ok: false, reason: `not JSON (${(error as Error).message.replace(/\s+/g, ' ')})` }
  }
  return genotypeFromDescription(json)
}

function formatOf(bytes: Uint8Array): Format {
  const head = new TextDecoder().decode(bytes.subarray(0, 2_000)).trimStart()
  if (head.startsWith('genomestart') || head.startsWith('/*')) return 'neat'
  if (head.startsWith('{')) return head.includes('"megabrain-genotype"') ? 'json' : 'neat-python'
  return /^(#|\d+[ \t]+\d+\s)/.test(head) ? 'sharpneat' : 'megabrain'
}

function isFormat(text: string): text is Format {
  return (formats as readonly string[]).includes(text)
}
