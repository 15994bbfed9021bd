// Runs in a process of its own with a small young generation, so that the collector comes by often while one input is decoded.
// What is alive after each collection, over what was alive before, is sampled; the largest is the peak. Garbage that had
// already moved to the old generation counts as alive, so the true peak is lower. Prints one JSON line per case.

import { GCProfiler } from 'node:v8'
import { largeCases } from './large-cases.ts'

const TRIES = 16
const WARM_UPS = 3
const collect = (globalThis as { gc?: () => void }).gc
if (collect === undefined) throw new RangeError('Start with --expose-gc')

function alive(): { readonly heap: number; readonly external: number; readonly buffers: number } {
  const { heapUsed, external, arrayBuffers } = process.memoryUsage()
  return { heap: heapUsed, external, buffers: arrayBuffers }
}

/** So that collections fall on another place in the decoder each time. */
function shift(attempt: number): number {
  const filler: number[][] = []
  for (let i = 0; i < attempt * 200; i++) filler.push([i, i])
  return filler.length
}

for (const { name, bytes, read } of largeCases()) {
  let outcome: object | string = ''
  for (let i = 0; i < WARM_UPS; i++) outcome = read(bytes) // compiled code is memory too, but not the input's
  let peak = 0
  let samples = 0
  for (let attempt = 0; attempt < TRIES; attempt++) {
    outcome = ''
    collect()
    const before = alive()
    shift(attempt)
    const profiler = new GCProfiler()
    profiler.start()
    outcome = read(bytes)
    for (const { afterGC } of profiler.stop().statistics) {
      samples++
      peak = Math.max(peak, afterGC.heapStatistics.usedHeapSize + afterGC.heapStatistics.externalMemory - before.heap - before.external)
    }
    collect()
    const after = alive()
    peak = Math.max(peak, after.heap + after.buffers - before.heap - before.buffers)
  }
  const result = { name, input: bytes.length, peak, samples, outcome: typeof outcome === 'object' ? 'ok' : outcome }
  process.stdout.write(`${JSON.stringify(result)}\n`)
}
