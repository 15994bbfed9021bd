// The history of a population as columns for charts and files: one way of counting time, smoothed lines beside the raw ones, marks where
// strangers' champions came in.

import type { HistoryPoint } from '@megabrain/island'

export const timeScales = ['evaluations', 'generation', 'time'] as const
/** What the horizontal axis counts. */
export type TimeScale = (typeof timeScales)[number]

export const quantities = ['best', 'median', 'mean', 'meshBest', 'spread', 'hidden', 'links', 'distance', 'entropy', 'speciesCount', 'rate', 'adopted'] as const
export type Quantity = (typeof quantities)[number]
export type Column = readonly (number | null)[]

export interface EvolutionColumns {
  /** Rising; seconds since 1970 for `time`. */
  readonly x: readonly number[]
  readonly columns: Readonly<Record<Quantity, Column>>
  /** Values of x at which a stranger's champion had come in since the point before. */
  readonly arrivals: readonly number[]
}

/** Points that do not know a quantity have null there: those of earlier releases, and rates across a pause. */
export function evolutionColumns(history: readonly HistoryPoint[], scale: TimeScale): EvolutionColumns {
  const points = history.filter((point, index) => {
    const before = history[index - 1]
    return scale !== 'time' ? before === undefined || point[scale] > before[scale] : point.time !== undefined && point.time > (before?.time ?? 0)
  })
  const column = (value: (point: HistoryPoint, before: HistoryPoint | undefined) => number | undefined): Column =>
    points.map((point, index) => value(point, points[index - 1]) ?? null)
  const x = points.map((point) => (scale === 'time' ? point.time! / 1_000 : point[scale]))
  return {
    x,
    columns: {
      best: column(({ best }) => best),
      mean: column(({ mean }) => mean),
      meshBest: column(({ meshBest }) => meshBest),
      median: column(({ portrait }) => portrait?.median),
      spread: column(({ portrait }) => portrait?.spread),
      hidden: column(({ portrait }) => portrait?.hidden),
      links: column(({ portrait }) => portrait?.links),
      distance: column(({ portrait }) => portrait?.distance),
      entropy: column(({ portrait }) => portrait?.entropy),
      speciesCount: column(({ portrait }) => portrait && portrait.species.length / 2),
      rate: column(rateBetween),
      adopted: column(({ adopted }) => adopted),
    },
    arrivals: points.flatMap(({ adopted }, index) => {
      const before = points[index - 1]?.adopted
      return adopted !== undefined && before !== undefined && adopted > before ? [x[index]!] : []
    }),
  }
}

const LONG_PAUSE_MS = 600_000

function rateBetween(point: HistoryPoint, before: HistoryPoint | undefined): number | undefined {
  if (before?.time === undefined || point.time === undefined) return undefined
  const passed = point.time - before.time
  return passed <= 0 || passed > LONG_PAUSE_MS ? undefined : (1_000 * (point.evaluations - before.evaluations)) / passed
}

/**
 * Exponential moving average that begins at the first value.
 * @param weight of what was before, 0 (raw) to below 1
 */
export function smoothed(column: Column, weight: number): Column {
  let average: number | null = null
  return column.map((value) => {
    if (value !== null) average = average === null ? value : weight * average + (1 - weight) * value
    return value === null ? null : average
  })
}

export interface SpeciesBand {
  readonly id: number
  /** Members at each point. */
  readonly sizes: readonly number[]
}

export interface SpeciesStream {
  readonly x: readonly number[]
  /** In the order of their ids: the oldest at the bottom. */
  readonly bands: readonly SpeciesBand[]
  /** The largest number of members at any point. */
  readonly members: number
}

const MAX_BANDS = 40

/** The largest species over time; undefined before two points know their species. */
export function speciesStream(history: readonly HistoryPoint[], scale: TimeScale): SpeciesStream | undefined {
  const points = history.filter(({ portrait, time }) => portrait !== undefined && (scale !== 'time' || time !== undefined))
  if (points.length < 2) return undefined
  const sizes = new Map<number, number[]>()
  points.forEach(({ portrait }, at) => {
    const { species } = portrait!
    for (let index = 0; index + 1 < species.length; index += 2) {
      const id = species[index]!
      const row = sizes.get(id) ?? points.map(() => 0)
      row[at] = species[index + 1]!
      sizes.set(id, row)
    }
  })
  const together = ([, row]: [number, number[]]): number => row.reduce((sum, size) => sum + size, 0)
  const largest = [...sizes].sort((a, b) => together(b) - together(a)).slice(0, MAX_BANDS).sort(([a], [b]) => a - b)
  return {
    x: points.map((point) => (scale === 'time' ? point.time! / 1_000 : point[scale])),
    bands: largest.map(([id, row]) => ({ id, sizes: row })),
    members: Math.max(...points.map((_, at) => largest.reduce((sum, [, row]) => sum + row[at]!, 0))),
  }
}

/** RFC 4180, one line for each point; empty where a value is not known. */
export function columnsAsCsv({ x, columns }: EvolutionColumns, scale: TimeScale): string {
  const lines = x.map((value, at) => [value, ...quantities.map((name) => columns[name][at] ?? '')].join(','))
  return [[scale === 'time' ? 'unixSeconds' : scale, ...quantities].join(','), ...lines, ''].join('\r\n')
}
