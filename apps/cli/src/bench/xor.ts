// XOR with everything that evolution costs, ours against neataptic's Neat: evaluations per second of processor time over
// whole runs that end when the task is solved, and the time to a solution. What an evaluation computes differs, so the
// links of the networks stand beside it.

import type { Neataptic } from './peers.ts'
import { processorSeconds, ratioOf, spreadOf } from './spread.ts'
import type { Spread } from './spread.ts'
import { runNeataptic, xorRivals } from './xor-rivals.ts'
import { isSpent, runOurs, SIZE } from './xor-run.ts'
import type { XorRun } from './xor-run.ts'

export interface XorBench {
  readonly options: { readonly size: number; readonly mutateActivation: 0 }
  readonly ours: XorSide
  readonly neataptic: readonly RivalSide[]
}

export interface XorSide {
  readonly evaluationsPerSecond: Spread
  readonly runs: number
  readonly solved: number
  /** To a solution, over the solved runs. */
  readonly evaluations: Spread | null
  /** Seconds of processor time of all runs, those that were given up included, by solution; null without any. */
  readonly secondsPerSolution: number | null
  /** Links of the networks of a run, mean over its evaluations: what one evaluation computes. */
  readonly links: Spread
}

export interface RivalSide extends XorSide {
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
  /** Evaluations per second, ours divided by theirs. */
  readonly ratio: Spread
  /** Time to a solution, theirs divided by ours; null where one side has none. */
  readonly ratioToSolution: number | null
}

interface Tally {
  readonly rates: number[]
  readonly solvedAt: number[]
  readonly links: number[]
  seconds: number
}

/** @param evaluations at least so many on each side per repetition, or as many as a run's time allows */
export async function benchXor(neataptic: Neataptic | undefined, repetitions: number, evaluations = 20_000): Promise<XorBench> {
  const ours = emptyTally()
  const rivals = neataptic === undefined ? [] : xorRivals(neataptic, SIZE).map((rival) => ({ ...rival, tally: emptyTally() }))
  let seed = 0
  // Repetition 0 is thrown away: all sides are compiled by then.
  for (let repetition = 0; repetition <= repetitions; repetition++) {
    const into = (kept: Tally): Tally => (repetition === 0 ? emptyTally() : kept)
    await measure(into(ours), evaluations, async () => runOurs(++seed))
    for (const rival of rivals) await measure(into(rival.tally), evaluations, () => runNeataptic(neataptic!, rival))
  }
  const side = sideOf(ours)
  return {
    options: { size: SIZE, mutateActivation: 0 },
    ours: side,
    neataptic: rivals.map(({ name, options, tally }): RivalSide => {
      const theirs = sideOf(tally)
      const ratioToSolution = side.secondsPerSolution === null || theirs.secondsPerSolution === null ? null
        : theirs.secondsPerSolution / side.secondsPerSolution
      return { name, options, ...theirs, ratio: ratioOf(ours.rates, tally.rates), ratioToSolution }
    }),
  }
}

const emptyTally = (): Tally => ({ rates: [], solvedAt: [], links: [], seconds: 0 })

async function measure(into: Tally, evaluations: number, run: () => Promise<XorRun>): Promise<void> {
  let done = 0
  const start = processorSeconds()
  while (!(done >= evaluations || isSpent(done, start))) {
    const one = await run()
    done += one.evaluations
    into.links.push(one.links)
    if (one.solved) into.solvedAt.push(one.evaluations)
  }
  const seconds = processorSeconds() - start
  into.rates.push(done / seconds)
  into.seconds += seconds
}

function sideOf({ rates, solvedAt, links, seconds }: Tally): XorSide {
  return {
    evaluationsPerSecond: spreadOf(rates),
    runs: links.length,
    solved: solvedAt.length,
    evaluations: solvedAt.length === 0 ? null : spreadOf(solvedAt),
    secondsPerSolution: solvedAt.length === 0 ? null : seconds / solvedAt.length,
    links: spreadOf(links),
  }
}
