// `megabrain donate`: an island without a page, for racks and small boards. Evolves, exchanges and verifies until Ctrl-C; what it found is
// there at the next start.

import { mkdir } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { openKeys } from '@megabrain/archive/sqlite'
import { decodeRealm } from '@megabrain/exchange'
import type { Keys, ModelKind } from '@megabrain/exchange'
import type { ModuleTask } from '@megabrain/island/node'
import type { Command, Surroundings } from '../command.ts'
import { DONATE_USAGE, readDonateOptions } from '../donate/donate-options.ts'
import type { DonateOptions } from '../donate/donate-options.ts'
import { donorFolder } from '../donate/donor-folder.ts'
import { findPlaces } from '../donate/find-places.ts'
import { lineOf, statusOf } from '../donate/donor-status.ts'
import type { StatusSource } from '../donate/donor-status.ts'
import { yieldTo } from '../donate/priority.ts'
import { readRemembered } from '../donate/remembered.ts'
import { readSensorData } from '../donate/sensor-data.ts'
import { serveStatus } from '../donate/status-server.ts'
import type { MeshPlace } from '../mesh/relay-address.ts'
import { readOwnerKey } from '../realm/owner-key.ts'
import { isTaskFile, ownTaskOf } from '../task-reference.ts'
import { UsageError } from '../usage.ts'

const PROGRESS_MS = 10_000
const WAIT_MS = 200

export const donateCommand: Command = {
  usage: DONATE_USAGE,
  async run(args, surroundings) {
    const options = readDonateOptions(args)
    const { data, donation, status } = options
    await yieldTo(options.nice)
    const sensors = options.sensors === undefined ? undefined : await readSensorData(options.sensors)
    const ownTasks = await ownTasksOf(options)
    const before = await readRemembered(data)
    const place = await findPlaces(options.relays, options.realm, before, surroundings.progress)
    assertModel(place, options.model)
    await mkdir(data, { recursive: true, mode: 0o700 })
    const keys = await openDonorKeys(data, options.key)
    const { openDonor } = await import('../donate/donor.ts')
    const donor = await openDonor({ options, place, before, keys, ownTasks })
    const source: StatusSource = { donor, options, sensors }
    try {
      const server = status === undefined ? undefined : await serveStatus(status, () => statusOf(source))
      try {
        if (server !== undefined) surroundings.progress(`Status: http://127.0.0.1:${server.port}/status`)
        const share = `${donation.workers} × ${donation.dutyPercent} % of a core`
        surroundings.progress(`Donating ${share} to ${place.name}; Ctrl-C ends it and keeps what was found.`)
        await untilEnd(source, surroundings)
        return { json: { ...statusOf(source), realmId: place.realmId }, text: lineOf(source) }
      } finally {
        await server?.close()
      }
    } finally {
      await donor.close()
    }
  },
}

/** The realm's policy says how its islands work together; whoever asks for one model is not put into another. */
function assertModel({ document, name }: MeshPlace, wanted: ModelKind | undefined): void {
  const realm = decodeRealm(document)
  const model = realm.ok ? realm.value.realm.model?.kind ?? 'distributed' : 'distributed'
  if (wanted !== undefined && wanted !== model) throw new UsageError(`--model is ${wanted}, but the policy of realm ${name} says ${model}`)
}

async function ownTasksOf({ task, sensors }: DonateOptions): Promise<readonly ModuleTask[]> {
  const module = new URL('../donate/sensor-data.ts', import.meta.url).href
  if (sensors !== undefined) return [{ id: 'sensor-fusion', evaluator: undefined, source: '', module, argument: sensors }]
  return task !== undefined && isTaskFile(task) ? [await ownTaskOf(task)] : []
}

/** One owner for all machines of a rack; each machine has a device key of its own, which counts its claims. */
async function openDonorKeys(data: string, file: string | undefined): Promise<Keys> {
  const fault = (why: string): UsageError => new UsageError(`--key ${file} ${why}`)
  if (file !== undefined && !existsSync(file)) throw fault('does not exist: copy author-keys.json from the data folder of the first machine')
  const owner = file === undefined ? undefined : readOwnerKey(file).owner
  const keys = await openKeys(donorFolder(data), file).catch((error: Error) => { throw new UsageError(error.message) })
  const own = Buffer.from(keys.owner).toString('hex')
  const isOther = owner !== undefined && owner !== own
  if (isOther) throw fault(`is of owner ${owner.slice(0, 8)}, but ${data} has keys of owner ${own.slice(0, 8)} already`)
  return keys
}

async function untilEnd(source: StatusSource, { progress, stop }: Surroundings): Promise<void> {
  const { donor, options: { minutes } } = source
  const end = minutes === undefined ? Number.POSITIVE_INFINITY : Date.now() + minutes * 60_000
  let next = Date.now() + PROGRESS_MS
  let isFirst = true
  while (Date.now() < end && !stop.aborted) {
    const { phase, reason, detail, evaluations } = donor.snapshot()
    if (phase === 'stopped' && reason === 'failed') throw new UsageError(detail ?? 'the island stopped')
    if (isFirst && evaluations > 0) {
      isFirst = false
      progress(`First evaluation after ${process.uptime().toFixed(1)} s.`)
    }
    if (Date.now() >= next) {
      next += PROGRESS_MS
      progress(lineOf(source))
    }
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS))
  }
}
