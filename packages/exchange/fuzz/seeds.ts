// Good bytes to start from: every byte string in the golden vectors of this package and of `evolve`, whatever it is. Each
// target keeps those that it can read; all of them serve as donors.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const FOLDERS = ['../vectors', '../../evolve/vectors']

/** Bytes of every `hex` in the vectors, each once, in the order of files and places. */
export function goldenBytes(): readonly Uint8Array[] {
  const texts = new Set<string>()
  for (const folder of FOLDERS) {
    const path = join(import.meta.dirname, folder)
    for (const file of readdirSync(path).filter((name) => name.endsWith('.json')).sort()) {
      collect(JSON.parse(readFileSync(join(path, file), 'utf8')), texts)
    }
  }
  return [...texts].map((text) => new Uint8Array(Buffer.from(text, 'hex')))
}

function collect(value: unknown, texts: Set<string>): void {
  if (typeof value !== 'object' || value === null) return
  for (const [key, part] of Object.entries(value)) {
    if (key === 'hex' && typeof part === 'string' && part !== '') texts.add(part)
    else collect(part, texts)
  }
}
