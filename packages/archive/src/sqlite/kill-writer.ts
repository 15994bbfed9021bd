// A program for the kill tests: opens the archive, goes on writing where it stands, and prints the number of each write once
// it has resolved.

import { openArchive } from './archive.ts'
import { changesOf, HEAD, numberOf } from './kill-content.ts'

/** Writes under way at a time: some commits are of one write, most of several. */
const UNDER_WAY = 24

process.stdout.write('opening\n')
const archive = await openArchive(process.argv[2]!)
let next = numberOf(await archive.read(HEAD)) + 1
process.stdout.write('open\n')

async function writeOn(): Promise<void> {
  for (;;) {
    const n = next++
    await archive.write(changesOf(n))
    process.stdout.write(`${n}\n`)
  }
}

await Promise.all(Array.from({ length: UNDER_WAY }, writeOn))
