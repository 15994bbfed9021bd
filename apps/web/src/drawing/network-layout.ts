// Where the neurons of a network go on paper: sensors in the left column, actuators in the right one, hidden neurons
// between them by their longest forward path. Layers after Sugiyama, Tagawa and Toda (1981), "Methods for visual
// understanding of hierarchical system structures", reduced to barycentre ordering: genotypes here are small.

export interface DrawnNeuron {
  readonly id: string
  readonly kind: 'sensor' | 'hidden' | 'actuator'
  readonly label: string
  readonly activation: string
}

export interface DrawnLink {
  readonly from: string
  readonly to: string
  readonly weight: number
  readonly recurrent: boolean
}

export interface Placed extends DrawnNeuron {
  readonly x: number
  readonly y: number
}

export interface NetworkLayout {
  readonly neurons: readonly Placed[]
  /** The strongest links, at most `MAX_DRAWN_LINKS`. */
  readonly links: readonly (DrawnLink & { readonly path: string })[]
  /** Links left out of the drawing. */
  readonly omitted: number
  readonly height: number
}

export const MAX_DRAWN_LINKS = 400
const ROW_HEIGHT = 34
const SWEEPS = 4

interface Box {
  readonly left: number
  readonly right: number
  readonly minHeight: number
}

/** @param neurons in evaluation order, which is what makes one pass enough */
export function layoutNetwork(neurons: readonly DrawnNeuron[], links: readonly DrawnLink[], box: Box): NetworkLayout {
  const layers = orderLayers(layersOf(neurons, links), links)
  const tallest = Math.max(1, ...layers.map((layer) => layer.length))
  const height = Math.max(box.minHeight, tallest * ROW_HEIGHT)
  const places = new Map<string, Placed>()
  layers.forEach((layer, column) => {
    const x = box.left + ((box.right - box.left) * column) / Math.max(1, layers.length - 1)
    layer.forEach((neuron, row) =>
      places.set(neuron.id, { ...neuron, x, y: height * ((row + 0.5) / layer.length + stagger(layer, column)) }),
    )
  })
  const strongest = [...links].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, MAX_DRAWN_LINKS)
  const drawn = strongest.flatMap((link) => {
    const from = places.get(link.from)
    const to = places.get(link.to)
    return from === undefined || to === undefined ? [] : [{ ...link, path: pathBetween(from, to) }]
  })
  return { neurons: [...places.values()], links: drawn, omitted: links.length - drawn.length, height }
}

/** Hidden layers leave the middle line by turns, so that longer links do not run through their neurons. */
function stagger(layer: readonly DrawnNeuron[], column: number): number {
  if (layer.length % 2 === 0 || layer[0]?.kind !== 'hidden') return 0
  const shift = layer.length === 1 ? 0.14 : 0.2 / layer.length
  return column % 2 === 0 ? shift : -shift
}

function layersOf(neurons: readonly DrawnNeuron[], links: readonly DrawnLink[]): readonly (readonly DrawnNeuron[])[] {
  const incoming = new Map<string, string[]>()
  for (const link of links) {
    if (!link.recurrent) incoming.set(link.to, [...(incoming.get(link.to) ?? []), link.from])
  }
  const depth = new Map<string, number>()
  for (const neuron of neurons) {
    if (neuron.kind === 'sensor') depth.set(neuron.id, 0)
    if (neuron.kind === 'hidden') depth.set(neuron.id, 1 + Math.max(0, ...(incoming.get(neuron.id) ?? []).map((id) => depth.get(id) ?? 0)))
  }
  const last = 1 + Math.max(0, ...depth.values())
  return Array.from({ length: last + 1 }, (_, column) =>
    neurons.filter((neuron) => (neuron.kind === 'actuator' ? last : (depth.get(neuron.id) ?? 0)) === column),
  ).filter((layer) => layer.length > 0)
}

/** Reorders hidden layers so that linked neurons lie near each other; sensors and actuators keep the task's order. */
function orderLayers(layers: readonly (readonly DrawnNeuron[])[], links: readonly DrawnLink[]): readonly (readonly DrawnNeuron[])[] {
  let ordered = layers
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const rank = new Map<string, number>()
    for (const layer of ordered) layer.forEach((neuron, row) => rank.set(neuron.id, (row + 0.5) / layer.length))
    const sums = new Map<string, { total: number; links: number }>()
    const add = (id: string, other: string): void => {
      const sum = sums.get(id) ?? { total: 0, links: 0 }
      sums.set(id, { total: sum.total + (rank.get(other) ?? 0.5), links: sum.links + 1 })
    }
    for (const link of links) {
      add(link.to, link.from)
      add(link.from, link.to)
    }
    const centre = (id: string): number => {
      const sum = sums.get(id)
      return sum === undefined ? 0.5 : sum.total / sum.links
    }
    ordered = ordered.map((layer) => (layer[0]?.kind === 'hidden' ? [...layer].sort((a, b) => centre(a.id) - centre(b.id)) : layer))
  }
  return ordered
}

function pathBetween(from: Placed, to: Placed): string {
  if (from.id === to.id)
    return `M${from.x - 5} ${from.y - 6} C${from.x - 22} ${from.y - 32} ${from.x + 22} ${from.y - 32} ${from.x + 5} ${from.y - 6}`
  const bend = (to.x - from.x) * 0.45
  if (bend > 0) return `M${from.x} ${from.y} C${from.x + bend} ${from.y} ${to.x - bend} ${to.y} ${to.x} ${to.y}`
  const sag = 26 + Math.abs(bend) * 0.25
  return `M${from.x} ${from.y} C${from.x + 30} ${from.y + sag} ${to.x - 30} ${to.y + sag} ${to.x} ${to.y}`
}
