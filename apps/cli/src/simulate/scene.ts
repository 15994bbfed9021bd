// The options of `megabrain simulate` as a scene of the archipelago, each checked with its name in the fault.

import { costOf, decodeGenotype, evaluate, FINGERPRINT_ACTIVATIONS, fingerprintOf } from '@megabrain/evolve'
import type { Task } from '@megabrain/evolve'
import { DEFAULT_REALM_LIMITS, defaultModel, modelKinds } from '@megabrain/exchange/archipelago'
import type { ArchipelagoOptions, ChosenModel, IslandFaults, Measure } from '@megabrain/exchange/archipelago'
import { evaluatorVersion, findTask, tasks } from '@megabrain/tasks'
import { readCount, readNumber, readOptions, required, UsageError } from '../usage.ts'

const text = { type: 'string' } as const

const options = {
  islands: text,
  minutes: text,
  seed: { ...text, default: '1' },
  model: { ...text, default: '1' },
  task: { ...text, default: 'function-regression' },
  loss: text,
  duplication: text,
  reordering: text,
  latency: text,
  partition: text,
  liars: text,
  sybils: text,
  crashes: text,
  wipes: text,
  skew: text,
  churn: text,
  mutants: text,
  watch: { type: 'boolean', default: false },
} as const

export const simulateUsage = 'simulate --islands N --minutes M [--seed S] [--model 1..4] [--task ID] [--loss P] [--duplication P] '
  + '[--reordering P] [--latency MS|LEAST-MOST] [--partition FROM-TO] [--liars P] [--sybils R] [--crashes PER-HOUR] [--wipes P] '
  + '[--skew MS] [--churn P] [--mutants PER-SECOND] [--watch]'

export interface Scene {
  readonly archipelago: ArchipelagoOptions
  readonly watch: boolean
}

const MAX_ISLANDS = 1_000_000
const MAX_MINUTES = 100_000
/** Sybils per honest island; each costs memory like an island. */
const MAX_SYBILS = 100

/** @throws UsageError naming the option and what is wrong with it */
export function readScene(args: readonly string[]): Scene {
  const { values } = readOptions(args, options)
  const islands = readCount(required(values.islands, '--islands'), '--islands')
  if (islands > MAX_ISLANDS) throw new UsageError(`--islands must be at most ${MAX_ISLANDS}, got ${islands}`)
  const minutes = readNumber(required(values.minutes, '--minutes'), '--minutes', 0, MAX_MINUTES)
  if (minutes === 0) throw new UsageError('--minutes must be more than 0, got "0"')
  const seed = readCount(values.seed, '--seed', 0)
  const model = readModel(values.model)
  const task = findTask(values.task)
  if (task === undefined) throw new UsageError(`unknown task ${values.task}; there are ${Object.keys(tasks).join(', ')}`)
  const share = (name: 'loss' | 'duplication' | 'reordering' | 'liars'): Record<string, number> =>
    values[name] === undefined ? {} : { [name]: readNumber(values[name], `--${name}`, 0, 1) }
  const faults = readFaults(values)
  return {
    watch: values.watch,
    archipelago: {
      islands, minutes, seed, task, evaluator: evaluatorVersion(task), evaluate: measureOn(task),
      ...share('loss'), ...share('duplication'), ...share('reordering'), ...share('liars'),
      ...(values.sybils === undefined ? {} : { sybils: readNumber(values.sybils, '--sybils', 0, MAX_SYBILS) }),
      ...(values.latency === undefined ? {} : { latencyMs: readLatency(values.latency) }),
      ...(values.partition === undefined ? {} : { partition: readPartition(values.partition, minutes) }),
      ...(values.mutants === undefined ? {} : { mutantsPerSecond: readNumber(values.mutants, '--mutants', 0, 1_000) }),
      ...(faults === undefined ? {} : { faults }),
      ...(model === undefined ? {} : { model }),
    },
  }
}

/** Measures like an island's compute worker: nothing runs whose interface is another or that costs more than the realm allows. */
export function measureOn(task: Task): Measure {
  return (_, body) => {
    const decoded = decodeGenotype(body)
    if (!decoded.ok) return { ok: false, reason: 'malformed' }
    const genotype = decoded.value
    if (genotype.inputs !== task.inputs || genotype.outputs !== task.outputs) return { ok: false, reason: 'wrong-interface' }
    const cost = costOf(genotype) * (task.maxActivations + FINGERPRINT_ACTIVATIONS)
    if (cost > DEFAULT_REALM_LIMITS.maxCost) return { ok: false, reason: 'too-expensive' }
    const { fitness } = evaluate(task, genotype)
    return { ok: true, fitness, fingerprint: fingerprintOf(genotype), links: genotype.links.sources.length }
  }
}

/** Undefined for Model 1. */
function readModel(value: string): ChosenModel | undefined {
  const kind = modelKinds[readCount(value, '--model') - 1]
  if (kind === undefined) throw new UsageError(`--model must be 1, 2, 3 or 4, got "${value}"`)
  if (kind === 'swarm') throw new UsageError('--model 3 (swarm) comes later; there is model 1, distributed evolution, and model 2, federated populations')
  if (kind === 'sharded') throw new UsageError('--model 4 has options of its own: see simulate --model 4')
  return defaultModel(kind)
}

type Values = Readonly<Partial<Record<'crashes' | 'wipes' | 'skew' | 'churn', string>>>

function readFaults({ crashes, wipes, skew, churn }: Values): IslandFaults | undefined {
  if (crashes === undefined && wipes === undefined && skew === undefined && churn === undefined) return undefined
  return {
    ...(crashes === undefined ? {} : { crashes: readNumber(crashes, '--crashes', 0, 3_600) }),
    ...(wipes === undefined ? {} : { wipes: readNumber(wipes, '--wipes', 0, 1) }),
    ...(skew === undefined ? {} : { skewMs: readNumber(skew, '--skew', 0, 1e12) }),
    ...(churn === undefined ? {} : { churn: readNumber(churn, '--churn', 0, 1) }),
  }
}

/** `25` or `5-25`. */
function readLatency(value: string): readonly [number, number] {
  const parts = value.split('-')
  const ends = [parts[0] ?? '', parts[1] ?? parts[0] ?? '']
  const [least, most] = ends.map((part) => readNumber(part, '--latency', 0, 60_000)) as [number, number]
  if (parts.length > 2 || least > most) throw new UsageError(`--latency must be MS or LEAST-MOST, got ${JSON.stringify(value)}`)
  return [least, most]
}

function readPartition(value: string, minutes: number): readonly [number, number] {
  const parts = /^([\d.]+)-([\d.]+)$/.exec(value)
  const [from, to] = [Number(parts?.[1]), Number(parts?.[2])]
  if (!(from >= 0 && from < to && to <= minutes)) {
    throw new UsageError(`--partition must be FROM-TO in minutes within 0 to ${minutes}, got ${JSON.stringify(value)}`)
  }
  return [from, to]
}
