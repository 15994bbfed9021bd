// A program for the full-disk test: fills a small disk of its own until the archive refuses, frees some of it, writes on, and
// opens the file again. Prints what happened as JSON. Must run where `argv[2]` is a mounted, nearly empty file system.

import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openArchive } from './archive.ts'

const folder = process.argv[2]!
const file = join(folder, 'archive.sqlite')
const ballast = join(folder, 'ballast')
/** More than the log may hold, which is copied into the database before anything else finds room. */
const BALLAST_BYTES = 8_000_000
const BODY_BYTES = 50_000
const AT_ONCE = 12
const bodyOf = (n: number): Uint8Array => new Uint8Array(BODY_BYTES).fill(1 + (n % 250))

writeFileSync(ballast, new Uint8Array(BALLAST_BYTES))
const archive = await openArchive(file)
const acked: number[] = []
const refusals = new Set<string>()
let next = 0

/** @returns whether all of a few writes at once were taken */
async function writeSome(): Promise<boolean> {
  const numbers = Array.from({ length: AT_ONCE }, () => next++)
  const results = await Promise.allSettled(numbers.map((n) => archive.write([{ key: `a/${n}`, value: bodyOf(n) }, { key: `b/${n}`, value: bodyOf(n) }])))
  results.forEach((result, i) => {
    if (result.status === 'fulfilled') acked.push(numbers[i]!)
    else refusals.add((result.reason as Error).name)
  })
  return results.every(({ status }) => status === 'fulfilled')
}

for (let tries = 0; tries < 200 && await writeSome(); tries++);
const ackedWhenFull = acked.length
// The disk stays full for a while; reading goes on.
await writeSome()
const readable = await archive.read(`a/${acked[0]}`) !== undefined
rmSync(ballast)
const writesAgain = await writeSome()
await archive.close()

const again = await openArchive(file)
const kept = new Map([...await again.list('a/'), ...await again.list('b/')].map(({ key, value }) => [key, value]))
await again.close()
const isKept = (n: number): boolean => ['a', 'b'].every((half) => Buffer.compare(kept.get(`${half}/${n}`) ?? new Uint8Array(), bodyOf(n)) === 0)
const lost = acked.filter((n) => !isKept(n)).length
const unasked = kept.size - 2 * acked.length
process.stdout.write(`${JSON.stringify({ refusals: [...refusals], ackedWhenFull, readable, writesAgain, acked: acked.length, lost, unasked })}\n`)
