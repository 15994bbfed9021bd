// Entry `@megabrain/evolve/foreign`: other programs' files and drawings, apart so that a tab that never needs one does
// not carry them.

export { readNeat, writeNeat } from './neat.ts'
export { readNeatPython, writeNeatPython } from './neat-python.ts'
export { readSharpneat, writeSharpneat } from './sharpneat.ts'
export { writeOnnx } from './onnx.ts'
export type { Reading, Writing } from './foreign.ts'
export { dotOf } from '../draw/dot.ts'
export { svgOf } from '../draw/svg.ts'
