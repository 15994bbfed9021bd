// Entry `@megabrain/evolve/foreign`: other programs' files and drawings, apart so that a tab that never needs one does
// not carry them.

export { readNeat } from './neat.ts'
export { readNeatPython } from './neat-python.ts'
export { readSharpneat } from './sharpneat.ts'
export type { Reading } from './foreign.ts'
export { dotOf } from '../draw/dot.ts'
export { svgOf } from '../draw/svg.ts'
