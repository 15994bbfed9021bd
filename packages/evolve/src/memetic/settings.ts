// Every number that steers the memetic algorithm, with its source. Defaults are those of DXNN2 (`records.hrl`, the
// constraint record; Sher, Handbook of Neuroevolution Through Erlang, 2013) unless a line says otherwise.

import { isActivation, type ActivationName } from '../network/activation.ts'
import { aggregationNames, isAggregation, type AggregationName } from '../network/aggregation.ts'
import { operators } from '../population/operators.ts'
import type { OperatorChances } from '../population/settings.ts'
import { defaultTunerSettings, rangeFault, tunerChoices, tunerRanges } from '../tuner/settings.ts'
import type { SettingChoice, SettingRange, TunerSettings } from '../tuner/settings.ts'

export const founderLinks = ['layered', 'layered-shortcut', 'elman', 'elman-shortcut', 'recurrent'] as const
export const mutationCounts = ['ncount-exponential', 'ncount-linear'] as const
export const selections = ['competition', 'tournament', 'hall-of-fame'] as const
export const replacements = ['generational', 'steady-state'] as const
export const hallDescriptors = ['neurons', 'links', 'structure'] as const

/** Operator settings are how often each is drawn, relative to the others; 0 for never. */
export interface MemeticSettings extends TunerSettings, OperatorChances {
  /** Agents, 1 to 10,000. */
  readonly size: number
  /** What hidden neurons start with, founders' and new ones. */
  readonly activation: ActivationName
  /** What actuators have. */
  readonly actuatorActivation: ActivationName
  /** What `mutate-activation` may choose from. */
  readonly activations: readonly ActivationName[]
  /** What `mutate-aggregation` may choose from. */
  readonly aggregations: readonly AggregationName[]
  /** Hidden neurons of a founder; without any its sensors link to its actuators. */
  readonly founderHidden: number
  /**
   * How founders with hidden neurons are linked. `layered`: sensors to hidden to actuators; `elman`: every hidden neuron
   * to every hidden neuron as well (Elman 1990); with `shortcut` also sensors to actuators. `recurrent`: everything to
   * every neuron (as Igel 2003).
   */
  readonly founderLinks: (typeof founderLinks)[number]
  /** How many sensors, from the first, founders link. Less than all leaves out a task's constant bias, which is last. */
  readonly founderSensors: number
  /** Standard deviation of founders' weights and of the weights of new links. */
  readonly initialDeviation: number

  /** Topological mutations of an offspring: uniform from 1 to N^p neurons, or N · p. */
  readonly mutationCount: (typeof mutationCounts)[number]
  /** The p of `mutationCount`. */
  readonly mutationParameter: number
  /** Chance that a new link may close a cycle. */
  readonly recurrent: number

  readonly replacement: (typeof replacements)[number]
  readonly selection: (typeof selections)[number]
  /** Share of the agents that stay and may breed. */
  readonly survival: number
  /** Agents compete with fitness / neurons^this. */
  readonly sizeExponent: number
  /** Chance of a place for a child to go to a new founder instead (random immigrants, Grefenstette 1992). */
  readonly newcomers: number
  /** Agents that a tournament compares. */
  readonly tournamentSize: number
  /** Agents that the hall of fame keeps. */
  readonly hallSize: number
  /** Of how large a structure the hall of fame keeps one fittest agent each. */
  readonly hallDescriptor: (typeof hallDescriptors)[number]
}

const never = Object.fromEntries(operators.map(({ setting }) => [setting, 0])) as OperatorChances

export const defaultMemeticSettings: MemeticSettings = {
  ...defaultTunerSettings,
  ...never,
  size: 10,
  activation: 'tanh',
  // The tasks read an actuator as 0 to 1.
  actuatorActivation: 'steep-sigmoid',
  activations: ['tanh', 'cosine', 'gaussian'],
  aggregations: aggregationNames,
  founderHidden: 0,
  founderLinks: 'layered',
  founderSensors: 4_096,
  initialDeviation: 0.5,
  mutationCount: 'ncount-exponential',
  mutationParameter: 0.5,
  addLink: 80,
  addNeuron: 80,
  // Not in DXNN2, where complexity only grows.
  removeLink: 10,
  removeNeuron: 5,
  recurrent: 0.5,
  replacement: 'generational',
  selection: 'competition',
  survival: 0.5,
  sizeExponent: 0.05,
  newcomers: 0,
  tournamentSize: 3,
  hallSize: 20,
  hallDescriptor: 'neurons',
}

/** Range of each number, and the order of the columns in a checkpoint: append only. */
export const memeticRanges: readonly SettingRange<MemeticSettings>[] = [
  ...tunerRanges,
  ['size', 1, 10_000, 'whole'],
  ['founderHidden', 0, 256, 'whole'],
  ['founderSensors', 1, 4_096, 'whole'],
  ['initialDeviation', 0, 100],
  ['mutationParameter', 0, 10],
  ['addLink', 0, 1_000],
  ['addNeuron', 0, 1_000],
  ['removeLink', 0, 1_000],
  ['removeNeuron', 0, 1_000],
  ['mutateActivation', 0, 1_000],
  ['recurrent', 0, 1],
  ['survival', 0, 1],
  ['sizeExponent', 0, 10],
  ['newcomers', 0, 1],
  ['tournamentSize', 1, 10_000, 'whole'],
  ['hallSize', 1, 10_000, 'whole'],
  ...operators.slice(5).map(({ setting }) => [setting, 0, 1_000] as const),
]

/** What each setting that is no number may be; append only. */
export const memeticChoices: readonly SettingChoice<MemeticSettings>[] = [
  ...tunerChoices,
  ['founderLinks', founderLinks],
  ['mutationCount', mutationCounts],
  ['replacement', replacements],
  ['selection', selections],
  ['hallDescriptor', hallDescriptors],
]

/** The first fault as a sentence with the value, or undefined. */
export function memeticSettingsFault(settings: MemeticSettings): string | undefined {
  const fault = rangeFault(settings, memeticRanges, memeticChoices)
  if (fault !== undefined) return fault
  for (const name of ['activation', 'actuatorActivation'] as const) {
    if (!isActivation(settings[name])) return `Setting ${name} is unknown: ${String(settings[name])}`
  }
  const { activations } = settings
  if (!Array.isArray(activations) || activations.length < 1 || activations.length > 255 || !activations.every(isActivation)) {
    return 'Setting activations must name 1 to 255 activations'
  }
  const { aggregations } = settings
  if (!Array.isArray(aggregations) || aggregations.length < 1 || aggregations.length > 255 || !aggregations.every(isAggregation)) {
    return 'Setting aggregations must name 1 to 255 aggregations'
  }
  return undefined
}

/** @throws RangeError naming the setting */
export function assertMemeticSettings(settings: MemeticSettings): void {
  const fault = memeticSettingsFault(settings)
  if (fault !== undefined) throw new RangeError(fault)
}
