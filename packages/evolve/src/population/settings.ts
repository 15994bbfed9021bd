// Every number that steers evolution, with its source. Defaults are those of the original NEAT for double pole with
// velocities (NEAT 1.2.1, `pole2_markov.ne`; Stanley and Miikkulainen 2002) unless a line of `defaultSettings` says
// otherwise.

import { isActivation, type ActivationName } from '../network/activation.ts'
import { isAggregation, type AggregationName } from '../network/aggregation.ts'
import { operators, type OperatorSetting } from './operators.ts'
import { selectionNames, type Selection } from './parents.ts'
import { perturbationNames, type Perturbation } from './perturb.ts'
import { sharingNames, type Sharing } from './sharing.ts'

/** The chance of each structural operator per offspring; at most one applies, otherwise its parameters are perturbed. */
export type OperatorChances = { readonly [Setting in OperatorSetting]: number }

export interface PopulationSettings extends OperatorChances {
  /** Members per generation, 2 to 10,000. */
  readonly size: number
  /** What neurons start with. */
  readonly activation: ActivationName
  /** What `mutate-activation` may choose from. */
  readonly activations: readonly ActivationName[]
  /** What `mutate-aggregation` may choose from. */
  readonly aggregations: readonly AggregationName[]
  /** Whether founders have every sensor linked to every actuator; otherwise each actuator has one. */
  readonly fullyLinked: boolean
  /** Whether founders' actuators read themselves: memory from the start. */
  readonly selfLinked: boolean
  /** Hidden neurons of a founder, 0 to 100: between all sensors and all actuators. */
  readonly founderHidden: number
  /** Whether founders have 1 to `founderHidden` hidden neurons and half of all links that close no cycle, at random. */
  readonly randomFounders: boolean
  /** Standard deviation of founders' weights and biases, and of those drawn anew. */
  readonly initialDeviation: number

  /** How parameters are perturbed. */
  readonly perturbation: Perturbation
  /** Scale of the change of one weight: the largest where changes are uniform. */
  readonly perturbPower: number
  /** Chances of each parameter to be changed and to be drawn anew; not for `stanley`. */
  readonly perturbRate: number
  readonly replaceRate: number
  /** As `perturbPower`, for biases; founders' biases are 0 when this is 0. */
  readonly biasPower: number
  /** Weights and biases are kept within ± this. */
  readonly weightLimit: number
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

  /** Who becomes a parent within a species. */
  readonly selection: Selection
  /** Entrants of a tournament. */
  readonly tournamentSize: number
  /** What the offspring of a species are in proportion to. */
  readonly sharing: Sharing
  /** Share of offspring whose first parent is a champion of the past. */
  readonly hallOfFame: number
  /** Champions of the past that are kept. */
  readonly hallSize: number
  /** Offspring per ask that replace as many of the worst members; 0 for whole generations. */
  readonly replaced: number

  /** Mean links per member above those after the last pruning at which pruning begins; 0 for never. */
  readonly simplifyAbove: number
  /** Tells that pruning lasts at least. */
  readonly simplifyGenerations: number
  /** Chance of `remove-link` while pruning. */
  readonly simplifyRate: number

  /** Weight of novelty against fitness, 0 to 1; above 0 needs a task with behaviours. */
  readonly novelty: number
  /** Nearest neighbours that novelty is the mean distance to. */
  readonly noveltyNeighbours: number
  /** Chance of an evaluated candidate to be remembered. */
  readonly noveltyRate: number
  /** Behaviours that are remembered at most. */
  readonly noveltyArchive: number
}

export const defaultSettings: PopulationSettings = {
  size: 150,
  activation: 'steep-sigmoid',
  activations: ['steep-sigmoid'],
  aggregations: ['sum', 'product', 'max', 'min', 'mean', 'max-abs'],
  fullyLinked: true,
  selfLinked: false,
  founderHidden: 0,
  randomFounders: false,
  initialDeviation: 1,
  // neat-python's way, with a power measured here; the original's mix of changes has longer tails (XOR: mean 4,203, worst
  // 37,821 of 100 runs, against 3,552 and 10,666).
  perturbation: 'normal',
  perturbPower: 2,
  perturbRate: 0.8,
  replaceRate: 0.1,
  // A task has a bias input where its protocol wants one; biases on top of it only blur the search.
  biasPower: 0,
  weightLimit: 32,
  // The original has 0.05. A split here removes its link instead of disabling it, so links must come back more often.
  addLink: 0.2,
  addNeuron: 0.03,
  // Not in the original: keeps complexity from only growing.
  removeLink: 0.01,
  removeNeuron: 0.005,
  // The rest of DXNN's operators and our removals, for those who want them.
  mutateActivation: 0,
  mutateAggregation: 0,
  addBias: 0,
  removeBias: 0,
  addInlink: 0,
  addOutlink: 0,
  addParallelNeuron: 0,
  outsplice: 0,
  insplice: 0,
  addSensorLink: 0,
  addActuatorLink: 0,
  addSensor: 0,
  addActuator: 0,
  removeSensor: 0,
  removeActuator: 0,
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
  selection: 'truncation',
  tournamentSize: 3,
  sharing: 'species',
  hallOfFame: 0,
  hallSize: 20,
  replaced: 0,
  simplifyAbove: 0,
  simplifyGenerations: 10,
  simplifyRate: 0.4,
  novelty: 0,
  // Lehman and Stanley 2011.
  noveltyNeighbours: 15,
  // Six of a generation of 150: Gomes, Mariano and Christensen 2015 found random archives as good as any.
  noveltyRate: 0.04,
  noveltyArchive: 500,
}

type NumberSetting = { [K in keyof PopulationSettings]: PopulationSettings[K] extends number ? K : never }[keyof PopulationSettings]

/** Range of each number, and the order of the columns in a checkpoint: append only. */
export const settingRanges: readonly (readonly [name: NumberSetting, least: number, most: number, whole?: 'whole'])[] = [
  ['size', 2, 10_000, 'whole'],
  ['initialDeviation', 0, 100],
  ['perturbPower', 0, 100],
  ['biasPower', 0, 100],
  ['perturbRate', 0, 1],
  ['replaceRate', 0, 1],
  ['weightLimit', 0, 1_000_000],
  ...operators.map(({ setting }) => [setting, 0, 1] as const),
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
  ['tournamentSize', 1, 1_000, 'whole'],
  ['hallOfFame', 0, 1],
  ['hallSize', 1, 1_000, 'whole'],
  ['replaced', 0, 10_000, 'whole'],
  ['simplifyAbove', 0, 65_536],
  ['simplifyGenerations', 1, 1_000_000, 'whole'],
  ['simplifyRate', 0, 1],
  ['novelty', 0, 1],
  ['noveltyNeighbours', 1, 1_000, 'whole'],
  ['noveltyRate', 0, 1],
  ['noveltyArchive', 0, 10_000, 'whole'],
  ['founderHidden', 0, 100, 'whole'],
]

/** Settings that are true or false, and those with one name of a few: columns of a checkpoint as well, append only. */
export const switches = ['fullyLinked', 'selfLinked', 'randomFounders'] as const
export const choices = [['perturbation', perturbationNames], ['selection', selectionNames], ['sharing', sharingNames]] as const

/** The first fault as a sentence with the value, or undefined. */
export function settingsFault(settings: PopulationSettings): string | undefined {
  for (const [name, least, most, whole] of settingRanges) {
    const value = settings[name]
    if (!(value >= least && value <= most) || Object.is(value, -0) || (whole !== undefined && !Number.isInteger(value))) {
      return `Setting ${name} must be ${whole === undefined ? 'a number' : 'an integer'} from ${least} to ${most}, got ${value}`
    }
  }
  if (settings.replaced > settings.size) return `Setting replaced must be at most the size, ${settings.size}, got ${settings.replaced}`
  for (const name of switches) {
    if (typeof settings[name] !== 'boolean') return `Setting ${name} must be true or false, got ${String(settings[name])}`
  }
  for (const [name, names] of choices) {
    if (!(names as readonly string[]).includes(settings[name])) {
      return `Setting ${name} must be one of ${names.join(', ')}, got ${String(settings[name])}`
    }
  }
  if (!isActivation(settings.activation)) return `Setting activation is unknown: ${String(settings.activation)}`
  if (!isListOf(settings.activations, isActivation)) return 'Setting activations must name 1 to 255 activations'
  if (!isListOf(settings.aggregations, isAggregation)) return 'Setting aggregations must name 1 to 255 aggregations'
  return undefined
}

function isListOf(value: unknown, isOne: (name: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length >= 1 && value.length <= 255 && value.every(isOne)
}

/** @throws RangeError naming the setting */
export function assertSettings(settings: PopulationSettings): void {
  const fault = settingsFault(settings)
  if (fault !== undefined) throw new RangeError(fault)
}
