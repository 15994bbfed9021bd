// Selection over all that a round's reports name, and the test of it that every reporter can make with its own report. Pure,
// and without chance where a liar could hide behind it.

import { createRandom } from '@megabrain/evolve'
import { compareText } from '../../bytes/compare.ts'
import type { FederatedPolicy } from '../../realm/model-policy.ts'
import { MAX_LISTED_REPORTS, MAX_SURVIVORS, REPORT_ID_LENGTH, type Report, type Survivor, type SurvivorList } from './content.ts'

export interface Reported {
  /** Of the report's message, hex. */
  readonly id: string
  readonly report: Report
}

/** Contestants of one tournament (Goldberg, Deb 1991). */
const TOURNAMENT = 3
/** One niche of one task. */
type Group = readonly Survivor[]

function compareRows(a: Survivor, b: Survivor): number {
  return b.fitness - a.fitness || compareText(a.prefix, b.prefix)
}

/**
 * - `competition`: each species keeps places in proportion to its summed fitness and gives them to its fittest (Sher 2013);
 *   none goes out altogether.
 * - `truncation`: the fittest of a task, whatever their species.
 * - `tournament`: each species keeps its fittest; further places go to the winners of tournaments within it.
 * @param survival thousandths
 * @param seed of the tournaments
 */
export function select({ selection, survival }: Pick<FederatedPolicy, 'selection' | 'survival'>, reported: readonly Reported[], seed: number): SurvivorList {
  const counted = [...reported].sort((a, b) => compareText(a.id, b.id)).slice(0, MAX_LISTED_REPORTS)
  const reports = counted.map(({ id, report }) => ({ id: id.slice(0, REPORT_ID_LENGTH), task: report.task }))
  const seen = new Set<string>()
  const rows = counted.flatMap(({ report }, index) => report.rows.map((row) => ({ ...row, report: index, task: report.task })))
  const tasks = new Map<number, Survivor[]>()
  for (const { task, ...row } of rows) {
    const name = `${task}/${row.prefix}`
    if (seen.has(name)) continue // reported by several: once is enough
    seen.add(name)
    const others = tasks.get(task)
    if (others === undefined) tasks.set(task, [row])
    else others.push(row)
  }
  const random = createRandom(seed)
  const survivors = [...tasks.keys()].sort((a, b) => a - b).flatMap((task) => {
    const all = tasks.get(task)!.sort(compareRows)
    const places = Math.max(1, Math.floor((all.length * survival) / 1_000))
    if (selection === 'truncation') return all.slice(0, places)
    const total = all.reduce((sum, { fitness }) => sum + fitness, 0)
    return groupsOf(all).flatMap((group) => {
      const share = total === 0 ? group.length / all.length : group.reduce((sum, { fitness }) => sum + fitness, 0) / total
      const kept = Math.min(group.length, Math.max(1, Math.floor(places * share)))
      return selection === 'competition' ? group.slice(0, kept) : tournament(group, kept, random)
    })
  })
  return { reports, survivors: survivors.slice(0, MAX_SURVIVORS) }
}

/** Ascending by species, each the fittest first. */
function groupsOf(sorted: readonly Survivor[]): readonly Group[] {
  const bySpecies = new Map<number, Survivor[]>()
  for (const row of sorted) {
    const group = bySpecies.get(row.species)
    if (group === undefined) bySpecies.set(row.species, [row])
    else group.push(row)
  }
  return [...bySpecies.keys()].sort((a, b) => a - b).map((species) => bySpecies.get(species)!)
}

function tournament([best, ...rest]: Group, places: number, random: { integer(below: number): number }): Group {
  const winners: Survivor[] = [best!]
  const field = [...rest]
  while (winners.length < places && field.length > 0) {
    let winner = field.length
    // Sorted: the lower place is the fitter one.
    for (let i = 0; i < TOURNAMENT; i++) winner = Math.min(winner, random.integer(field.length))
    winners.push(...field.splice(winner, 1))
  }
  return winners.sort(compareRows)
}

/** What a coordinator did to a report that it lists: it names survivors that are not in it, or leaves out better ones than it names. */
export type Injustice = 'invented' | 'omitted'

/**
 * Whether a list is unjust to one of the reports that it counts; undefined also for a report that it does not list, since
 * that may have come too late.
 */
export function injusticeTo({ id, report }: Reported, { reports, survivors }: SurvivorList, selection: FederatedPolicy['selection']): Injustice | undefined {
  const index = reports.findIndex((listed) => listed.id === id.slice(0, REPORT_ID_LENGTH))
  if (index === -1) return undefined
  const { task } = report
  if (reports[index]!.task !== task) return 'invented'
  const rows = new Map(report.rows.map((row) => [row.prefix, row]))
  const ofTask = survivors.filter((survivor) => reports[survivor.report]!.task === task)
  for (const survivor of ofTask) {
    const row = rows.get(survivor.prefix)
    if (survivor.report === index && (row?.fitness !== survivor.fitness || row.species !== survivor.species)) return 'invented'
  }
  const named = new Set(ofTask.map(({ prefix }) => prefix))
  const worst = worstOf(ofTask, selection)
  for (const { prefix, fitness, species } of report.rows) {
    if (survivors.length < MAX_SURVIVORS && !named.has(prefix) && fitness > worst(species)) return 'omitted'
  }
  return undefined
}

/** By species, what nothing better may be left out for; -1 where a species has no survivor at all. */
function worstOf(survivors: readonly Survivor[], selection: FederatedPolicy['selection']): (species: number) => number {
  if (selection === 'truncation') {
    const worst = survivors.reduce((least, { fitness }) => Math.min(least, fitness), survivors.length === 0 ? -1 : Infinity)
    return () => worst
  }
  const ends = new Map<number, number>()
  for (const { species, fitness } of survivors) {
    const before = ends.get(species)
    // Tournaments are won by chance, but never against the best.
    const isEnd = before === undefined || (selection === 'tournament' ? fitness > before : fitness < before)
    if (isEnd) ends.set(species, fitness)
  }
  return (species) => ends.get(species) ?? -1
}
