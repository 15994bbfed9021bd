// `megabrain donate`: an island without a page, for racks and small boards. Evolves, exchanges and verifies until Ctrl-C; what it found is
// there at the next start. Each worker is an island of its own under one owner.

import { mkdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { algorithmNames } from '@megabrain/evolve'
import { openArchive, openKeys } from '@megabrain/archive/sqlite'
import type { Island, Settings } from '@megabrain/island/node'
import type { Command, Surroundings } from '../command.ts'
import { findMeshPlace } from '../mesh/relay-address.ts'
import type { MeshPlace } from '../mesh/relay-address.ts'
import { readCount, readOptions, required, UsageError } from '../usage.ts'

const PROGRESS_MS = 10_000
const MAX_WORKERS = 64

interface Donor {
  readonly island: Island
  close(): Promise<void>
}

export const donateCommand: Command = {
  usage: 'donate --relay ADDR [--realm R] [--workers W] [--duty PCT] [--task ID] [--algorithm A] [--data DIR] [--minutes M]',
  async run(args, surroundings) {
    const names = {
      relay: { type: 'string' }, realm: { type: 'string' }, workers: { type: 'string', default: '1' }, duty: { type: 'string', default: '25' },
      task: { type: 'string' }, algorithm: { type: 'string' }, data: { type: 'string', default: join(homedir(), '.megabrain') }, minutes: { type: 'string' },
    } as const
    const { values } = readOptions(args, names)
    const workers = readCount(values.workers, '--workers')
    const dutyPercent = readCount(values.duty, '--duty')
    if (workers > MAX_WORKERS) throw new UsageError(`--workers must be at most ${MAX_WORKERS}, got ${workers}`)
    if (dutyPercent > 100) throw new UsageError(`--duty must be per cent of one core for each worker, at most 100, got ${dutyPercent}`)
    const minutes = values.minutes === undefined ? undefined : readCount(values.minutes, '--minutes')
    const algorithm = algorithmNames.find((name) => name === values.algorithm)
    if (values.algorithm !== undefined && algorithm === undefined) throw new UsageError(`--algorithm must be one of ${algorithmNames.join(', ')}, got ${values.algorithm}`)
    const place = await findMeshPlace(required(values.relay, '--relay'), values.realm)
    const settings = { dutyPercent, ...(values.task === undefined ? {} : { task: values.task }), ...(algorithm === undefined ? {} : { algorithm }) }

    const donors: Donor[] = []
    try {
      for (let worker = 1; worker <= workers; worker++) donors.push(await openDonor(place, values.data, worker, settings))
      surroundings.progress(`Donating ${workers} × ${dutyPercent} % of a core to ${place.name}; Ctrl-C ends it and keeps what was found.`)
      await untilEnd(donors, minutes, surroundings)
      return account(place, donors)
    } finally {
      await Promise.all(donors.map((donor) => donor.close()))
    }
  },
}

async function openDonor(place: MeshPlace, data: string, worker: number, settings: Partial<Settings>): Promise<Donor> {
  const [{ openNodeMesh }, { openNodeIsland }] = await Promise.all([import('@megabrain/mesh/node'), import('@megabrain/island/node')])
  const folder = join(data, `worker-${worker}`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // The first worker's owner is everybody's: credit adds up, and each has a device key that counts its own claims.
  const keys = worker === 1 ? await openKeys(folder) : await openKeys(folder, join(data, 'worker-1'))
  const archive = await openArchive(join(folder, 'archive.sqlite'))
  const mesh = await openNodeMesh({ relays: place.relays, realm: place.realmId })
  const island = await openNodeIsland({ realm: place.document, archive, keys, mesh, settings })
  island.command({ kind: 'start' })
  return {
    island,
    async close() {
      await island.close()
      await mesh.close()
      await archive.close()
    },
  }
}

async function untilEnd(donors: readonly Donor[], minutes: number | undefined, { progress, stop }: Surroundings): Promise<void> {
  const end = minutes === undefined ? Number.POSITIVE_INFINITY : Date.now() + minutes * 60_000
  let next = Date.now() + PROGRESS_MS
  while (Date.now() < end && !stop.aborted) {
    const failed = donors.map(({ island }) => island.snapshot()).find(({ phase, reason }) => phase === 'stopped' && reason === 'failed')
    if (failed !== undefined) throw new UsageError(failed.detail ?? 'the island stopped')
    if (Date.now() >= next) {
      next += PROGRESS_MS
      progress(lineOf(donors))
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

function lineOf(donors: readonly Donor[]): string {
  const all = donors.map(({ island }) => island.snapshot())
  const sum = (of: (snapshot: (typeof all)[number]) => number): number => all.reduce((total, each) => total + of(each), 0)
  const best = Math.max(...all.map(({ bestHere }) => bestHere))
  const mesh = Math.max(...all.map(({ bestInMesh }) => bestInMesh))
  const neighbours = Math.max(...all.map(({ realms }) => realms[0]?.neighbours ?? 0))
  return `${all[0]!.settings.task}: best ${best}, in the mesh ${mesh}; ${sum((each) => each.evaluations)} evaluations, ${Math.round(sum((each) => each.evaluationsPerSecond))}/s; `
    + `${neighbours} members; published ${sum((each) => each.published)}, verified ${sum((each) => each.admitted)}; duty ${Math.round(sum((each) => each.dutyPercent))} %`
}

function account({ realmId, name }: MeshPlace, donors: readonly Donor[]) {
  const islands = donors.map(({ island }) => {
    const { settings, evaluations, generation, champion, bestHere, bestInMesh, published, admitted, author } = island.snapshot()
    const found = champion === undefined ? undefined : { cid: champion.cid, fitness: champion.fitness, links: champion.links, solved: champion.solved }
    return { task: settings.task, algorithm: settings.algorithm, evaluations, generation, champion: found, bestHere, bestInMesh, published, admitted, author }
  })
  return { json: { realm: realmId, name, islands }, text: lineOf(donors) }
}
