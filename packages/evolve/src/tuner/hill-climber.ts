// Stochastic hill climbing with annealed perturbation, the tuner of DXNN: change some weights of some neurons, keep what
// is better, go back when it is not, stop after a run of failures.
// Sher, Handbook of Neuroevolution Through Erlang, Springer 2013; DXNN2 `exoself.erl`, `neuron.erl`,
// https://github.com/CorticalComputer/DXNN2

import type { Genotype } from '../genotype/genotype.ts'
import type { Random } from '../random.ts'
import { parametersOf, withParameters } from './parameters.ts'
import type { TunerSettings } from './settings.ts'
import type { Tuned, Tuner, TuningStart } from './tuner.ts'
import { attemptsAllowed, selectNeurons } from './tuning-selection.ts'

const PI = 3.141592653589793

export interface Climb {
  readonly best: Tuned | undefined
  /** How each parameter changed when it last changed for the better; 0 if it never did. */
  readonly deltas: Float64Array
  /** Failures since the last success. */
  readonly failures: number
}

export const hillClimber: Tuner<Climb> = {
  operator: 'tune-hill-climb',

  create: ({ genotype }, settings) => ({ best: undefined, deltas: new Float64Array(parametersOf(genotype, settings).length), failures: 0 }),

  ask(climb, start, settings, random) {
    return [climb.best === undefined ? start.genotype : perturbed(climb.best.genotype, climb.deltas, start, settings, random)]
  },

  tell(climb, _, settings, [told]) {
    const { genotype, fitness } = told!
    const { best } = climb
    if (best === undefined) return { ...climb, best: { genotype, fitness } }
    // The better genotype stays where it is: a failure needs no restoring.
    if (fitness <= best.fitness) return { ...climb, failures: climb.failures + 1 }
    const before = parametersOf(best.genotype, settings)
    const now = parametersOf(genotype, settings)
    const deltas = climb.deltas.map((delta, i) => (now[i] === before[i] ? delta : now[i]! - before[i]!))
    return { best: { genotype, fitness }, deltas, failures: 0 }
  },

  best: ({ best }) => best,

  done({ failures }, start, settings) {
    return failures >= attemptsAllowed(settings, start.ages, ownedBy(start.genotype, settings).map((owned) => owned.length))
  },

  write(climb, writer) {
    writer.u32(climb.deltas.length)
    for (const delta of climb.deltas) writer.f64(delta)
    writer.u32(climb.failures)
  },

  read(reader, start, settings, best) {
    const deltas = new Float64Array(reader.count(8))
    for (let i = 0; i < deltas.length; i++) deltas[i] = reader.f64()
    const failures = reader.u32()
    const fits = deltas.length === parametersOf(start.genotype, settings).length && deltas.every((delta) => delta - delta === 0)
    return fits ? { best, deltas, failures } : undefined
  },
}

/**
 * Each parameter of a selected neuron changes with the chance 1/√(their number), at least one in all: by a uniform number
 * within ± half the spread range · π · annealing^age, and by `momentum` times its last successful change.
 */
function perturbed(genotype: Genotype, deltas: Float64Array, start: TuningStart, settings: TunerSettings, random: Random): Genotype {
  const column = parametersOf(genotype, settings)
  if (column.length === 0) return genotype
  const change = (parameter: number, age: number): void => {
    let spread = settings.perturbationRange * PI
    // Beyond 64 halvings nothing is left; ages of strangers' checkpoints may be anything.
    for (let i = 0; i < age && i < 64; i++) spread *= settings.annealing
    column[parameter]! += (random.uniform() - 0.5) * spread + settings.momentum * deltas[parameter]!
  }
  const owned = ownedBy(genotype, settings)
  const open: (readonly [parameter: number, age: number])[] = []
  let changes = 0
  for (const neuron of selectNeurons(settings.tuningSelection, start.ages, random)) {
    const chance = 1 / Math.sqrt(owned[neuron]!.length)
    for (const parameter of owned[neuron]!) {
      open.push([parameter, start.ages[neuron]!])
      if (random.uniform() >= chance) continue
      change(parameter, start.ages[neuron]!)
      changes++
    }
  }
  if (changes === 0) {
    if (open.length > 0) change(...open[random.integer(open.length)]!)
    else change(random.integer(column.length), 0)
  }
  return withParameters(genotype, column, settings)
}

/** For each neuron the places of its parameters in the column: weights of links that enter it, its bias. */
function ownedBy({ neurons, links }: Genotype, settings: TunerSettings): readonly (readonly number[])[] {
  const places = new Map(neurons.map(({ id }) => [id, [] as number[]]))
  links.targets.forEach((target, link) => places.get(target)!.push(link))
  const owned = [...places.values()]
  if (settings.biases) owned.forEach((its, neuron) => its.push(links.weights.length + neuron))
  return owned
}
