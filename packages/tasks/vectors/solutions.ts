// Networks by hand that solve a task, where evolution would take too long to make golden results with.

import { actuatorId, createGenotype, FIRST_HIDDEN } from '@megabrain/evolve'
import type { ActivationName, Genotype, Link, Neuron } from '@megabrain/evolve'

const neuron = (id: number, activation: ActivationName, bias = 0): Neuron => ({ id, activation, aggregation: 'sum', bias, response: 1 })

/** One hidden neuron per data bit, on when its address is asked and the bit is set; the answer is whether any is on. */
function multiplexer11(): Genotype {
  const [BIAS, ADDRESS, DATA] = [0, 1, 4]
  const neurons: Neuron[] = [neuron(actuatorId(0), 'step')]
  const links: Link[] = []
  for (let bit = 0; bit < 8; bit++) {
    const id = FIRST_HIDDEN + bit
    neurons.push(neuron(id, 'step'))
    let ones = 0
    for (let i = 0; i < 3; i++) {
      const asked = (bit >> (2 - i)) & 1
      ones += asked
      links.push({ from: ADDRESS + i, to: id, weight: asked === 1 ? 1 : -1 })
    }
    links.push({ from: DATA + bit, to: id, weight: 1 }, { from: BIAS, to: id, weight: -ones - 0.5 })
    links.push({ from: id, to: actuatorId(0), weight: 1 })
  }
  return createGenotype({ inputs: 12, outputs: 1, rule: { kind: 'ordered' }, neurons, links })
}

/** A sine neuron in front of an identity: the curve itself. */
function functionRegression(): Genotype {
  const neurons = [neuron(FIRST_HIDDEN, 'sine'), neuron(actuatorId(0), 'identity', 0.5)]
  const links = [{ from: 1, to: FIRST_HIDDEN, weight: 6.283185307179586 }, { from: FIRST_HIDDEN, to: actuatorId(0), weight: 0.4 }]
  return createGenotype({ inputs: 2, outputs: 1, rule: { kind: 'ordered' }, neurons, links })
}

/** Each turn remembers its own signal in a loop on itself, and going on outweighs both until the junction is seen. */
function tMaze(): Genotype {
  const [BIAS, LEFT, RIGHT, JUNCTION] = [0, 1, 2, 3]
  const [left, on, right] = [actuatorId(0), actuatorId(1), actuatorId(2)]
  const neurons = [neuron(left, 'clamp'), neuron(on, 'identity'), neuron(right, 'clamp')]
  const links = [
    { from: LEFT, to: left, weight: 1 }, { from: left, to: left, weight: 1 },
    { from: RIGHT, to: right, weight: 1 }, { from: right, to: right, weight: 1 },
    { from: BIAS, to: on, weight: 2 }, { from: JUNCTION, to: on, weight: -3 },
  ]
  return createGenotype({ inputs: 4, outputs: 3, rule: { kind: 'ordered' }, neurons, links })
}

/** Two modules of two neurons: at least three pixels, or outer ones without any inner one; either makes an object. */
function retina(): Genotype {
  const neurons: Neuron[] = []
  const links: Link[] = []
  for (const side of [0, 1]) {
    const [many, outer, answer] = [FIRST_HIDDEN + 2 * side, FIRST_HIDDEN + 2 * side + 1, actuatorId(side)]
    neurons.push(neuron(many, 'step'), neuron(outer, 'step'), neuron(answer, 'step'))
    for (let pixel = 0; pixel < 4; pixel++) {
      const from = 1 + 4 * side + pixel
      links.push({ from, to: many, weight: 1 }, { from, to: outer, weight: pixel < 2 ? 1 : -2 })
    }
    links.push({ from: 0, to: many, weight: -1 }, { from: 0, to: outer, weight: -3 })
    links.push({ from: many, to: answer, weight: 1 }, { from: outer, to: answer, weight: 1 })
  }
  return createGenotype({ inputs: 9, outputs: 2, rule: { kind: 'ordered' }, neurons, links })
}

/** By task id. */
export const solutions: Readonly<Record<string, () => Genotype>> = {
  'multiplexer-11': multiplexer11,
  'function-regression': functionRegression,
  't-maze': tMaze,
  'retina': retina,
}
