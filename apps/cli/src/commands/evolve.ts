// `megabrain evolve`: runs from consecutive seeds on all cores of this machine, and a report of what they took. A folder
// that holds some of the runs is continued.

import { availableParallelism } from 'node:os'
import { isDeepStrictEqual } from 'node:util'
import { algorithmNames } from '@megabrain/evolve'
import { evaluatorVersion, findTask } from '@megabrain/tasks'
import type { Command } from '../command.ts'
import { readPlan } from '../evolve/plan.ts'
import type { Plan } from '../evolve/plan.ts'
import { openProgressBar } from '../evolve/progress-bar.ts'
import { readProvenance } from '../evolve/provenance.ts'
import { openRunOutput } from '../evolve/run-output.ts'
import { runAll } from '../evolve/run-pool.ts'
import { describeReport, readReport, reportOf, summaryOf } from '../evolve/run-report.ts'
import type { Protocol, Report, RunReport } from '../evolve/run-report.ts'
import { readCount, readOptions, UsageError } from '../usage.ts'

const DEFAULT_MAX_EVALUATIONS = '100000'

const options = {
  task: { type: 'string' },
  algorithm: { type: 'string' },
  runs: { type: 'string', default: '1' },
  seed: { type: 'string' },
  'max-evaluations': { type: 'string', default: DEFAULT_MAX_EVALUATIONS },
  workers: { type: 'string' },
  out: { type: 'string' },
  config: { type: 'string' },
  set: { type: 'string', multiple: true, default: [] as string[] },
  keys: { type: 'string' },
} as const

export const evolveCommand: Command = {
  usage: `evolve --task ID|./file.mjs [--algorithm ${algorithmNames.join('|')}] [--runs N] [--seed S] [--max-evaluations M]\n` +
    '         [--workers W] [--out DIR] [--keys DIR] [--config FILE] [--set key=value]',
  async run(args, surroundings) {
    const { values } = readOptions(args, options)
    const plan = await readPlan(values)
    const count = readCount(values.runs, '--runs')
    if (!Number.isSafeInteger(plan.seed + count)) {
      throw new UsageError(`--seed plus --runs must stay below 2^53, got ${plan.seed} and ${count}`)
    }
    const seeds = Array.from({ length: count }, (_, i) => plan.seed + i)
    const workers = values.workers === undefined ? availableParallelism() : readCount(values.workers, '--workers')
    const folder = values.out
    if (folder === undefined && values.keys !== undefined) throw new UsageError('--keys signs what --out writes, and --out is missing')
    const protocol = protocolOf(plan, readCount(values['max-evaluations'], '--max-evaluations'))
    const earlier = folder === undefined ? undefined : await readReport(folder)
    if (earlier !== undefined) assertSame(protocol, earlier, folder!)
    const provenance = await readProvenance(['evolve', ...args])
    const output = folder === undefined ? undefined
      : await openRunOutput(folder, { task: plan.task, keys: values.keys, resume: earlier !== undefined })

    const runs = new Map(earlier?.runs.map((run) => [run.seed, { ...run, champion: relocated(run, output?.championPath(run.seed)) }]))
    const isDone = (seed: number): boolean => {
      const run = runs.get(seed)
      return run !== undefined && run.stopped !== true && (run.solved || run.evaluations >= protocol.maxEvaluations)
    }
    const report = (): Report => {
      const ordered = [...runs.values()].sort((a, b) => a.seed - b.seed)
      const stopped = surroundings.stop.aborted ? { stopped: true } as const : {}
      return { ...protocol, ...provenance, seed: ordered[0]?.seed ?? plan.seed, ...stopped, runs: ordered, summary: summaryOf(ordered) }
    }
    await output?.writeReport(report())
    const missing = seeds.filter((seed) => !isDone(seed))
    const { maxEvaluations } = protocol
    const bar = openProgressBar({ runs: count, before: count - missing.length, maxEvaluations, surroundings })
    let writing = Promise.resolve()
    await runAll({
      ...plan, maxEvaluations, workers,
      seeds: missing,
      task: plan.reference,
      keep: output !== undefined,
      signal: surroundings.stop,
      progress: bar.update,
      begin: async (seed) => output?.begin(seed) ?? { seed },
      kept: async (seed, rows, checkpoint) => output?.keep(seed, rows, checkpoint),
      async finished(run) {
        if (run.champion !== undefined) await output?.writeChampion(run.seed, run.champion)
        const reported = reportOf(run, output?.championPath(run.seed) ?? null)
        runs.set(run.seed, reported)
        bar.finish(reported)
        writing = writing.then(() => output?.writeReport(report()))
        await writing
      },
    }).finally(bar.close)
    const json = report()
    await output?.writeReport(json)
    return { json, text: describeReport(json) }
  },
}

function protocolOf({ task, algorithm, settings }: Plan, maxEvaluations: number): Protocol {
  const evaluator = findTask(task.id) === task ? evaluatorVersion(task) : null
  return { task: task.id, taskVersion: task.version, evaluator, algorithm, settings, maxEvaluations }
}

/** A folder may get more runs and longer ones; everything else about them must be as it was. */
function assertSame(now: Protocol, earlier: Protocol, folder: string): void {
  const differ = (name: string, before: unknown, wanted: unknown): never => {
    const values = `${name} ${JSON.stringify(before)}, not ${JSON.stringify(wanted)}`
    throw new UsageError(`${folder} holds runs with ${values}; use another --out for these`)
  }
  for (const name of ['task', 'taskVersion', 'evaluator', 'algorithm'] as const) {
    if (now[name] !== earlier[name]) differ(name, earlier[name], now[name])
  }
  for (const name of new Set([...Object.keys(earlier.settings), ...Object.keys(now.settings)])) {
    const [before, after] = [earlier.settings[name], now.settings[name]]
    if (!isDeepStrictEqual(after, before)) differ(`setting ${name}`, before, after)
  }
  if (now.maxEvaluations < earlier.maxEvaluations) differ('--max-evaluations', earlier.maxEvaluations, now.maxEvaluations)
}

/** A folder may have moved since its runs were made. */
function relocated({ champion }: RunReport, file: string | undefined): RunReport['champion'] {
  return champion === null || file === undefined ? champion : { ...champion, file }
}
