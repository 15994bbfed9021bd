// Every number that steers evolution, with its source. Defaults are those of the original NEAT for double pole with
// velocities (NEAT 1.2.1, `pole2_markov.ne`; Stanley and Miikkulainen 2002) unless a line of `defaultSettings` says
// otherwise.

import { isActivation, type ActivationName } from '../network/activation.ts'

export interface PopulationSettings {
  /** Members per generation, 2 to 10,000. */
  readonly size: number
  /** What neurons start with. */
  readonly activation: ActivationName
  /** What `mutate-activation` may choose from. */
  readonly activations: readonly ActivationName[]
  /** Whether founders have every sensor linked to every actuator; otherwise each actuator has one. */
  readonly fullyLinked: boolean
  /** Standard deviation of founders' weights and biases. */
  readonly initialDeviation: number

  /** Largest change of one weight; changes are uniform in ± this. */
  readonly perturbPower: number
  /** Largest change of one bias, as `perturbPower`; founders' biases are 0 when this is 0. */
  readonly biasPower: number
  /** Weights and biases are kept within ± this. */
  readonly weightLimit: number
  /** Chances of the structural operators, at most one per offspring; otherwise its weights are mutated. */
  readonly addLink: number
  readonly addNeuron: number
  readonly removeLink: number
  readonly removeNeuron: number
  readonly mutateActivation: number
  /** Chance that a new link may close a cycle. */
  readonly recurrent: number

  /** Share of offspring that have one parent. */
  readonly mutateOnly: number
  /** Share of offspring of two parents that are not mutated. */
  readonly crossOnly: number
  /** Share of crossovers that average common weights instead of choosing. */
  readonly crossAverage: number
  /** Share of crossovers with a parent of another species. */
  readonly interspecies: number

  /** Distance per link that only one of two genotypes has. */
  readonly disjointCoefficient: number
  /** Distance per mean difference of common weights and biases. */
  readonly weightCoefficient: number
  /** Distance within which two genotypes are of one species, at the start. */
  readonly threshold: number
  /** The threshold moves towards this many species. */
  readonly targetSpecies: number
  /** Change of the threshold per generation; also its least value. */
  readonly thresholdStep: number
  /** Share of a species that may breed. */
  readonly survival: number
  /** Generations without improvement after which a species gets almost no offspring. */
  readonly dropOff: number
  /** A species with more offspring than this keeps its champion unchanged. */
  readonly elitismAbove: number
}

export const defaultSettings: PopulationSettings = {
  size: 150,
  activation: 'steep-sigmoid',
  activations: ['steep-sigmoid'],
  fullyLinked: true,
  initialDeviation: 1,
  perturbPower: 2.5,
  // A task has a bias input where its protocol wants one; biases on top of it only blur the search.
  biasPower: 0,
  weightLimit: 32,
  // The original has 0.05. A split here removes its link instead of disabling it, so links must come back more often.
  // Measured with these defaults: XOR 100/100, mean 4,729 evaluations; double pole 40/40, mean 3,215.
  addLink: 0.2,
  addNeuron: 0.03,
  // Not in the original: keeps complexity from only growing.
  removeLink: 0.01,
  removeNeuron: 0.005,
  mutateActivation: 0,
  // Opt in: without cycles an ordered network is a plain function.
  recurrent: 0,
  mutateOnly: 0.25,
  crossOnly: 0.2,
  crossAverage: 0.4,
  interspecies: 0.001,
  disjointCoefficient: 1,
  weightCoefficient: 0.4,
  threshold: 3,
  // Dynamic threshold as in Stanley's later releases; the 1.2.1 file keeps it fixed.
  targetSpecies: 10,
  thresholdStep: 0.3,
  survival: 0.2,
  dropOff: 15,
  elitismAbove: 5,
}

type NumberSetting = { [K in keyof PopulationSettings]: PopulationSettings[K] extends number ? K : never }[keyof PopulationSettings]

/** Range of each number, and the order of the columns in a checkpoint: append only. */
export const settingRanges: readonly (readonly [name: NumberSetting, least: number, most: number, whole?: 'whole'])[] = [
  ['size', 2, 10_000, 'whole'],
  ['initialDeviation', 0, 100],
  ['perturbPower', 0, 100],
  ['biasPower', 0, 100],
  ['weightLimit', 0, 1_000_000],
  ['addLink', 0, 1],
  ['addNeuron', 0, 1],
  ['removeLink', 0, 1],
  ['removeNeuron', 0, 1],
  ['mutateActivation', 0, 1],
  ['recurrent', 0, 1],
  ['mutateOnly', 0, 1],
  ['crossOnly', 0, 1],
  ['crossAverage', 0, 1],
  ['interspecies', 0, 1],
  ['disjointCoefficient', 0, 1_000],
  ['weightCoefficient', 0, 1_000],
  ['threshold', 0, 1_000_000],
  ['targetSpecies', 1, 10_000, 'whole'],
  ['thresholdStep', 0, 1_000],
  ['survival', 0, 1],
  ['dropOff', 1, 1_000_000, 'whole'],
  ['elitismAbove', 0, 10_000, 'whole'],
]

/** The first fault as a sentence with the value, or undefined. */
export function settingsFault(settings: PopulationSettings): string | undefined {
  for (const [name, least, most, whole] of settingRanges) {
    const value = settings[name]
    if (!(value >= least && value <= most) || Object.is(value, -0) || (whole !== undefined && !Number.isInteger(value))) {
      return `Setting ${name} must be ${whole === undefined ? 'a number' : 'an integer'} from ${least} to ${most}, got ${value}`
    }
  }
  if (typeof settings.fullyLinked !== 'boolean') return `Setting fullyLinked must be true or false, got ${settings.fullyLinked}`
  if (!isActivation(settings.activation)) return `Setting activation is unknown: ${String(settings.activation)}`
  const { activations } = settings
  if (activations.length < 1 || activations.length > 255 || !activations.every(isActivation)) {
    return 'Setting activations must name 1 to 255 activations'
  }
  return undefined
}

/** @throws RangeError naming the setting */
export function assertSettings(settings: PopulationSettings): void {
  const fault = settingsFault(settings)
  if (fault !== undefined) throw new RangeError(fault)
}
