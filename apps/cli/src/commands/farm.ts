// `megabrain farm`: evolves here while donors of a realm evaluate. The search is the one that `evolve` runs with the same
// seed; who computes a fitness does not change it, and the champion is evaluated here before it is named.

import { randomInt } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { algorithmNames, cidOf, compile, createSearch, encodeGenotype, evaluate } from '@megabrain/evolve'
import type { Evaluation, Search, Task } from '@megabrain/evolve'
import { openWorkFarm } from '@megabrain/island/node'
import type { WorkFarm } from '@megabrain/island/node'
import { evaluatorVersion, findTask, settingsFor, tasks } from '@megabrain/tasks'
import type { Command, Surroundings } from '../command.ts'
import { findMeshPlace } from '../mesh/relay-address.ts'
import { visitRealm } from '../mesh/visit.ts'
import { measureOn } from '../simulate/scene.ts'
import { readCount, readOptions, required, UsageError } from '../usage.ts'

const text = { type: 'string' } as const
const options = {
  relay: text, realm: text, task: text, algorithm: { ...text, default: 'neat' }, seed: { ...text, default: '1' }, population: text,
  'max-evaluations': { ...text, default: '10000' }, donors: { ...text, default: '1' }, wait: { ...text, default: '60' }, out: text,
  'evaluate-too': { type: 'boolean', default: false },
} as const

const LOOK_MS = 250
const PROGRESS_MS = 2_000
const END_OF_SEEDS = 2 ** 32

export const farmCommand: Command = {
  usage: 'farm --relay ADDR [--realm R] --task ID [--algorithm A] [--seed S] [--population N] [--max-evaluations M] [--donors N] '
    + '[--wait SECONDS] [--evaluate-too] [--out DIR]',
  async run(args, surroundings) {
    const { values } = readOptions(args, options)
    const task = findTask(required(values.task, '--task'))
    if (task === undefined) throw new UsageError(`unknown task ${values.task}; there are ${Object.keys(tasks).join(', ')}`)
    const algorithm = algorithmNames.find((name) => name === values.algorithm)
    if (algorithm === undefined) throw new UsageError(`--algorithm must be one of ${algorithmNames.join(', ')}, got ${values.algorithm}`)
    const size = values.population === undefined ? {} : { size: readCount(values.population, '--population', 2) }
    const seed = readCount(values.seed, '--seed', 0)
    const budget = readCount(values['max-evaluations'], '--max-evaluations')
    const wanted = readCount(values.donors, '--donors', 0)
    const wait = readCount(values.wait, '--wait', 0)
    const search = createSearch({ algorithm, task, seed, settings: { ...settingsFor(task, algorithm), ...size } })
    const place = await findMeshPlace(required(values.relay, '--relay'), values.realm)
    const visit = await visitRealm(place)
    const farm = openWorkFarm({
      mesh: visit.mesh, task: task.id, evaluator: evaluatorVersion(task), seed: randomInt(END_OF_SEEDS), now: () => performance.now(),
      evaluatesToo: values['evaluate-too'], measure: (body) => measureOn(task)(task.id, body),
      onDisproved: (peer) => surroundings.progress(`${peer} answered with a false fitness and is asked no more.`),
    })
    try {
      await untilDonors(farm, wanted, wait, surroundings.stop)
      const donors = farm.donors()
      const { body, ...figures } = await evolveOn(farm, search, task, budget, surroundings)
      if (values.out !== undefined && body !== undefined) {
        await mkdir(values.out, { recursive: true })
        await writeFile(join(values.out, `champion-${seed}.genotype`), body)
      }
      const json = { task: task.id, algorithm, seed, donorsAtStart: donors, ...figures, ...farm.view() }
      const { evaluations, perSecond, champion, solved } = figures
      const found = champion === undefined ? 'no champion' : `champion ${champion.cid}, fitness ${champion.fitness}${solved ? ', solves it' : ''}`
      return { json, text: `${evaluations} evaluations by ${donors} donors, ${perSecond.toFixed(0)} a second; ${found}` }
    } finally {
      farm.close()
      await visit.close()
    }
  },
}

async function untilDonors(farm: WorkFarm, wanted: number, seconds: number, stop: AbortSignal): Promise<void> {
  const end = Date.now() + seconds * 1_000
  while (farm.donors() < wanted && Date.now() < end && !stop.aborted) await new Promise((resolve) => { setTimeout(resolve, LOOK_MS) })
}

/** Generation by generation; the best of each is evaluated here, since what is believed is what was run here. */
async function evolveOn(farm: WorkFarm, begun: Search, task: Task, budget: number, { progress, stop }: Surroundings) {
  let search = begun
  let champion: { readonly cid: string; readonly fitness: number } | undefined
  let body: Uint8Array | undefined
  let solved = false
  const started = performance.now()
  let shown = started
  while (search.census().evaluations < budget && !solved && !stop.aborted) {
    const asked = search.ask()
    const bodies = asked.candidates.map(({ genotype }) => encodeGenotype(genotype))
    const results = await farm.evaluate(bodies)
    const evaluations = results.map((result): Evaluation => ({ fitness: result.ok ? result.fitness : 0, score: 0, steps: 0 }))
    // Until the best holds: a donor that is trusted by now may have begun to lie.
    for (;;) {
      const best = evaluations.reduce((at, { fitness }, i) => (fitness > evaluations[at]!.fitness ? i : at), 0)
      if (evaluations[best]!.fitness <= (champion?.fitness ?? -1)) break
      const { genotype } = asked.candidates[best]!
      const evaluation = evaluate(task, genotype)
      const isTrue = evaluation.fitness === evaluations[best]!.fitness
      evaluations[best] = evaluation
      if (!isTrue) continue
      body = bodies[best]!
      champion = { cid: cidOf(body), fitness: evaluation.fitness }
      solved = task.solved(compile(genotype), evaluation)
      break
    }
    search = asked.search.tell(evaluations)
    if (performance.now() - shown < PROGRESS_MS) continue
    shown = performance.now()
    progress(`${search.census().evaluations} of ${budget} evaluations, ${farm.donors()} donors, best ${champion?.fitness ?? 0}`)
  }
  const wallMs = performance.now() - started
  const { evaluations, generation } = search.census()
  return { solved, evaluations, generations: generation, wallMs, perSecond: evaluations / wallMs * 1_000, champion, body }
}
