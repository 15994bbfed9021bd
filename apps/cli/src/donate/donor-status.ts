// A donor's state, for a monitor as JSON and for a person as one line.

import type { ModelView } from '@megabrain/exchange'
import type { ChampionView } from '@megabrain/island/node'
import { bytesIn } from '@megabrain/mesh/traffic'
import { findTask, keptPercent, rawBytesPerEvaluation } from '@megabrain/tasks'
import type { Donor } from './donor.ts'
import type { DonateOptions } from './donate-options.ts'
import type { SensorData } from './sensor-data.ts'

export interface StatusSource {
  readonly donor: Donor
  readonly options: DonateOptions
  readonly sensors: SensorData | undefined
}

/** The newest that are told. */
const MAX_ADOPTIONS = 20

/** Times are ISO 8601, bytes are bytes, duties are per cent of one core. */
export function statusOf({ donor, options, sensors }: StatusSource) {
  const { phase, reason, until, detail, settings, realms, evaluations, champion, ...island } = donor.snapshot()
  const { sent, received, todayBytes, ...network } = donor.network()
  const memory = process.memoryUsage()
  return {
    version: 1,
    state: phase,
    reason,
    detail,
    until: timeOf(until),
    realm: realms[0]?.name,
    task: settings.task,
    author: island.author,
    workers: settings.workers,
    duty: { set: settings.dutyPercent * settings.workers, share: island.share, measured: round(island.dutyPercent) },
    machine: donor.machine(),
    evaluations,
    evaluationsPerSecond: round(island.evaluationsPerSecond),
    generation: island.generation,
    champion: champion === undefined ? undefined : championOf(champion),
    bestHere: island.bestHere,
    bestInMesh: island.bestInMesh,
    published: island.published,
    verified: island.admitted,
    adoptions: island.adoptions.slice(-MAX_ADOPTIONS),
    members: realms[0]?.neighbours ?? 0,
    model: island.model,
    network: { ...network, until: timeOf(network.until) },
    bytes: { sent, received, today: todayBytes, dailyCap: options.dailyBytes },
    sensors: sensors === undefined ? undefined : {
      readings: sensors.readings.length, files: sensors.files, bytes: sensors.bytes,
      ...keptAndShared(evaluations * processedBytes(sensors), bytesIn(sent)),
    },
    // The resident set of the whole process; the heap in use of its main thread alone.
    rssBytes: memory.rss,
    heapBytes: memory.heapUsed,
    uptimeSeconds: Math.round(process.uptime()),
  }
}

function championOf({ cid, fitness, links, solved, author }: ChampionView) {
  return { cid, fitness, links, solved, author }
}

/** What the task's evaluations went through here, and all that went out for whatever reason. */
function keptAndShared(processedLocally: number, shared: number) {
  const isIdle = processedLocally + shared === 0
  return { processedLocally, shared, keptLocalPercent: isIdle ? undefined : keptPercent(processedLocally, shared) }
}

/** Half of the readings are for evolution, the rest for the test of who has solved it. */
function processedBytes({ readings }: SensorData): number {
  return rawBytesPerEvaluation({ ...findTask('sensor-fusion')!, maxActivations: Math.ceil(readings.length / 2) })
}

export function lineOf(source: StatusSource): string {
  const { state, reason, until, task, sensors, network, bytes, duty, ...status } = statusOf(source)
  const what = `${task}: best ${status.bestHere}, in the mesh ${status.bestInMesh}; ${status.evaluations} evaluations, `
    + `${Math.round(status.evaluationsPerSecond)}/s; ${status.members} members; published ${status.published}, verified ${status.verified}; duty ${Math.round(duty.measured)} %`
  const kept = sensors?.keptLocalPercent === undefined ? '' : `; ${sensors.keptLocalPercent} % of the data stayed here`
  const why = reason === undefined ? state : `${state}: ${reason}`
  const rest = why === 'running' ? '' : ` [${why}${until === undefined ? '' : ` until ${until}`}]`
  const cap = (bytes.dailyCap ?? 0) / 1e6
  const offline = network.state === 'open' ? '' : ` [alone: the day's ${cap} MB are used up, until ${network.until}]`
  return `${what}${modelText(status.model)}${kept}${rest}${offline}`
}

/** Of a realm of Model 2: who coordinates, and how the last round ended. */
function modelText(model: ModelView | undefined): string {
  if (model?.federation === undefined) return ''
  const { coordinator, isOurs, round: open, rounds } = model.federation
  const who = isOurs ? 'this donor' : coordinator?.slice(0, 8) ?? 'nobody yet'
  const last = rounds.at(-1)
  const end = last === undefined ? '' : `, the last with ${last.reports} of ${last.members} reports and ${last.survivors} survivors`
  return `; round ${open} coordinated by ${who}${end}`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function timeOf(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString()
}
