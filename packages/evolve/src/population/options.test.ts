import { expect, test } from 'vitest'
import { cidOf } from '../genotype/cid.ts'
import { encodeGenotype } from '../genotype/codec.ts'
import { linksOf } from '../genotype/create.ts'
import { actuatorId, isActuator, isHidden, isSensor, type Genotype } from '../genotype/genotype.ts'
import { hasCycle } from '../network/graph.ts'
import { createRandom } from '../random.ts'
import type { Evaluation } from '../task.ts'
import { census } from './census.ts'
import { recordOf } from './champion.ts'
import { decodePopulation, encodePopulation } from './checkpoint.ts'
import { between, withNoveltyMerit } from './novelty.ts'
import { chooseParent, selectionNames } from './parents.ts'
import { ask, championOf, createPopulation, tell, type Individual, type Population } from './population.ts'
import { choices, defaultSettings, settingRanges, settingsFault, switches, type PopulationSettings } from './settings.ts'
import { sharesOf, sharingNames } from './sharing.ts'

const task = { inputs: 3, outputs: 2, updateRule: { kind: 'ordered' }, behaviours: ['a', 'b'] } as const
const lively: Partial<PopulationSettings> = { size: 30, addLink: 0.3, addNeuron: 0.2 }

/** More links and neurons are fitter; behaviour is where two weights are. */
function evaluationOf({ links, neurons }: Genotype): Evaluation {
  const fold = (x: number): number => Math.abs(x) / (1 + Math.abs(x))
  const fitness = Math.min(1_000_000, 1_000 * links.weights.length + 7_000 * neurons.length)
  return { fitness, score: 1, steps: 1, behaviour: [fold(links.weights[0] ?? 0), fold(links.weights[1] ?? 0)] }
}

function tells(start: Population, count: number, seen: (population: Population) => void = () => {}): Population {
  let population = start
  for (let i = 0; i < count; i++) {
    const asked = ask(population)
    population = tell(asked.population, asked.candidates.map(({ genotype }) => evaluationOf(genotype)))
    seen(population)
  }
  return population
}

const variants: readonly Partial<PopulationSettings>[] = [
  { selection: 'competition' },
  { selection: 'tournament', tournamentSize: 4 },
  { sharing: 'distance' },
  { sharing: 'none' },
  { hallOfFame: 0.3, hallSize: 5 },
  { replaced: 1 },
  { replaced: 30, selection: 'tournament' },
  { simplifyAbove: 4, simplifyGenerations: 3 },
  { novelty: 1, noveltyRate: 0.2, noveltyArchive: 20 },
  { novelty: 0.5, replaced: 3 },
]

test.each(variants)('with %o a population keeps its size, improves, and goes on from its checkpoint as without a stop', (variant) => {
  const start = createPopulation({ task, settings: { ...lively, ...variant }, seed: 3 })
  const first = championOf(tells(start, 1))!.evaluation.fitness
  const population = tells(start, 25, ({ members, species }) => {
    expect(members.length).toBe(30)
    expect(new Set(members.map((member) => member.species))).toEqual(new Set(species.map(({ id }) => id)))
  })
  expect(championOf(population)!.evaluation.fitness).toBeGreaterThan(first)
  for (const state of [population, ask(population).population]) {
    const decoded = decodePopulation(encodePopulation(state))
    if (!decoded.ok) throw new Error(decoded.reason)
    expect(decoded.value).toEqual({ ...state, pending: state.pending.map(recordOf) })
    expect(encodePopulation(tells(decoded.value, 5))).toEqual(encodePopulation(tells(state, 5)))
  }
})

test('steady state evaluates a few and never loses the fittest', () => {
  let best = 0
  tells(createPopulation({ task, settings: { ...lively, replaced: 2 }, seed: 4 }), 60, (population) => {
    if (population.generation > 1) expect(population.evaluations).toBe(30 + 2 * (population.generation - 1))
    const fittest = Math.max(...population.members.map(({ fitness }) => fitness))
    expect(fittest).toBeGreaterThanOrEqual(best)
    best = fittest
  })
})

test('phases prune what grew and let it grow again', () => {
  const links: number[] = []
  const phases: boolean[] = []
  tells(createPopulation({ task, settings: { ...lively, simplifyAbove: 4, simplifyGenerations: 3 }, seed: 5 }), 80, (population) => {
    links.push(census(population).meanLinks)
    phases.push(population.phase.simplifying)
  })
  const begins = phases.flatMap((simplifying, i) => (simplifying && phases[i - 1] === false ? [i] : []))
  const ends = phases.flatMap((simplifying, i) => (!simplifying && phases[i - 1] === true ? [i] : []))
  expect(begins.length).toBeGreaterThan(1)
  expect(ends.length).toBeGreaterThan(0)
  ends.forEach((end, i) => expect(links[end]!).toBeLessThan(links[begins[i]!]!))
})

test('a champion of the past becomes a parent although it is no member any more', () => {
  let fromHall = 0
  let population = createPopulation({ task, settings: { ...lively, hallOfFame: 0.5, hallSize: 3 }, seed: 6 })
  for (let i = 0; i < 20; i++) {
    const present = new Set(population.members.map(({ genotype }) => cidOf(encodeGenotype(genotype))))
    const hall = new Set(population.hall.map(({ genotype }) => cidOf(encodeGenotype(genotype))))
    for (const { parents } of ask(population).candidates) {
      for (const parent of parents) {
        expect(present.has(parent) || hall.has(parent)).toBe(true)
        if (!present.has(parent)) fromHall++
      }
    }
    population = tells(population, 1)
    expect(population.hall.length).toBeLessThanOrEqual(3)
  }
  expect(fromHall).toBeGreaterThan(0)
})

test('every way to select prefers merit, and the fittest can be chosen', () => {
  const { members } = tells(createPopulation({ task, settings: lively, seed: 7 }), 8)
  const ranked = [...members].sort((a, b) => b.merit - a.merit)
  const mean = ranked.reduce((sum, { merit }) => sum + merit, 0) / ranked.length
  for (const selection of selectionNames) {
    const random = createRandom(1)
    const chosen = Array.from({ length: 300 }, () => chooseParent(ranked, { selection, survival: 0.2, tournamentSize: 3 }, random))
    expect(chosen.reduce((sum, { merit }) => sum + merit, 0) / chosen.length, selection).toBeGreaterThan(mean)
    expect(chosen.some(({ merit }) => merit === ranked[0]!.merit)).toBe(true)
  }
})

test('sharing by species or by distance gives a crowd less than its sum', () => {
  const population = tells(createPopulation({ task, settings: { ...lively, targetSpecies: 4, threshold: 1 }, seed: 8 }), 10)
  const membersOf = (id: number): readonly Individual[] => population.members.filter((member) => member.species === id)
  const pools = population.species.map((species) => ({ species, members: membersOf(species.id) }))
  const crowd = pools.reduce((a, b, i) => (b.members.length > pools[a]!.members.length ? i : a), 0)
  const portion = (sharing: (typeof sharingNames)[number]): number => {
    const shares = sharesOf(pools, { ...population, settings: { ...population.settings, sharing, dropOff: 1_000 } })
    return shares[crowd]! / shares.reduce((a, b) => a + b, 0)
  }
  expect(pools.length).toBeGreaterThan(1)
  expect(portion('species')).toBeLessThan(portion('none'))
  expect(portion('distance')).toBeLessThan(portion('none'))
})

test('novelty is the mean distance to the nearest, and merit follows it', () => {
  expect(between([0, 0], [0.3, 0.4])).toBeCloseTo(0.5, 15)
  const { members } = tells(createPopulation({ task, settings: { ...lively, novelty: 1 }, seed: 9 }), 1)
  const placed = members.map((member, i): Individual => ({ ...member, behaviour: i === 0 ? [1, 1] : [0, i / 1_000] }))
  const judged = withNoveltyMerit(placed, [], { ...defaultSettings, novelty: 1, noveltyNeighbours: 3 })
  expect(Math.max(...judged.slice(1).map(({ merit }) => merit))).toBeLessThan(judged[0]!.merit)
  expect(judged[0]!.merit).toBe(1_000_000)
  const remembered = withNoveltyMerit(placed, [[1, 1], [1, 1], [1, 1]], { ...defaultSettings, novelty: 1, noveltyNeighbours: 3 })
  expect(remembered[0]!.merit).toBe(0)
})

test('the archive of behaviours stays within its size, and a failed evaluation is no news', () => {
  const start = createPopulation({ task, settings: { ...lively, novelty: 1, noveltyRate: 1, noveltyArchive: 40 }, seed: 10 })
  expect(tells(start, 5).archive.length).toBe(40)
  const failed = tell(start, start.pending.map(() => ({ fitness: 0, score: 0, steps: 1 })))
  expect(failed.members.every(({ merit }) => merit === 0)).toBe(true)
  expect(() => tell(start, start.pending.map(() => ({ fitness: 0, score: 0, steps: 1, behaviour: [2] })))).toThrow('from 0 to 1, got 2')
  const silent = { inputs: 1, outputs: 1, updateRule: { kind: 'ordered' } } as const
  expect(() => createPopulation({ task: silent, settings: { novelty: 0.5 }, seed: 1 })).toThrow('novelty')
})

test('founders have hidden neurons where asked, and other ones each where they are random', () => {
  const founders = (settings: Partial<PopulationSettings>): readonly Genotype[] =>
    createPopulation({ task, settings: { size: 40, ...settings }, seed: 11 }).pending.map(({ genotype }) => genotype)
  for (const { neurons, links, outputs } of founders({ founderHidden: 4 })) {
    expect([neurons.length - outputs, links.weights.length]).toEqual([4, 3 * 2 + 4 * 3 + 4 * 2])
  }
  const sizes = founders({ founderHidden: 4, randomFounders: true }).map(({ neurons, outputs }) => neurons.length - outputs)
  expect(new Set(sizes)).toEqual(new Set([1, 2, 3, 4]))
})

test('random founders have about half of the links that close no cycle, the direct ones only without fullyLinked', () => {
  const founders = (fullyLinked: boolean): readonly Genotype[] => createPopulation({
    task, settings: { size: 200, founderHidden: 6, randomFounders: true, fullyLinked }, seed: 12,
  }).pending.map(({ genotype }) => genotype)
  const isDirect = (source: number, target: number): boolean => isSensor(source) && isActuator(target)
  for (const fullyLinked of [true, false]) {
    let [drawn, possible, between] = [0, 0, 0]
    for (const genotype of founders(fullyLinked)) {
      const { links, inputs, outputs, neurons } = genotype
      expect(hasCycle(genotype)).toBe(false)
      const hidden = neurons.length - outputs
      const direct = linksOf(genotype).filter(({ from, to }) => isDirect(from, to)).length
      if (fullyLinked) expect(direct).toBe(inputs * outputs)
      for (let i = 0; i < outputs; i++) expect(links.targets).toContain(actuatorId(i))
      between += linksOf(genotype).filter(({ from, to }) => isHidden(from) && isHidden(to)).length
      drawn += links.weights.length - (fullyLinked ? direct : 0)
      possible += hidden * (inputs + outputs) + (hidden * (hidden - 1)) / 2 + (fullyLinked ? 0 : inputs * outputs)
    }
    expect(drawn / possible).toBeGreaterThan(0.45)
    expect(drawn / possible).toBeLessThan(0.55)
    expect(between).toBeGreaterThan(100)
  }
})

test('every setting is checked by name', () => {
  for (const [name, least, most] of settingRanges) {
    for (const value of [least - 1, most + 1, NaN, -0]) {
      expect(settingsFault({ ...defaultSettings, [name]: value }), `${name} ${value}`).toContain(`Setting ${name} must be`)
    }
  }
  for (const name of switches) expect(settingsFault({ ...defaultSettings, [name]: 1 })).toContain(`Setting ${name} must be true or false`)
  for (const [name] of choices) expect(settingsFault({ ...defaultSettings, [name]: 'best' })).toContain(`Setting ${name} must be one of`)
  expect(settingsFault({ ...defaultSettings, activations: [] })).toContain('activations')
  expect(settingsFault({ ...defaultSettings, aggregations: ['average' as 'mean'] })).toContain('aggregations')
  expect(settingsFault({ ...defaultSettings, replaced: 200 })).toContain('replaced must be at most the size, 150, got 200')
  const numbers = settingRanges.map(([name]) => name)
  const known = new Set<string>([...numbers, ...switches, ...choices.map(([name]) => name), 'activation', 'activations', 'aggregations'])
  expect(new Set(Object.keys(defaultSettings))).toEqual(known)
})
