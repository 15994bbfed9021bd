// Every number that steers a tuner, with its source. A part of the memetic settings, separate because tuners also work
// without any population around them.

import { MAX_LINKS } from '../genotype/genotype.ts'

export const tunerNames = ['hill-climb', 'cma-es', 'sep-cma-es'] as const
export type TunerName = (typeof tunerNames)[number]

export const tuningSelections = [
  'dynamic', 'dynamic-random', 'active', 'active-random', 'current', 'current-random', 'all', 'all-random',
] as const
export type TuningSelection = (typeof tuningSelections)[number]

export const tuningDurations = ['const', 'wsize-proportional', 'nsize-proportional'] as const
export type TuningDuration = (typeof tuningDurations)[number]

export interface TunerSettings {
  readonly tuner: TunerName
  /** Evaluations that one genotype gets at most before it competes. */
  readonly tuningEvaluations: number
  /** Weights and biases are kept within ± this. */
  readonly weightLimit: number
  /** Whether biases are tuned too. */
  readonly biases: boolean

  /** Hill climbing: which neurons an attempt perturbs. */
  readonly tuningSelection: TuningSelection
  /** Hill climbing: after how many failures in a row it stops. */
  readonly tuningDuration: TuningDuration
  /** Hill climbing: the number of failures for `const`, else the exponent of the size. */
  readonly durationParameter: number
  /** Hill climbing: spread of a change in units of π, before annealing. */
  readonly perturbationRange: number
  /** Hill climbing: each generation of a neuron's age multiplies the spread by this. */
  readonly annealing: number
  /** Hill climbing: share of the last successful change that is repeated. */
  readonly momentum: number

  /** Evolution strategies: step size at the start. */
  readonly sigma: number
  /** Evolution strategies: the step size never falls below this. */
  readonly sigmaFloor: number
  /** Evolution strategies: variants per generation; 0 for 4 + ⌊3 ln n⌋ with n parameters. */
  readonly lambda: number
  /** Evolution strategies: generations without a better variant after which it stops; 0 for 10 + ⌈30 n / λ⌉. */
  readonly patience: number
  /** Evolution strategies: restarts from the best variant, each with twice the variants, before it is done. */
  readonly restarts: number
  /** `cma-es` only: learn from bad variants too (negative weights). */
  readonly activeCovariance: boolean
}

export const defaultTunerSettings: TunerSettings = {
  tuner: 'hill-climb',
  tuningEvaluations: 1_000,
  // 2π, as DXNN2 saturates.
  weightLimit: 6.283185307179586,
  biases: false,
  // DXNN2 `records.hrl`, constraint; Sher 2013.
  tuningSelection: 'dynamic-random',
  tuningDuration: 'wsize-proportional',
  durationParameter: 0.5,
  perturbationRange: 1,
  annealing: 0.5,
  momentum: 0.5,
  // Hansen 2016: about a third of the region where the optimum is expected.
  sigma: 1,
  sigmaFloor: 0,
  lambda: 0,
  patience: 0,
  restarts: 0,
  activeCovariance: true,
}

/** Range of each number, and the order of the columns in a checkpoint: append only. */
export const tunerRanges: readonly SettingRange<TunerSettings>[] = [
  ['tuningEvaluations', 1, 1_000_000_000, 'whole'],
  ['weightLimit', 0, 1_000_000],
  ['durationParameter', 0, 1_000_000],
  ['perturbationRange', 0, 1_000],
  ['annealing', 0, 1],
  ['momentum', 0, 1],
  ['sigma', 0.000_001, 1_000],
  ['sigmaFloor', 0, 1_000],
  ['lambda', 0, 10_000, 'whole'],
  ['patience', 0, 1_000_000, 'whole'],
  ['restarts', 0, 8, 'whole'],
]

/** What each setting that is no number may be. The order is that of the codes in a checkpoint: append only. */
export const tunerChoices: readonly SettingChoice<TunerSettings>[] = [
  ['tuner', tunerNames],
  ['biases', [false, true]],
  ['tuningSelection', tuningSelections],
  ['tuningDuration', tuningDurations],
  ['activeCovariance', [false, true]],
]

type NumberSetting<S> = { [K in keyof S]: S[K] extends number ? K : never }[keyof S] & string

export type SettingRange<S> = readonly [name: NumberSetting<S>, least: number, most: number, whole?: 'whole']
export type SettingChoice<S> = readonly [name: keyof S & string, values: readonly (string | boolean)[]]

/** The first setting out of its range or its list as a sentence with the value, or undefined. */
export function rangeFault<S>(settings: S, ranges: readonly SettingRange<S>[], choices: readonly SettingChoice<S>[]): string | undefined {
  for (const [name, least, most, whole] of ranges) {
    const value: unknown = settings[name]
    const fits = typeof value === 'number' && value >= least && value <= most && !Object.is(value, -0)
    if (!fits || (whole !== undefined && !Number.isInteger(value))) {
      return `Setting ${name} must be ${whole === undefined ? 'a number' : 'an integer'} from ${least} to ${most}, got ${String(value)}`
    }
  }
  for (const [name, values] of choices) {
    const value: unknown = settings[name]
    if (!values.includes(value as string | boolean)) return `Setting ${name} must be one of ${values.join(', ')}, got ${String(value)}`
  }
  return undefined
}

/** `cma-es` keeps three matrices of this many rows at most; `sep-cma-es` and hill climbing have no limit but the genotype's. */
export const MAX_COVARIANCE = 256
/** Links and biases together, in the largest genotype. */
export const MAX_PARAMETERS = MAX_LINKS + 4_096
