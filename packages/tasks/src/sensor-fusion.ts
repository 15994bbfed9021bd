// Is somebody at home? Six sensors of one house, each with its own gain, noise and faults, fused into one answer. The
// readings stand for private ones: they are made inside a closure, no field of the task or of an evaluation carries them,
// and the fitness of one house says nothing to another, so it is never claimed. The setting is the sensor data of
// McMahan et al. 2017, "Communication-efficient learning of deep networks from decentralized data": models travel, data stays.

import { answersOf, createQuestions, createRandom } from '@megabrain/evolve'
import type { Evaluation, Network, Questions, Task } from '@megabrain/evolve'
import { areFinite, within } from './world.ts'

const SENSORS = ['daylight', 'lamp', 'sound', 'warmth', 'power', 'door'] as const
const INPUTS = SENSORS.length + 1
const READINGS = 200
const SOLVED_SHARE = 0.9
/** The house that stands for all of them in tests and demonstrations; nobody lives in it. */
const MODEL_HOUSE = 0

export const sensorNames: readonly string[] = SENSORS

/** One moment in a house. */
export interface SensorReading {
  /** In the order of `sensorNames`, about 0 to 1; 0 for one that says nothing. */
  readonly sensors: readonly number[]
  readonly home: boolean
}

interface House {
  /** A network that is handed one gets a copy, so that it can neither keep nor change the readings. */
  readonly questions: Questions
  /** Whether somebody was at home, by reading. */
  readonly home: readonly boolean[]
}

/** Readings of one house. Day turns the meaning of the lamp around: it is lit at night by people, by day by forgetting. */
function readHouse(seed: number, part: number): House {
  const random = createRandom(2 * seed + part)
  // The house itself is the same in both parts.
  const house = createRandom(2 * seed)
  const gains = SENSORS.map(() => 0.8 + 0.4 * house.uniform())
  const noise = SENSORS.map(() => 0.1 + 0.1 * house.uniform())
  const all = Array.from({ length: READINGS }, () => {
    const home = random.uniform() < 0.5
    const day = random.uniform() < 0.5
    const asleep = home && !day && random.uniform() < 0.3
    const active = home && !asleep ? 1 : 0
    const truth = [
      day ? 1 : 0,
      day ? (active === 1 ? 0.1 : 0.7) : active,
      active * random.uniform(),
      home ? 0.7 : 0.35,
      0.2 + 0.5 * active * random.uniform(),
      active === 1 && random.uniform() < 0.4 ? 1 : 0,
    ]
    // One sensor in ten readings says nothing.
    const mute = random.uniform() < 0.1 ? random.integer(SENSORS.length) : -1
    const readings = truth.map((value, i) => (i === mute ? 0 : value * gains[i]! + noise[i]! * random.normal()))
    return { inputs: [1, ...readings], home }
  })
  return houseOf(all.map(({ inputs, home }) => ({ sensors: inputs.slice(1), home })))
}

function houseOf(readings: readonly SensorReading[]): House {
  return { questions: createQuestions(readings.map(({ sensors }) => [1, ...sensors])), home: readings.map(({ home }) => home) }
}

interface Judged {
  /** 1 − mean squared error, 0 to 1; NaN for an output that is not finite. */
  readonly closeness: number
  readonly right: number
}

function judge(network: Network, { questions, home }: House): Judged {
  const answers = answersOf(network, questions)
  if (!areFinite(answers)) return { closeness: NaN, right: 0 }
  let squares = 0
  let right = 0
  home.forEach((isHome, i) => {
    const answer = within(0, 1, answers[i]!)
    const error = answer - (isHome ? 1 : 0)
    squares += error * error
    right += (answer >= 0.5) === isHome ? 1 : 0
  })
  return { closeness: 1 - squares / home.length, right }
}

/**
 * The task of one house.
 * @param seed what only this machine knows, an integer from 0 to 2^52 − 1; two houses never have the same readings
 */
export function createSensorFusion(seed: number): Task {
  if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(2 * seed + 1) || seed < 0) {
    throw new RangeError(`A house's seed must be an integer from 0 to 2^52 - 1, got ${seed}`)
  }
  let known: House | undefined
  let unseen: House | undefined
  return fusionOf(READINGS, () => known ??= readHouse(seed, 0), () => unseen ??= readHouse(seed, 1))
}

/**
 * The task of a house whose readings were taken there. Every second one is kept for the test of who has solved it.
 * @throws RangeError for less than four readings, or one that has not six finite sensors
 */
export function createSensorFusionOf(readings: readonly SensorReading[]): Task {
  const wrong = readings.findIndex(({ sensors }) => sensors.length !== SENSORS.length || !sensors.every(Number.isFinite))
  if (wrong >= 0) throw new RangeError(`Reading ${wrong} must be ${SENSORS.length} finite numbers, got ${JSON.stringify(readings[wrong]!.sensors)}`)
  if (readings.length < 4) throw new RangeError(`At least 4 readings are needed, got ${readings.length}`)
  const [known, unseen] = [0, 1].map((part) => houseOf(readings.filter((_, i) => i % 2 === part)))
  return fusionOf(known!.home.length, () => known!, () => unseen!)
}

function fusionOf(count: number, known: () => House, unseen: () => House): Task {
  return {
    id: 'sensor-fusion',
    version: 1,
    inputs: INPUTS,
    outputs: 1,
    inputLabels: ['bias', ...SENSORS],
    outputLabels: ['somebody home'],
    goal: 'Tell from six faulty sensors whether somebody is at home: 90 % of readings that were never shown.',
    deterministic: false,
    updateRule: { kind: 'ordered' },
    maxActivations: count,
    evaluate(network): Evaluation {
      const { closeness } = judge(network, known())
      if (closeness !== closeness) return { fitness: 0, score: 0, steps: count }
      return { fitness: Math.floor(closeness * 1_000_000), score: closeness, steps: count }
    },
    solved(network) {
      const house = unseen()
      return judge(network, house).right >= SOLVED_SHARE * house.home.length
    },
  }
}

/** The model house. A program with a source of real randomness makes its own with `createSensorFusion`. */
export const sensorFusion: Task = createSensorFusion(MODEL_HOUSE)
