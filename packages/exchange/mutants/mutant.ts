// A planted bug, as data: a piece of text that occurs exactly once in a file of this package, and what takes its place.

export interface Mutant {
  /** Below `packages/exchange/src`. */
  readonly file: string
  readonly find: string
  readonly replace: string
  /** What is wrong then, in a few words; names the mutant. */
  readonly breaks: string
}

/** All of one file. */
export function mutantsOf(file: string, bugs: readonly (readonly [breaks: string, find: string, replace: string])[]): readonly Mutant[] {
  return bugs.map(([breaks, find, replace]) => ({ file, find, replace, breaks }))
}
