// The operator that every search has: new parameters for the same structure. Four published ways to draw them.

import { newColumn } from '../genotype/column.ts'
import type { Edit } from '../genotype/edits.ts'
import type { Genotype } from '../genotype/genotype.ts'
import type { Random } from '../random.ts'
import { freshParameter, parameter } from './operator.ts'
import type { PopulationSettings } from './settings.ts'

export const perturbationNames = ['stanley', 'uniform', 'normal', 'cauchy'] as const

/**
 * - `stanley`: uniform in ± the power. Half of the time all parameters are changed; otherwise 70 % are and 20 % are
 *   replaced (NEAT 1.2.1, `mutate_link_weights`).
 * - `uniform`, `normal`, `cauchy`: each parameter with the chance `perturbRate` by such a number times the power, or with
 *   the chance `replaceRate` drawn anew. `normal` is neat-python's way, `cauchy` that of CoSyNE (Gomez et al. 2008).
 */
export type Perturbation = (typeof perturbationNames)[number]

export type PerturbSettings = Pick<
  PopulationSettings,
  'perturbation' | 'perturbPower' | 'perturbRate' | 'replaceRate' | 'biasPower' | 'weightLimit' | 'initialDeviation'
>

/** Weights, and biases if `biasPower` is not 0. Always applies. */
export function perturbParameters({ links, neurons }: Genotype, settings: PerturbSettings, random: Random): readonly Edit[] {
  const changed = settings.perturbation === 'stanley' ? stanleyChange(settings, random) : plainChange(settings, random)
  const weights = newColumn(links.weights.length)
  for (let i = 0; i < weights.length; i++) weights[i] = changed(links.weights[i]!, settings.perturbPower)
  const edit: Edit = { kind: 'set-weights', weights }
  if (settings.biasPower === 0) return [edit]
  const biases = newColumn(neurons.length)
  for (let i = 0; i < biases.length; i++) biases[i] = changed(neurons[i]!.bias, settings.biasPower)
  return [edit, { kind: 'set-biases', biases }]
}

type Change = (value: number, power: number) => number

function stanleyChange(settings: PerturbSettings, random: Random): Change {
  const severe = random.uniform() < 0.5
  return (value, power) => {
    const choice = severe ? random.uniform() : 1
    const amount = power * (2 * random.uniform() - 1)
    if (choice > 0.3) return parameter(value + amount, settings)
    return choice > 0.1 ? parameter(amount, settings) : value
  }
}

function plainChange(settings: PerturbSettings, random: Random): Change {
  const { perturbation, perturbRate, replaceRate } = settings
  const changeRate = replaceRate + perturbRate
  return (value, power) => {
    const choice = random.uniform()
    if (choice < replaceRate) return freshParameter(settings, random)
    if (choice >= changeRate) return value
    const drawn = perturbation === 'normal' ? random.normal() : perturbation === 'cauchy' ? cauchy(random) : 2 * random.uniform() - 1
    return parameter(value + power * drawn, settings)
  }
}

/** Location 0, scale 1: the ratio of two normal numbers. */
function cauchy(random: Random): number {
  for (;;) {
    const divisor = random.normal()
    if (divisor !== 0) return random.normal() / divisor
  }
}
