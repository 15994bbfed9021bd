// A large network from a seed. Nothing here evolves networks of this size yet, so what is sharded is drawn: layers whose neurons
// mostly read near by, as tissue does, with a share of long links, and recurrent ones where asked for.

import { activationNames, createRandom, type Random, type UpdateRule } from '@megabrain/evolve'
import type { LargeNetwork } from './large-network.ts'

export interface LargeOptions {
  readonly seed: number
  readonly inputs: number
  readonly outputs: number
  /** Neurons, actuators included. */
  readonly neurons: number
  /** Links; each neuron has as many as fit evenly, within what it can reach. */
  readonly links: number
  /** Layers of neurons, the last of which are the actuators. */
  readonly layers: number
  /** @default ordered */
  readonly rule?: UpdateRule
  /** Share of links that come from anywhere in the layer before instead of near by. @default 0.01 */
  readonly longShare?: number
  /** Neurons, beside the first, with a link from themselves: one in so many; 0 is none. @default 0 */
  readonly recurrentEvery?: number
}

/** @throws RangeError when the layers cannot hold the neurons or the links */
export function generateLarge(options: LargeOptions): LargeNetwork {
  const { seed, inputs, outputs, neurons, links, layers, rule = { kind: 'ordered' }, longShare = 0.01, recurrentEvery = 0 } = options
  const hidden = neurons - outputs
  if (!(layers >= 2 && outputs >= 1 && hidden >= layers - 1)) throw new RangeError(`${neurons} neurons with ${outputs} actuators do not fill ${layers} layers`)
  const random = createRandom(seed)
  /** First slot and width of each layer, sensors first, actuators last. */
  const rows = [{ first: 0, width: inputs }]
  for (let layer = 0; layer < layers - 1; layer++) {
    const from = Math.floor((hidden * layer) / (layers - 1))
    rows.push({ first: inputs + outputs + from, width: Math.floor((hidden * (layer + 1)) / (layers - 1)) - from })
  }
  rows.push({ first: inputs, width: outputs })
  const each = Math.floor(links / neurons)
  const surplus = links - each * neurons
  // Numbers say nothing about place, as in an evolved network: whoever cuts it has to find out.
  const numbers = rows.map(({ first, width }, layer) => shuffled(first, width, layer === 0 ? undefined : random))
  const columns = columnsOf(neurons)
  const chosen: number[][] = Array.from({ length: neurons }, () => [])
  let made = 0
  for (let layer = 1; layer < rows.length; layer++) {
    const [before, row, slots] = [rows[layer - 1]!, rows[layer]!, numbers[layer - 1]!]
    for (let at = 0; at < row.width; at++) {
      const neuron = numbers[layer]![at]! - inputs
      const recurs = recurrentEvery > 0 && made % recurrentEvery === 0
      const wanted = each + (made < surplus ? 1 : 0)
      made++
      const window = Math.min(before.width, Math.max(2 * wanted, 8))
      if (wanted - (recurs ? 1 : 0) > before.width) throw new RangeError(`A neuron cannot have ${wanted} links from a layer of ${before.width}`)
      const centre = Math.floor(((at + 0.5) * before.width) / row.width)
      const left = Math.max(0, Math.min(before.width - window, centre - (window >> 1)))
      const set = new Set<number>(recurs ? [inputs + neuron] : [])
      while (set.size < wanted) {
        set.add(slots[random.uniform() < longShare ? random.integer(before.width) : left + random.integer(window)]!)
      }
      chosen[neuron] = [...set].sort((a, b) => a - b)
      columns.activations[neuron] = TANH
      columns.biases[neuron] = f32(random.normal() * 0.1)
    }
  }
  const total = chosen.reduce((sum, { length }) => sum + length, 0)
  const starts = new Int32Array(neurons + 1)
  const sources = new Int32Array(total)
  const weights = new Float64Array(total)
  let link = 0
  chosen.forEach((list, neuron) => {
    starts[neuron] = link
    const scale = 1 / Math.sqrt(Math.max(1, list.length))
    for (const source of list) {
      sources[link] = source
      weights[link++] = f32(random.normal() * scale)
    }
  })
  starts[neurons] = link
  return { inputs, outputs, rule, ...columns, starts, sources, weights }
}

function shuffled(first: number, count: number, random: Random | undefined): Int32Array {
  const slots = Int32Array.from({ length: count }, (_, i) => first + i)
  for (let i = count - 1; i > 0 && random !== undefined; i--) {
    const j = random.integer(i + 1)
    ;[slots[i], slots[j]] = [slots[j]!, slots[i]!]
  }
  return slots
}

const TANH = activationNames.indexOf('tanh')

/** To the precision that the genotype's short form stores; never −0. */
function f32(x: number): number {
  return Math.fround(x) + 0
}

function columnsOf(neurons: number): Pick<LargeNetwork, 'activations' | 'aggregations' | 'biases' | 'responses'> {
  return {
    activations: new Uint8Array(neurons), aggregations: new Uint8Array(neurons), biases: new Float64Array(neurons), responses: new Float64Array(neurons).fill(1),
  }
}
