// Where neurons and links lie in a layered drawing: columns by longest forward path, rows by barycentres, and long links
// led through every column between by a bend of their own (Sugiyama, Tagawa and Toda 1981, "Methods for visual
// understanding of hierarchical system structures"). Pure geometry in rows and columns; `svg.ts` draws it.

import { isActuator, isHidden, isSensor, type Genotype, type NeuronId } from '../genotype/genotype.ts'
import { orderOf } from '../network/graph.ts'

export interface Point {
  readonly column: number
  /** Rows from the middle line, downwards; fractions are usual. */
  readonly row: number
}

export interface LaidLink {
  readonly from: NeuronId
  readonly to: NeuronId
  readonly weight: number
  /** Closes a cycle. */
  readonly recurrent: boolean
  /** From source to target; more than two for a link that passes other columns. */
  readonly points: readonly Point[]
}

export interface Layers {
  readonly columns: number
  /** Rows that the tallest column takes. */
  readonly rows: number
  readonly places: ReadonlyMap<NeuronId, Point>
  /** Strongest last, so that they are drawn on top. */
  readonly links: readonly LaidLink[]
  /** Weakest links left out, above `MAX_DRAWN_LINKS`. */
  readonly omitted: number
}

export const MAX_DRAWN_LINKS = 2_000
/** Above it, long links run straight: their bends would cost more than they show. */
const MAX_BENDS = 4_000
const SWEEPS = 8
/** Rows between a neuron and the next thing in its column, and between two bends. */
const NEURON_ROWS = 1
const BEND_ROWS = 0.4

/** One thing in a column: a neuron or the bend of a link that passes. */
interface Spot {
  readonly neuron: NeuronId | undefined
  readonly before: Spot[]
  readonly after: Spot[]
  row: number
}

interface Strand {
  readonly from: NeuronId
  readonly to: NeuronId
  readonly weight: number
  readonly recurrent: boolean
}

export function layersOf(genotype: Genotype): Layers {
  const { recurrent } = orderOf(genotype)
  const { sources, targets, weights } = genotype.links
  const all = Array.from(weights, (weight, i): Strand => ({ from: sources[i]!, to: targets[i]!, weight, recurrent: recurrent[i] === 1 }))
  const strands = [...all].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, MAX_DRAWN_LINKS).reverse()
  const columnOf = columnsOf(genotype)
  const last = columnOf.get(genotype.neurons[0]!.id)!
  const columns = Array.from({ length: last + 1 }, (): Spot[] => [])
  const spots = new Map<NeuronId, Spot>()
  for (const [neuron, column] of columnOf) {
    const spot: Spot = { neuron, before: [], after: [], row: 0 }
    spots.set(neuron, spot)
    columns[column]!.push(spot)
  }
  const bends = bendLinks(strands, columnOf, spots, columns)
  arrange(columns)
  const place = (neuron: NeuronId): Point => ({ column: columnOf.get(neuron)!, row: spots.get(neuron)!.row })
  return {
    columns: columns.length,
    rows: Math.max(...columns.map(heightOf)),
    places: new Map([...columnOf.keys()].map((neuron) => [neuron, place(neuron)])),
    links: strands.map((strand, i) => {
      const from = place(strand.from)
      const bent = (bends[i] ?? []).map(({ row }, step) => ({ column: from.column + 1 + step, row }))
      return { ...strand, points: [from, ...bent, place(strand.to)] }
    }),
    omitted: all.length - strands.length,
  }
}

/** Sensors in column 0, hidden neurons by their longest forward path, actuators together in the last. */
function columnsOf(genotype: Genotype): ReadonlyMap<NeuronId, number> {
  const { inputs, neurons, links } = genotype
  const { order, recurrent } = orderOf(genotype)
  const columns = new Map<NeuronId, number>()
  for (let id = 0; id < inputs; id++) columns.set(id, 0)
  const incoming = new Map<NeuronId, NeuronId[]>(neurons.map(({ id }) => [id, []]))
  links.targets.forEach((target, i) => { if (recurrent[i] === 0) incoming.get(target)!.push(links.sources[i]!) })
  let deepest = 0
  for (const position of order) {
    const { id } = neurons[position]!
    if (!isHidden(id)) continue
    // A hidden neuron that listens to an actuator lies before it all the same; that link is drawn backwards.
    let column = 1
    for (const source of incoming.get(id)!) if (!isActuator(source)) column = Math.max(column, 1 + columns.get(source)!)
    columns.set(id, column)
    deepest = Math.max(deepest, column)
  }
  for (const { id } of neurons) if (isActuator(id)) columns.set(id, deepest + 1)
  return columns
}

/** Joins the spots of each forward link; the result has the bends of each link, in its order. */
function bendLinks(
  strands: readonly Strand[], columnOf: ReadonlyMap<NeuronId, number>, spots: ReadonlyMap<NeuronId, Spot>, columns: Spot[][],
): readonly (readonly Spot[])[] {
  const gaps = strands.map(({ from, to }) => Math.max(0, columnOf.get(to)! - columnOf.get(from)! - 1))
  const bent = gaps.reduce((sum, gap) => sum + gap, 0) <= MAX_BENDS
  return strands.map(({ from, to }, i) => {
    const start = columnOf.get(from)!
    if (columnOf.get(to)! <= start) return []
    const bends = Array.from({ length: bent ? gaps[i]! : 0 }, (): Spot => ({ neuron: undefined, before: [], after: [], row: 0 }))
    bends.forEach((bend, step) => columns[start + 1 + step]!.push(bend))
    const path = [spots.get(from)!, ...bends, spots.get(to)!]
    for (let step = 1; step < path.length; step++) {
      path[step]!.before.push(path[step - 1]!)
      path[step - 1]!.after.push(path[step]!)
    }
    return bends
  })
}

/** Sweeps to and fro; each hidden column is sorted by where its neighbours lie. Sensors and actuators keep their order. */
function arrange(columns: readonly Spot[][]): void {
  for (const column of columns) settle(column)
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const forward = sweep % 2 === 0
    for (const column of forward ? columns : columns.toReversed()) {
      const first = column[0]?.neuron
      if (first !== undefined && (isSensor(first) || isActuator(first))) continue
      const wish = new Map(column.map((spot) => [spot, centreOf(forward ? spot.before : spot.after) ?? spot.row]))
      column.sort((a, b) => wish.get(a)! - wish.get(b)!)
      settle(column)
    }
  }
}

function centreOf(spots: readonly Spot[]): number | undefined {
  return spots.length === 0 ? undefined : spots.reduce((sum, { row }) => sum + row, 0) / spots.length
}

const sizeOf = ({ neuron }: Spot): number => (neuron === undefined ? BEND_ROWS : NEURON_ROWS)
const heightOf = (column: readonly Spot[]): number => column.reduce((sum, spot) => sum + sizeOf(spot), 0)

/** Rows from the order, the column's middle on the middle line. */
function settle(column: readonly Spot[]): void {
  let top = -heightOf(column) / 2
  for (const spot of column) {
    spot.row = top + sizeOf(spot) / 2
    top += sizeOf(spot)
  }
}
