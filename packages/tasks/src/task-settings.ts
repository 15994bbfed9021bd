// What evolution should be set to for one task, where the defaults of `evolve` do not suit, with the reason or source.

import { defaultSettingsOf } from '@megabrain/evolve'
import type { AlgorithmName, MemeticSettings, PopulationSettings, Task } from '@megabrain/evolve'

/**
 * Winners are actuators with memory and few other links, so a search of few good weights pays: actuators that read
 * themselves from the start, a small population (Gomez et al. 2008 report NEAT at its best with 16), neat-python's way to
 * perturb weights. Weight cap and distances as in NEAT 1.2.1, `p2nv.ne`.
 */
const noVelocity: Partial<PopulationSettings> = {
  size: 50,
  selfLinked: true,
  perturbation: 'normal',
  perturbPower: 0.5,
  weightLimit: 8,
  addLink: 0.05,
  addNeuron: 0.01,
  recurrent: 0.2,
  weightCoefficient: 3,
  threshold: 4,
}

/** A few good weights are enough here as well: structure that comes more rarely leaves them time. */
const withVelocity: Partial<PopulationSettings> = { addLink: 0.1, addNeuron: 0.01 }

/** Without a cycle nothing remembers the signal: actuators that read themselves, and new links that may close a cycle. */
const remembering: Partial<PopulationSettings> = { selfLinked: true, recurrent: 0.3 }

/** Swinging up needs large weights, holding still needs them right: smaller steps than the default 2. */
const smallSteps: Partial<PopulationSettings> = { perturbPower: 1 }

const neat: Readonly<Record<string, Partial<PopulationSettings>>> = {
  'double-pole': withVelocity,
  'double-pole-no-velocity': noVelocity,
  'pendulum-v1': smallSteps,
  't-maze': remembering,
}

/** Six weights straight to the force, the constant bias left out: CMA-ES from the middle finds them, structure comes when it does not. */
const tunedWithVelocity: Partial<MemeticSettings> = {
  tuner: 'cma-es', size: 1, sigma: 3, founderSensors: 6, initialDeviation: 0, weightLimit: 32,
}

/** Five weights: an actuator that reads itself. Few evaluations per topology and new founders, because a start decides much. */
const tunedWithoutVelocity: Partial<MemeticSettings> = {
  tuner: 'cma-es', size: 4, sigma: 0.5, founderLinks: 'recurrent', activation: 'steep-sigmoid', initialDeviation: 0, weightLimit: 32,
  tuningEvaluations: 400, newcomers: 0.5,
}

/**
 * Its inputs are shifted, so a threshold finds the balance only when five weights agree; a cosine in between crosses zero again and
 * again, and some crossing fits: of random founders 0.7 % balance for ever, of those without it 0.07 %. Its outputs are only compared,
 * so large steps cost nothing.
 */
const tunedBangBang: Partial<MemeticSettings> = {
  tuner: 'cma-es', size: 1, sigma: 5, founderHidden: 1, activation: 'cosine', initialDeviation: 3, weightLimit: 32, tuningEvaluations: 100,
  newcomers: 0.5,
}

/** Enough hidden neurons for both halves from the start, all weights tuned at once: grown one by one they stay in local optima. */
const tunedModules: Partial<MemeticSettings> = { tuner: 'sep-cma-es', size: 1, sigma: 2, founderHidden: 16, tuningEvaluations: 10_000 }

/** A curve is a sum of bends: a few of them, summed by an actuator that does not bend their sum again. Some starts lead nowhere. */
const tunedCurve: Partial<MemeticSettings> = {
  tuner: 'cma-es', size: 1, founderHidden: 3, actuatorActivation: 'identity', tuningEvaluations: 5_000, newcomers: 0.5,
}

/** Eight hidden neurons answer all when their weights are made by hand; four times as many leave a tuner ways around. */
const tunedMultiplexer: Partial<MemeticSettings> = { tuner: 'sep-cma-es', size: 1, founderHidden: 32, tuningEvaluations: 30_000 }

/** A chase is smooth in its weights: one network of ten hidden neurons tuned for long passes what grows from nothing in a tenth of the time. */
const tunedPlayer: Partial<MemeticSettings> = {
  tuner: 'sep-cma-es', size: 1, founderHidden: 10, founderLinks: 'layered-shortcut', tuningEvaluations: 10_000,
}

/** Overrides of the algorithm's defaults, by task id. */
const memetic: Readonly<Record<string, Partial<MemeticSettings>>> = {
  'cart-pole-sutton': tunedBangBang,
  'double-pole': tunedWithVelocity,
  'double-pole-no-velocity': tunedWithoutVelocity,
  'function-regression': tunedCurve,
  'multiplexer-11': tunedMultiplexer,
  'pursuit': tunedPlayer,
  'retina': tunedModules,
}

/** Overrides of the algorithm's default settings; empty for a task that needs none. */
export function settingsFor(task: Task, algorithm?: 'neat'): Partial<PopulationSettings>
export function settingsFor(task: Task, algorithm: AlgorithmName): Readonly<Record<string, unknown>>
export function settingsFor(task: Task, algorithm: AlgorithmName = 'neat'): object {
  if (algorithm === 'memetic') return Object.hasOwn(memetic, task.id) ? { ...memetic[task.id] } : {}
  const settings = Object.hasOwn(neat, task.id) ? neat[task.id]! : {}
  return algorithm === 'neat' ? settings : sharedWith(algorithm, settings)
}

/** Those of `settings` that the algorithm has as well; how many it breeds at once is its own business. */
function sharedWith(algorithm: AlgorithmName, settings: object): object {
  const known = defaultSettingsOf(algorithm)
  return Object.fromEntries(Object.entries(settings).filter(([name]) => name !== 'size' && Object.hasOwn(known, name)))
}
