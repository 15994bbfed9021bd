// What the user got wrong, and how options are read: every fault becomes one line that names its cause, and exit 2.

import { parseArgs } from 'node:util'
import type { ParseArgsConfig } from 'node:util'

/** Wrong use or bad input. The message is one line for the user. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export type OptionNames = NonNullable<ParseArgsConfig['options']>
type Parsed<T extends OptionNames> = ReturnType<typeof parseArgs<{ options: T; allowPositionals: true; strict: true; args: string[] }>>

/**
 * Reads options strictly: an unknown one is a fault.
 * @param positionals names of what must follow the options, such as `FILE`
 */
export function readOptions<T extends OptionNames>(args: readonly string[], options: T, positionals: readonly string[] = []): Parsed<T> {
  const parsed = parse(args, options)
  if (parsed.positionals.length > positionals.length) throw new UsageError(`unexpected argument ${parsed.positionals[positionals.length]}`)
  const missing = positionals[parsed.positionals.length]
  if (missing !== undefined) throw new UsageError(`${missing} is missing`)
  return parsed
}

function parse<T extends OptionNames>(args: readonly string[], options: T): Parsed<T> {
  try {
    return parseArgs({ args: joinNegatives(args), options, allowPositionals: true, strict: true }) as Parsed<T>
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0]!.replace(/\s+/g, ' '))
  }
}

/** `--state -1,0` means what it says; parseArgs would take the value for an option. */
function joinNegatives(args: readonly string[]): string[] {
  const joined: string[] = []
  for (let i = 0; i < args.length; i++) {
    const next = args[i + 1]
    if (/^--[a-z-]+$/.test(args[i]!) && next !== undefined && /^-[\d.]/.test(next)) {
      joined.push(`${args[i]}=${next}`)
      i++
    } else {
      joined.push(args[i]!)
    }
  }
  return joined
}

export function required(value: string | undefined, option: string): string {
  if (value === undefined) throw new UsageError(`${option} is missing`)
  return value
}

export function readCount(text: string, option: string, least = 1): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN
  if (!Number.isSafeInteger(value) || value < least) {
    throw new UsageError(`${option} must be a whole number from ${least}, got ${JSON.stringify(text)}`)
  }
  return value
}

export function readNumber(value: string, option: string, least: number, most: number): number {
  const number = /^\d*\.?\d+(e[+-]?\d+)?$/i.test(value) ? Number(value) : NaN
  if (!(number >= least && number <= most)) {
    throw new UsageError(`${option} must be a number from ${least} to ${most}, got ${JSON.stringify(value)}`)
  }
  return number
}

/** `a,b,c` as numbers. */
export function readNumbers(text: string, option: string): number[] {
  return text.split(',').map((part) => {
    const value = part.trim() === '' ? NaN : Number(part)
    if (!Number.isFinite(value)) throw new UsageError(`${option} must be numbers divided by commas, got ${JSON.stringify(part)}`)
    return value
  })
}
