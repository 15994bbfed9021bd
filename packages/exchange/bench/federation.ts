// The figures of Model 2 on the virtual clock, one JSON line for each scene. Run by hand:
// `node packages/exchange/bench/federation.ts [SCENES] [SEEDS] [FIRST]`, such as `kill,cut,slow,liar,traffic 10 1`; `faults` plays
// random scenes until it has injected a hundred thousand faults.

import { createRandom, encodeGenotype, fingerprintOf, mutate, ask, createPopulation, defaultSettings } from '@megabrain/evolve'
import { runArchipelago } from '../src/archipelago/archipelago.ts'
import type { ArchipelagoOptions } from '../src/archipelago/options.ts'
import type { CreateSearch } from '../src/archipelago/search.ts'
import { drawScene } from '../src/archipelago/swarm.ts'
import { DEFAULT_FEDERATED } from '../src/realm/model-policy.ts'
import { createFalseCoordinator, type Falsehood } from '../zoo/false-coordinator.ts'
import { evaluatorVersion, findTask } from '../../tasks/src/index.ts'
import { measureWith } from './breeder.ts'

const [chosen = 'kill,cut,slow,liar,traffic', seeds = '10', first = '1'] = process.argv.slice(2)
const task = findTask('function-regression')!
const measure = measureWith(task)
const base = { task, evaluator: evaluatorVersion(task), evaluate: measure, model: DEFAULT_FEDERATED, mutantsPerSecond: 0.5 } as const
const MOST_FAULTS = 100_000

/** Twenty agents at once, then one mutant of them every twenty seconds. */
const manyAgents: CreateSearch = (random) => {
  const { candidates } = ask(createPopulation({ task, settings: { ...defaultSettings, size: DEFAULT_FEDERATED.agents }, seed: random.integer(4_294_967_296) }))
  const pool = candidates.map(({ genotype }) => mutate(genotype, defaultSettings, random).genotype)
  let elapsed = 0
  const discover = (genotype: (typeof pool)[number], generation: number): ReturnType<ReturnType<CreateSearch>['advance']> => {
    const body = encodeGenotype(genotype)
    const measured = measure(task.id, body)
    if (!measured.ok) return []
    return [{ task: task.id, body, fitness: measured.fitness, fingerprint: fingerprintOf(genotype), generation, parents: [], operators: [] }]
  }
  return {
    advance(ms) {
      elapsed += ms
      if (elapsed === ms) return pool.flatMap((genotype) => discover(genotype, 0))
      if (Math.floor(elapsed / 20_000) === Math.floor((elapsed - ms) / 20_000)) return []
      return discover(mutate(pool[random.integer(pool.length)]!, defaultSettings, random).genotype, Math.floor(elapsed / 20_000))
    },
    adopt: () => false,
    verified() {},
  }
}

function play(scene: string, seed: number, options: Pick<ArchipelagoOptions, 'islands' | 'minutes'> & Partial<ArchipelagoOptions>): void {
  const started = performance.now()
  const report = runArchipelago({ ...base, seed, ...options })
  const { federation, violations, falseEntries, archivesEqual, convergedAfterHealMs, equalAfterHealMs, bytesPerIslandPerSecond, published } = report
  const heal = convergedAfterHealMs === null ? {} : { convergedAfterHealMs, equalAfterHealMs }
  const wallMs = Math.round(performance.now() - started)
  console.log(JSON.stringify({ scene, seed, islands: options.islands, ...federation, ...heal, archivesEqual, falseEntries, violations, published, bytesPerIslandPerSecond, wallMs }))
}

function playFaults(): void {
  let [faults, scenes, violations, rounds, liars] = [0, 0, 0, 0, 0]
  for (let seed = Number(first); faults < MOST_FAULTS && violations === 0; seed++) {
    const report = runArchipelago({ ...drawScene(seed, base), model: { ...DEFAULT_FEDERATED, maxShardMembers: 4 + createRandom(seed).integer(60) } })
    faults += report.faults
    scenes++
    violations += report.violations.length
    rounds += report.federation?.rounds ?? 0
    liars += report.federation?.liarKnownMs.length ?? 0
    for (const violation of report.violations) console.error(`seed ${seed}: ${violation}`)
    if (scenes % 20 === 0) console.error(`${scenes} scenes, ${faults} faults`)
  }
  console.log(JSON.stringify({ scene: 'faults', scenes, faults, rounds, falselyAccused: liars, violations }))
}

for (const scene of chosen.split(',')) {
  if (scene === 'faults') playFaults()
  for (let seed = Number(first); seed < Number(first) + Number(seeds); seed++) {
    if (scene === 'kill') play('kill', seed, { islands: 100, minutes: 2, killCoordinator: [0.75] })
    if (scene === 'cut') play('cut', seed, { islands: 100, minutes: 4, partition: [0.9, 1.9], quietMs: 90_000 })
    if (scene === 'slow') {
      play('none slow', seed, { islands: 100, minutes: 3 })
      play('30 % slow', seed, { islands: 100, minutes: 3, slow: { share: 0.3, beatMs: 60_000 } })
    }
    if (scene === 'liar') {
      for (const falsehood of ['two-decisions', 'invented', 'omitted'] satisfies Falsehood[]) {
        play(falsehood, seed, { islands: 100, minutes: 2, attackers: [createFalseCoordinator(falsehood, { fromMs: 30_000 })] })
      }
    }
    if (scene === 'traffic') play('traffic', seed, { islands: 1_000, minutes: 2, search: manyAgents })
  }
}
