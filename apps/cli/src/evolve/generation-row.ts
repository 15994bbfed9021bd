// One line of `generations-<seed>.csv`: what a population looked like after a generation. Writer and reader stand together,
// so that the columns have one home.

import type { Search } from '@megabrain/evolve'
import { medianOf, statisticsOf } from './statistics.ts'

export const generationColumns = [
  'generation', 'evaluations', 'best', 'bestPresent', 'mean', 'median', 'sd', 'members', 'species', 'threshold', 'meanHidden', 'meanLinks',
  'championHidden', 'championLinks',
] as const

/** Fitness as integers of the task's scale, 0 to 1,000,000. `best` is of all time, the rest is of the present members. */
export type GenerationRow = Readonly<Record<(typeof generationColumns)[number], number>>

export const GENERATIONS_HEADER = generationColumns.join(',')

export function generationRow(search: Search): GenerationRow {
  const { generation, evaluations, best, mean, members, species, threshold, meanHidden, meanLinks } = search.census()
  const fitnesses = search.members().map(({ fitness }) => fitness)
  const spread = statisticsOf(fitnesses)
  const champion = search.champion()?.genotype
  return {
    generation, evaluations, best, bestPresent: spread?.max ?? 0, mean, median: medianOf(fitnesses), sd: spread?.sd ?? 0,
    members, species, threshold, meanHidden, meanLinks,
    championHidden: champion === undefined ? 0 : champion.neurons.length - champion.outputs,
    championLinks: champion?.links.weights.length ?? 0,
  }
}

export function formatRow(row: GenerationRow): string {
  return generationColumns.map((name) => String(row[name])).join(',')
}

/** The rows of a file; lines that are none, such as one cut short by a crash, are left out. */
export function parseRows(text: string): GenerationRow[] {
  const [header, ...lines] = text.split('\n')
  if (header !== GENERATIONS_HEADER) return []
  return lines.flatMap((line) => {
    const cells = line.split(',')
    const numbers = cells.map((cell) => (cell === '' ? NaN : Number(cell)))
    if (cells.length !== generationColumns.length || !numbers.every(Number.isFinite)) return []
    return [Object.fromEntries(generationColumns.map((name, i) => [name, numbers[i]!])) as GenerationRow]
  })
}
