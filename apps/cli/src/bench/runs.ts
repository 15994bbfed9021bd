// Whole runs of the pole tasks on one core, the champion test, and whether memory stays flat.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { compile, createSearch, decodeGenotype, defaultSettingsOf, encodeGenotype, evaluate } from '@megabrain/evolve'
import type { Genotype } from '@megabrain/evolve'
import { settingsFor, tasks } from '@megabrain/tasks'
import { runEvolution } from '../evolve/run.ts'
import { processorSeconds, spreadOf } from './spread.ts'
import type { Spread } from './spread.ts'

export interface RunsBench {
  readonly task: string
  readonly runs: number
  readonly solved: number
  readonly wallSeconds: Spread
  readonly processorSeconds: Spread
  readonly evaluations: Spread
}

/** Runs from seed 1 on with `neat`, one after the other in this thread, champion tests included. */
export function benchRuns(id: string, runs: number): { readonly bench: RunsBench; readonly champion: Genotype | undefined } {
  const task = tasks[id]!
  const settings = { ...defaultSettingsOf('neat'), ...settingsFor(task, 'neat') }
  const [wall, processor, evaluations] = [[], [], []] as [number[], number[], number[]]
  let champion: Genotype | undefined
  let solved = 0
  for (let seed = 1; seed <= runs; seed++) {
    const start = [performance.now(), processorSeconds()] as const
    const result = runEvolution({
      task, algorithm: 'neat', settings, seed, maxEvaluations: 100_000, stopped: () => false, progress: () => {},
    })
    wall.push((performance.now() - start[0]) / 1_000)
    processor.push(processorSeconds() - start[1])
    evaluations.push(result.evaluations)
    if (!result.solved) continue
    solved++
    champion ??= result.champion!.genotype
  }
  const spreads = { wallSeconds: spreadOf(wall), processorSeconds: spreadOf(processor), evaluations: spreadOf(evaluations) }
  return { bench: { task: id, runs, solved, ...spreads }, champion }
}

/** Seconds of processor time that a champion which passes takes: 100,000 steps, then 625 starts of up to 1,000. */
export function benchChampionTest(champion: Genotype, repetitions: number): Spread {
  const task = tasks['double-pole-no-velocity']!
  const evaluation = evaluate(task, champion)
  return spreadOf(Array.from({ length: repetitions }, () => {
    const start = processorSeconds()
    if (!task.solved(compile(champion), evaluation)) throw new TypeError('A champion that had passed its test failed it')
    return processorSeconds() - start
  }))
}

export interface MemoryBench {
  readonly evaluations: number
  /** Live heap after a collection, in bytes: ten samples at equal distances. */
  readonly heapBytes: readonly number[]
  /** Memory of the process, all kernels and buffers included, at the same moments. */
  readonly residentBytes: readonly number[]
  /** Last live heap divided by the first: 1 is flat. */
  readonly growth: number
}

/** XOR runs one after the other; a run that has solved its task is followed by the next seed. */
export function benchMemory(evaluations: number): MemoryBench {
  const task = tasks['xor']!
  const collect = garbageCollector()
  const [heapBytes, residentBytes] = [[], []] as [number[], number[]]
  let done = 0
  for (let seed = 1; done < evaluations; seed++) {
    let search = createSearch({ algorithm: 'neat', task, seed, settings: settingsFor(task, 'neat') })
    for (let solved = false; !solved && done < evaluations && search.census().evaluations < 30_000;) {
      const { search: asked, candidates } = search.ask()
      search = asked.tell(candidates.map(({ genotype }) => evaluate(task, genotype)))
      done += candidates.length
      const { genotype, evaluation } = search.champion()!
      solved = task.solved(compile(genotype), evaluation)
      if (done < ((heapBytes.length + 1) * evaluations) / 10) continue
      collect()
      const { heapUsed, rss } = process.memoryUsage()
      heapBytes.push(heapUsed)
      residentBytes.push(rss)
    }
  }
  return { evaluations: done, heapBytes, residentBytes, growth: heapBytes.at(-1)! / heapBytes[0]! }
}

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}

/** The champion as somebody else would read it, so that no cache of this process helps. */
export function reread(genotype: Genotype): Genotype {
  const decoded = decodeGenotype(encodeGenotype(genotype))
  if (!decoded.ok) throw new TypeError(`A champion does not decode: ${decoded.reason}`)
  return decoded.value
}
