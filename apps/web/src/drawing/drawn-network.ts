// A champion's bytes as something to draw and something to run. The bytes come from the island; a body that does not
// decode is shown as absent, never thrown.

import { compile, decodeGenotype, describeGenotype, type Network, type Task } from '@megabrain/evolve'
import type { DrawnLink, DrawnNeuron } from './network-layout.ts'

export interface DrawnNetwork {
  readonly neurons: readonly DrawnNeuron[]
  readonly links: readonly DrawnLink[]
  /** A network of its own for each caller, since a network keeps state. */
  readonly compile: () => Network
}

/** Undefined for a body that does not decode or does not fit `task`, which also names sensors and actuators. */
export function drawnNetwork(body: Uint8Array, task: Task | undefined): DrawnNetwork | undefined {
  const decoded = decodeGenotype(body)
  if (!decoded.ok) return undefined
  const genotype = decoded.value
  // While the task is being changed, the last champion may still be one of the task before.
  if (task !== undefined && (genotype.inputs !== task.inputs || genotype.outputs !== task.outputs)) return undefined
  const described = describeGenotype(genotype, task)
  const numbers = { sensor: 0, hidden: 0, actuator: 0 }
  const inOrder = described.neurons.filter((neuron) => neuron.kind !== 'actuator')
  const actuators = described.neurons.filter((neuron) => neuron.kind === 'actuator').toSorted((a, b) => a.id - b.id)
  return {
    neurons: [...inOrder, ...actuators].map(({ id, kind, label, activation }) => {
      numbers[kind]++
      return { id: String(id), kind, label: label ?? `${kind} ${numbers[kind]}`, activation }
    }),
    links: described.links.map(({ from, to, weight, recurrent }) => ({ from: String(from), to: String(to), weight, recurrent })),
    compile: () => compile(genotype),
  }
}

/** The drawing in one sentence, for those who do not see it. */
export function describeDrawing({ neurons, links }: Pick<DrawnNetwork, 'neurons' | 'links'>): string {
  const hidden = neurons.filter((neuron) => neuron.kind === 'hidden').length
  const recurrent = links.filter((link) => link.recurrent).length
  const sensors = neurons.filter((neuron) => neuron.kind === 'sensor').map((neuron) => neuron.label)
  const actuators = neurons.filter((neuron) => neuron.kind === 'actuator').map((neuron) => neuron.label)
  return (
    `Network from the sensors ${sensors.join(', ')} over ${hidden} hidden neurons to ${actuators.join(', ')}, ` +
    `with ${links.length} links, ${recurrent} of them recurrent.`
  )
}
