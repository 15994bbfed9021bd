// When a search has solved its task: once a generation one champion meets the task's own predicate. Apart, so that every loop
// around a search (command line, island, library) names the same genotype as the solution.

import { evaluate } from './evaluate.ts'
import { compile } from './network/compile.ts'
import type { Member } from './population/population.ts'
import type { Task } from './task.ts'

/**
 * Once a generation, as in Stanley's protocol, because a champion test can cost a thousand evaluations: the best of the
 * fittest species whose record rose since its last test.
 * @param members after a `tell`
 * @param records fitness at each species' last test; written here
 * @returns the member that solves the task
 */
export function testChampion(task: Task, members: readonly Member[], records: Map<number, number>): Member | undefined {
  const champions = new Map<number, Member>()
  for (const member of members) {
    if (member.fitness > (champions.get(member.species)?.fitness ?? -1)) champions.set(member.species, member)
  }
  const risen = [...champions.values()].filter(({ species, fitness }) => fitness > (records.get(species) ?? -1))
  const [champion] = risen.sort((a, b) => b.fitness - a.fitness || a.species - b.species)
  if (champion === undefined) return undefined
  records.set(champion.species, champion.fitness)
  return task.solved(compile(champion.genotype), evaluate(task, champion.genotype)) ? champion : undefined
}
