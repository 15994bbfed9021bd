// A program for the durability test: writes rows without end and prints the number of each once its write has resolved.

import { openArchive } from './archive.ts'

const archive = await openArchive(process.argv[2]!)
for (let n = 0; ; n++) {
  const value = new Uint8Array(2_000).fill(n & 0xff)
  void archive.write([{ key: `row/${n}/a`, value }, { key: `row/${n}/b`, value }]).then(() => process.stdout.write(`${n}\n`))
  if (n % 8 === 7) await new Promise((resolve) => setImmediate(resolve))
}
