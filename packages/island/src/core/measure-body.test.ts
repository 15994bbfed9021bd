// A thousand genotypes that are made to hurt whoever measures them. Each is refused before it runs or stays within the
// budget, in work that is counted here, from the outside: activations by watching the network that the task gets, passes
// by the rules of `docs/genotype.md`.

import {
  activationNames, actuatorId, aggregationNames, createGenotype, createRandom, encodeGenotype, FIRST_HIDDEN, MAX_GENOTYPE_BYTES,
} from '@megabrain/evolve'
import type { ActivationName, AggregationName, Genotype, Link, Network, Neuron, Random, Task, UpdateRule } from '@megabrain/evolve'
import { tasks } from '@megabrain/tasks'
import { describe, expect, test } from 'vitest'
import { measureBody } from './measure-body.ts'

/** Far below a realm's usual 10^8, so that a thousand bombs near it stay a matter of seconds; the check knows no scale. */
const BUDGET = 2_000_000
/** What telling behaviour apart takes after the evaluation: eight activations without reset. */
const FINGERPRINT_ACTIVATIONS = 8

const CHEAP: ReadonlySet<ActivationName> = new Set(['identity', 'relu', 'leaky-relu', 'step', 'absolute', 'square', 'clamp'])
const priceOf = (name: ActivationName): number => (CHEAP.has(name) ? 2 : name === 'softsign' || name === 'rational-sigmoid' ? 4 : 12)

/** Passes of the first control step after a reset and of each later one, step by step as the page describes them. */
function passesOf({ rule, inputs, outputs, neurons, links }: Genotype): readonly [first: number, later: number] {
  if (rule.kind !== 'stanley') return rule.kind === 'ordered' ? [1, 1] : [rule.steps, rule.steps]
  const sources = new Map<number, number[]>(neurons.map(({ id }) => [id, []]))
  links.targets.forEach((target, i) => sources.get(target)!.push(links.sources[i]!))
  const reached = new Set<number>(Array.from({ length: inputs }, (_, id) => id))
  for (let pass = 1; pass < 20; pass++) {
    for (const { id } of neurons) if (sources.get(id)!.some((source) => reached.has(source))) reached.add(id)
    if (neurons.slice(0, outputs).every(({ id }) => reached.has(id))) return [pass, 1]
  }
  return [19, 19]
}

/** The task, and the work in units of one link that the network does in it. */
function watched(task: Task, genotype: Genotype): { readonly task: Task; work(): number } {
  const pass = genotype.neurons.reduce((sum, { activation }) => sum + priceOf(activation), genotype.links.weights.length)
  const [first, later] = passesOf(genotype)
  let passes = 0
  let fresh = true
  const watch = (network: Network): Network => ({
    inputs: network.inputs,
    outputs: network.outputs,
    activate(inputs) {
      passes += fresh ? first : later
      fresh = false
      return network.activate(inputs)
    },
    reset() {
      fresh = true
      network.reset()
    },
  })
  return {
    task: { ...task, evaluate: (network) => task.evaluate(watch(network)) },
    work: () => (passes + first + (FINGERPRINT_ACTIVATIONS - 1) * later) * pass,
  }
}

type Plan = (task: Task, random: Random) => Genotype

const neuron = (id: number, activation: ActivationName, aggregation: AggregationName = 'sum', bias = 0): Neuron =>
  ({ id, activation, aggregation, bias, response: 1 })

const rules: readonly UpdateRule[] = [{ kind: 'ordered' }, { kind: 'synchronous', steps: 255 }, { kind: 'stanley' }]
const pick = <T>(list: readonly T[], random: Random): T => list[random.integer(list.length)]!

const idsOf = ({ outputs }: Task, hidden: number): number[] =>
  [...Array.from({ length: outputs }, (_, i) => actuatorId(i)), ...Array.from({ length: hidden }, (_, i) => FIRST_HIDDEN + i)]

/** Actuators of the task and `hidden` neurons, all made by `make`. */
function built(task: Task, rule: UpdateRule, hidden: number, make: (id: number) => Neuron, links: readonly Link[]): Genotype {
  const { inputs, outputs } = task
  const ids = idsOf(task, hidden)
  // Narrow bytes hold more links.
  const narrow = links.map((link) => ({ ...link, weight: Math.fround(link.weight) }))
  return createGenotype({ inputs, outputs, rule, neurons: ids.map(make), links: narrow })
}

const sizes = [10, 100, 700, 3_000] as const

const plans: Readonly<Record<string, Plan>> = {
  /** One neuron after the other, with the ids or against them: the latter settles last. */
  deep: (task, random) => {
    const length = pick(sizes, random)
    const against = random.integer(2) === 0
    const at = (i: number): number => FIRST_HIDDEN + (against ? length - 1 - i : i)
    const weight = random.normal() * 3
    const links: Link[] = [{ from: 0, to: at(0), weight }]
    for (let i = 1; i < length; i++) links.push({ from: at(i - 1), to: at(i), weight })
    for (let i = 0; i < task.outputs; i++) links.push({ from: at(length - 1), to: actuatorId(i), weight })
    return built(task, pick(rules, random), length, (id) => neuron(id, pick(activationNames, random)), links)
  },
  /** Every sensor to many neurons, all of them to every actuator. */
  wide: (task, random) => {
    const width = Math.min(pick(sizes, random), Math.floor(30_000 / (task.inputs + task.outputs)))
    const links: Link[] = []
    for (let i = 0; i < width; i++) {
      for (let from = 0; from < task.inputs; from++) links.push({ from, to: FIRST_HIDDEN + i, weight: random.normal() })
      for (let to = 0; to < task.outputs; to++) links.push({ from: FIRST_HIDDEN + i, to: actuatorId(to), weight: random.normal() })
    }
    return built(task, pick(rules, random), width, (id) => neuron(id, pick(activationNames, random)), links)
  },
  /** All to all, itself included. */
  recurrent: (task, random) => {
    const hidden = pick([5, 30, 100, 170], random)
    const ids = idsOf(task, hidden)
    const links = ids.flatMap((to) => [0, ...ids].map((from): Link => ({ from, to, weight: random.normal() })))
    return built(task, pick(rules, random), hidden, (id) => neuron(id, pick(activationNames, random)), links)
  },
  /** Squares that feed squares, and infinities that meet. */
  'not a number': (task, random) => {
    const length = pick([3, 20, 200], random)
    const links: Link[] = [{ from: 0, to: FIRST_HIDDEN, weight: 1e30 }]
    for (let id = FIRST_HIDDEN + 1; id < FIRST_HIDDEN + length; id++) {
      links.push({ from: id - 1, to: id, weight: 1e30 }, { from: id, to: id - 1, weight: -1e30 })
    }
    for (let i = 0; i < task.outputs; i++) links.push({ from: FIRST_HIDDEN + length - 1, to: actuatorId(i), weight: 1 })
    const make = (id: number): Neuron => neuron(id, pick(['square', 'identity'], random), 'sum', 1)
    return built(task, pick(rules, random), length, make, links)
  },
  /** Products of many large numbers, and of themselves. */
  'product overflow': (task, random) => {
    const hidden = pick([5, 40, 150], random)
    const links: Link[] = []
    for (let i = 0; i < hidden; i++) {
      for (let j = 0; j < hidden; j++) links.push({ from: FIRST_HIDDEN + j, to: FIRST_HIDDEN + i, weight: 1e20 })
      links.push({ from: FIRST_HIDDEN + i, to: actuatorId(i % task.outputs), weight: 1e20 })
    }
    const make = (id: number): Neuron => neuron(id, 'identity', pick(aggregationNames.slice(1), random), 3)
    return built(task, pick(rules, random), hidden, make, links)
  },
  /** 255 steps of the dearest neurons, from a handful to all that are allowed. */
  'synchronous 255': (task, random) => {
    const hidden = pick([0, 1, 5, 50, 4_000], random)
    const links = Array.from({ length: task.outputs }, (_, i): Link => ({ from: 0, to: actuatorId(i), weight: random.normal() }))
    return built(task, { kind: 'synchronous', steps: 255 }, hidden, (id) => neuron(id, 'tanh'), links)
  },
  /** As many bytes as there may be. */
  'largest size': (task, random) => {
    const hidden = pick([200, 1_000, 3_500], random)
    const links: Link[] = []
    // A link takes 6 bytes, a hidden neuron 14, an actuator 8.
    const room = Math.floor((MAX_GENOTYPE_BYTES - 18 - 14 * hidden - 8 * task.outputs) / 6)
    for (let i = 0; links.length < room && i < hidden * hidden; i++) {
      links.push({ from: FIRST_HIDDEN + (i % hidden), to: FIRST_HIDDEN + Math.floor(i / hidden), weight: 0.5 })
    }
    return built(task, pick(rules, random), hidden, (id) => neuron(id, 'relu'), links)
  },
}

const measured = Object.values(tasks).filter(({ deterministic }) => deterministic)

function bombs(count: number): readonly { readonly kind: string; readonly task: Task; readonly genotype: Genotype }[] {
  const kinds = Object.keys(plans)
  return Array.from({ length: count }, (_, i) => {
    const random = createRandom(i + 1)
    const kind = kinds[i % kinds.length]!
    const task = pick(measured, random)
    return { kind, task, genotype: plans[kind]!(task, random) }
  })
}

describe('measureBody', () => {
  test('1,000 evaluation bombs: each is refused unrun or stays within twice the budget, none escapes', () => {
    const escapes: string[] = []
    const ended = { refused: 0, ran: 0 }
    const kinds = new Set<string>()
    for (const { kind, task, genotype } of bombs(1_000)) {
      const watch = watched(task, genotype)
      const fingerprintOnly = watch.work()
      const result = measureBody(watch.task, encodeGenotype(genotype), BUDGET)
      if (result.ok) {
        ended.ran++
        kinds.add(kind)
        if (watch.work() > 2 * BUDGET) escapes.push(`${kind} on ${task.id}: ${watch.work()}`)
      } else {
        ended.refused++
        expect(result.reason).toBe('too-expensive')
        // Nothing ran.
        expect(watch.work()).toBe(fingerprintOnly)
      }
    }
    expect(escapes).toEqual([])
    // The bombs lie on both sides of the budget, or this would show nothing.
    expect(ended.refused).toBeGreaterThan(300)
    expect(ended.ran).toBeGreaterThan(100)
    expect(kinds.size).toBeGreaterThanOrEqual(6)
  }, 120_000)

  test('bytes that are no genotype, or one for another task, never run', () => {
    const xor = tasks['xor']!
    const never: Task = { ...xor, evaluate: () => { throw new Error('it ran') } }
    const random = createRandom(7)
    for (const { genotype } of bombs(70)) {
      const bytes = encodeGenotype(genotype)
      expect(measureBody({ ...never, inputs: genotype.inputs + 1 }, bytes, Infinity)).toEqual({ ok: false, reason: 'wrong-interface' })
      expect(measureBody(never, bytes.subarray(0, random.integer(bytes.length)), Infinity)).toEqual({ ok: false, reason: 'malformed' })
    }
    expect(measureBody(never, new Uint8Array(MAX_GENOTYPE_BYTES + 1), Infinity)).toEqual({ ok: false, reason: 'malformed' })
  })
})
