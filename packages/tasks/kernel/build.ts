// Compiles the double pole for the kernel and writes it as a text constant into the sources.
// `node packages/tasks/kernel/build.ts`; a test compiles again and compares.

import { writeFileSync } from 'node:fs'
import { bytesModule, compileAssembly } from '../../evolve/kernel/build.ts'

export const doublePoleEntry = new URL('./assembly/double-pole.ts', import.meta.url)
export const doublePoleBytesFile = new URL('../src/double-pole-bytes.ts', import.meta.url)
export const doublePoleCommand = 'node packages/tasks/kernel/build.ts'
/** The module works in the kernel's memory; its constants are the kernel's, in the same place. */
export const doublePoleFlags = ['--importMemory'] as const

if (import.meta.main) {
  const bytes = await compileAssembly(doublePoleEntry, doublePoleFlags)
  writeFileSync(doublePoleBytesFile, bytesModule(bytes, doublePoleCommand))
  process.stdout.write(`${bytes.length} bytes\n`)
}
