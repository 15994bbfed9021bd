// Who stays and who breeds: fitness weighed against size, three ways to draw parents, and the hall of fame.

import type { Genotype } from '../genotype/genotype.ts'
import type { Random } from '../random.ts'
import { power } from '../tuner/tuning-selection.ts'
import type { Agent } from './agent.ts'
import type { MemeticSettings } from './settings.ts'

/** Fitness / neurons^p (DXNN2, `size_proportional`). */
export function standing({ genotype, fitness }: Agent, settings: MemeticSettings): number {
  return fitness / power(genotype.neurons.length, settings.sizeExponent)
}

/** Best standing first, then fewer links, then the order given. */
export function rankedAgents(agents: readonly Agent[], settings: MemeticSettings): readonly Agent[] {
  return agents
    .map((agent) => ({ agent, rank: standing(agent, settings), links: agent.genotype.links.weights.length }))
    .sort((a, b) => b.rank - a.rank || a.links - b.links)
    .map(({ agent }) => agent)
}

/** Agents that stay for the next generation, best first: at least one, and at least one place is left for a child. */
export function survivorsOf(agents: readonly Agent[], settings: MemeticSettings): readonly Agent[] {
  const places = Math.max(1, Math.min(settings.size - 1, Math.floor(settings.survival * settings.size + 0.5)))
  return rankedAgents(agents, settings).slice(0, places)
}

/**
 * Parents of `count` children, by `selection`.
 * - `competition`: of the survivors, each in proportion to its standing.
 * - `tournament`: the best of `tournamentSize` drawn from all (Goldberg and Deb 1991).
 * - `hall-of-fame`: as competition, among the hall of fame instead of the living.
 */
export function chooseParents(
  count: number, living: readonly Agent[], hall: readonly Agent[], settings: MemeticSettings, random: Random,
): readonly Agent[] {
  if (settings.selection === 'tournament') {
    return Array.from({ length: count }, () => {
      const drawn = Array.from({ length: settings.tournamentSize }, () => living[random.integer(living.length)]!)
      return rankedAgents(drawn, settings)[0]!
    })
  }
  const pool = settings.selection === 'hall-of-fame' && hall.length > 0 ? hall : survivorsOf(living, settings)
  return sampled(pool, pool.map((agent) => standing(agent, settings)), count, random)
}

/** Stochastic universal sampling: each as often as its share, rounded up or down by chance (Baker 1987). */
function sampled(agents: readonly Agent[], shares: readonly number[], count: number, random: Random): readonly Agent[] {
  const total = shares.reduce((sum, share) => sum + share, 0)
  const weights = total > 0 ? shares : shares.map(() => 1)
  const step = (total > 0 ? total : shares.length) / count
  let next = random.uniform() * step
  let passed = 0
  const chosen: Agent[] = []
  agents.forEach((agent, i) => {
    passed += weights[i]!
    for (; chosen.length < count && next < passed; next += step) chosen.push(agent)
  })
  // Rounding of the sums may leave the last one out.
  while (chosen.length < count) chosen.push(agents.at(-1)!)
  return chosen
}

/** What the hall of fame keeps one agent of. */
export function descriptorOf({ neurons, links }: Genotype, settings: MemeticSettings): string {
  switch (settings.hallDescriptor) {
    case 'neurons': return `${neurons.length}`
    case 'links': return `${links.weights.length}`
    case 'structure': return `${neurons.length} ${links.weights.length}`
  }
}

/** A new kind enters as a stepping stone, a known one only by being fitter; past `hallSize` the least fit leaves. */
export function honour(hall: readonly Agent[], agent: Agent, settings: MemeticSettings): readonly Agent[] {
  const kind = descriptorOf(agent.genotype, settings)
  const place = hall.findIndex(({ genotype }) => descriptorOf(genotype, settings) === kind)
  if (place >= 0) return agent.fitness > hall[place]!.fitness ? hall.with(place, agent) : hall
  const grown = [...hall, agent]
  if (grown.length <= settings.hallSize) return grown
  let least = 0
  for (let i = 1; i < grown.length; i++) if (grown[i]!.fitness < grown[least]!.fitness) least = i
  return grown.toSpliced(least, 1)
}
