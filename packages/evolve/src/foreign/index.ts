// Entry `@megabrain/evolve/foreign`: readers of other programs' files, apart so that a tab that never reads one does
// not carry them.

export { readNeat } from './neat.ts'
export { readNeatPython } from './neat-python.ts'
export { readSharpneat } from './sharpneat.ts'
export type { Reading } from './foreign.ts'
