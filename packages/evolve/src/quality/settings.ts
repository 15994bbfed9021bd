// What steers MAP-Elites: the founders, operators and perturbations of `population`, and the grid.

import { defaultSettings, settingsFault, type OperatorChances, type PopulationSettings } from '../population/settings.ts'

export type VariationSettings = OperatorChances & Pick<
  PopulationSettings,
  | 'activation' | 'activations' | 'aggregations' | 'fullyLinked' | 'selfLinked' | 'founderHidden' | 'randomFounders'
  | 'initialDeviation' | 'perturbation' | 'perturbPower'
  | 'perturbRate' | 'replaceRate' | 'biasPower' | 'weightLimit' | 'recurrent'
>

export interface MapElitesSettings extends VariationSettings {
  /** Founders, and offspring per ask, 2 to 10,000. */
  readonly size: number
  /** Cells along each dimension of the grid, 2 to 1,000. */
  readonly bins: number
}

const variationNames = [
  'activation', 'activations', 'aggregations', 'fullyLinked', 'selfLinked', 'founderHidden', 'randomFounders',
  'initialDeviation', 'perturbation', 'perturbPower',
  'perturbRate', 'replaceRate', 'biasPower', 'weightLimit', 'recurrent', 'addNeuron', 'addLink', 'removeLink', 'removeNeuron',
  'mutateActivation', 'mutateAggregation', 'addBias', 'removeBias', 'addInlink', 'addOutlink', 'addParallelNeuron', 'outsplice',
  'insplice', 'addSensorLink', 'addActuatorLink', 'addSensor', 'addActuator', 'removeSensor', 'removeActuator',
] as const satisfies readonly (keyof VariationSettings)[]

/** Grids have at most this many cells. */
export const MAX_CELLS = 100_000

export const defaultMapElitesSettings: MapElitesSettings = {
  ...variationOf(defaultSettings),
  size: 150,
  bins: 10,
}

/** The first fault as a sentence with the value, or undefined. */
export function mapElitesSettingsFault(settings: MapElitesSettings): string | undefined {
  const { bins } = settings
  if (!(Number.isInteger(bins) && bins >= 2 && bins <= 1_000)) return `Setting bins must be an integer from 2 to 1000, got ${String(bins)}`
  return settingsFault(asPopulationSettings(settings))
}

/** The same variation, as the settings of a population, which founders and `mutate` take. */
export function asPopulationSettings(settings: MapElitesSettings): PopulationSettings {
  return { ...defaultSettings, ...variationOf(settings), size: settings.size }
}

/** What `asPopulationSettings` was made from. */
export function fromPopulationSettings(settings: PopulationSettings, bins: number): MapElitesSettings {
  return { ...variationOf(settings), size: settings.size, bins }
}

function variationOf(settings: VariationSettings): VariationSettings {
  return Object.fromEntries(variationNames.map((name) => [name, settings[name]])) as unknown as VariationSettings
}
