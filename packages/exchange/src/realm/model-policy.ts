// Which of the four distribution models a realm's islands run, and its parameters: a part of the realm's policy with an
// encoding of its own, so that a policy without one keeps the bytes that earlier releases read.

import { encodeFields, parseFields, putNumber } from '../wire/fields.ts'
import { MAX_FITNESS } from '../limits.ts'

/** How the survivors of a round are chosen from all that were reported; each is applied within a species. */
export const globalSelections = ['competition', 'truncation', 'tournament'] as const
export type GlobalSelection = (typeof globalSelections)[number]

/** Model 2: a coordinator selects over all islands of a shard. Shares are in thousandths. */
export interface FederatedPolicy {
  readonly kind: 'federated'
  /** Share of the shard's members whose reports end a round, 1 to 1,000. */
  readonly quorum: number
  /** Least time from one round to the next, ms, 1,000 to 3,600,000. */
  readonly roundMs: number
  /** A round ends this long after it began, whoever has reported, ms, `roundMs` to 3,600,000. */
  readonly deadlineMs: number
  /** Without a word from the coordinator for this long another one takes its place, ms, 2,000 to 600,000. */
  readonly leaseMs: number
  /** Share of each species that survives a round, 1 to 1,000. */
  readonly survival: number
  readonly selection: GlobalSelection
  /** Agents that one island reports of each task, 1 to 64. */
  readonly agents: number
  /** A shard with more members than this splits, 2 to 1,024. */
  readonly maxShardMembers: number
}

/** Model 3: genotypes move to where they are of use. */
export interface SwarmPolicy {
  readonly kind: 'swarm'
  /** Most of an island's agents that migrate in one generation, thousandths, 1 to 1,000. */
  readonly migration: number
  /** From one advert of an island to the next, ms, 1,000 to 3,600,000. */
  readonly advertMs: number
  /** Least fitness of what is advertised, 0 to 1,000,000. */
  readonly threshold: number
}

/** Model 4: one large network over several islands, offline. */
export interface ShardedPolicy {
  readonly kind: 'sharded'
}

/** Every model but the first, which a realm has that names none. */
export type ChosenModel = FederatedPolicy | SwarmPolicy | ShardedPolicy
export type ModelPolicy = { readonly kind: 'distributed' } | ChosenModel
export type ModelKind = ModelPolicy['kind']

/** Model 1 to Model 4. */
export const modelKinds: readonly ModelKind[] = ['distributed', 'federated', 'swarm', 'sharded']

export const DEFAULT_FEDERATED: FederatedPolicy = {
  kind: 'federated', quorum: 600, roundMs: 10_000, deadlineMs: 15_000, leaseMs: 3_000, survival: 200, selection: 'competition', agents: 20,
  maxShardMembers: 256,
}
export const DEFAULT_SWARM: SwarmPolicy = { kind: 'swarm', migration: 100, advertMs: 60_000, threshold: 300_000 }

/** The model of this kind with the parameters that it has unless somebody says otherwise; undefined for Model 1. */
export function defaultModel(kind: ModelKind): ChosenModel | undefined {
  switch (kind) {
    case 'distributed':
      return undefined
    case 'federated':
      return DEFAULT_FEDERATED
    case 'swarm':
      return DEFAULT_SWARM
    case 'sharded':
      return { kind: 'sharded' }
  }
}

const HOUR_MS = 3_600_000

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= least && value <= most
}

/** The first parameter out of its bounds, in words. */
export function faultOfModel(model: ChosenModel): string | undefined {
  switch (model.kind) {
    case 'federated': {
      const { quorum, roundMs, deadlineMs, leaseMs, survival, selection, agents, maxShardMembers } = model
      if (!isWithin(quorum, 1, 1_000) || !isWithin(survival, 1, 1_000)) return 'quorum and survival are 1 to 1,000 thousandths'
      if (!isWithin(roundMs, 1_000, HOUR_MS) || !isWithin(deadlineMs, roundMs, HOUR_MS)) return 'a round takes 1,000 ms to an hour, and its deadline is no earlier'
      if (!isWithin(leaseMs, 2_000, 600_000)) return `a lease is 2,000 to 600,000 ms, got ${leaseMs}`
      if (!globalSelections.includes(selection)) return `a selection is one of ${globalSelections.join(', ')}`
      if (!isWithin(agents, 1, 64)) return `an island reports 1 to 64 agents, got ${agents}`
      return isWithin(maxShardMembers, 2, 1_024) ? undefined : `a shard has 2 to 1,024 members, got ${maxShardMembers}`
    }
    case 'swarm': {
      const { migration, advertMs, threshold } = model
      if (!isWithin(migration, 1, 1_000)) return `a migration is 1 to 1,000 thousandths, got ${migration}`
      if (!isWithin(advertMs, 1_000, HOUR_MS)) return `adverts are 1,000 ms to an hour apart, got ${advertMs}`
      return isWithin(threshold, 0, MAX_FITNESS) ? undefined : `a threshold is a fitness, got ${threshold}`
    }
    case 'sharded':
      return undefined
  }
}

const MAX_FIELDS = 16

/** @param model within its bounds */
export function encodeModel(model: ChosenModel): Uint8Array {
  return encodeFields((to) => {
    putNumber(to, 1, modelKinds.indexOf(model.kind))
    numbersOf(model).forEach((value, i) => putNumber(to, 2 + i, value))
  })
}

function numbersOf(model: ChosenModel): readonly number[] {
  switch (model.kind) {
    case 'federated':
      return [
        model.quorum, model.roundMs, model.deadlineMs, model.leaseMs, model.survival, globalSelections.indexOf(model.selection), model.agents,
        model.maxShardMembers,
      ]
    case 'swarm':
      return [model.migration, model.advertMs, model.threshold]
    case 'sharded':
      return []
  }
}

/** Bounds are `faultOfModel`'s business, and that these are the only bytes for it the caller's. */
export function decodeModel(bytes: Uint8Array): ChosenModel | undefined {
  const fields = parseFields(bytes, MAX_FIELDS)
  const kind = modelKinds[fields?.number(1) ?? 0]
  const number = (field: number): number => fields?.number(field) ?? -1
  switch (kind) {
    case 'federated': {
      const selection = globalSelections[number(7)]
      if (selection === undefined) return undefined
      return {
        kind, quorum: number(2), roundMs: number(3), deadlineMs: number(4), leaseMs: number(5), survival: number(6), selection, agents: number(8),
        maxShardMembers: number(9),
      }
    }
    case 'swarm':
      return { kind, migration: number(2), advertMs: number(3), threshold: number(4) }
    case 'sharded':
      return { kind }
    default:
      return undefined
  }
}
