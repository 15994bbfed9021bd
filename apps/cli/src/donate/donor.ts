// One machine's donor: an island with its mesh, let run or rest by the donation engine, and what it remembers of its days. The
// engine decides; here it gets its readings and its decisions are carried out.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openArchive } from '@megabrain/archive/sqlite'
import type { Keys } from '@megabrain/exchange'
import { createWallClock, localDay, nextMidnight, openNodeIsland } from '@megabrain/island/node'
import type { Conditions, ModuleTask, Snapshot } from '@megabrain/island/node'
import { BindingUnavailableError, loadBinding, webTransport } from '@megabrain/webtransport-listener'
import { bytesIn, openNodeMesh } from '@megabrain/mesh/node'
import type { Mesh, TrafficView } from '@megabrain/mesh/node'
import type { MeshPlace } from '../mesh/relay-address.ts'
import { donorFolder } from './donor-folder.ts'
import type { DonateOptions } from './donate-options.ts'
import { openMachine } from './machine.ts'
import type { MachineReading } from './machine.ts'
import { writeRemembered } from './remembered.ts'
import type { Remembered } from './remembered.ts'

export interface DonorOptions {
  readonly options: DonateOptions
  readonly place: MeshPlace
  readonly before: Remembered | undefined
  readonly keys: Keys
  readonly ownTasks: readonly ModuleTask[]
}

export interface Donor {
  snapshot(): Snapshot
  machine(): MachineReading | undefined
  network(): NetworkView
  /** Keeps what was found and what the day has cost. */
  close(): Promise<void>
}

export interface NetworkView {
  /** `closed` when the day's data is used up; the island goes on alone until midnight. */
  readonly state: 'open' | 'closed'
  readonly reason: 'data-limit' | undefined
  readonly until: number | undefined
  readonly relays: readonly { readonly address: string; readonly state: string; readonly reason: string | undefined }[]
  /** Relays included. */
  readonly members: readonly { readonly kind: string; readonly transport: string }[]
  /** Since the start, by kind. */
  readonly sent: TrafficView['sent']
  readonly received: TrafficView['received']
  /** Sent and received on this local day, earlier starts included. */
  readonly todayBytes: number
}

const LOOK_MS = 2_000
/** The day's bytes and the relays learned: lost by a power cut are those of the last minute. */
const REMEMBER_MS = 60_000
/** A donor has nobody to press a button. */
const RETRY_MS = 60_000

export async function openDonor({ options, place, before, keys, ownTasks }: DonorOptions): Promise<Donor> {
  const folder = donorFolder(options.data)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const archive = await openArchive(join(folder, 'archive.sqlite'))
  const clock = createWallClock(undefined)
  const { task, algorithm, donation, dailyBytes } = options
  const machine = openMachine()
  const learned = new Set(before?.learned ?? [])
  let data = before?.data ?? { day: 0, bytes: 0 }
  let reading: MachineReading | undefined
  let tell: (conditions: Partial<Conditions>) => void = () => undefined
  let mesh: Mesh | undefined
  /** Of meshes that are closed. */
  let past: TrafficView | undefined
  let counted = 0
  let rememberedAt = Date.now()
  let failedAt: number | undefined
  let closed = false

  const isSpent = (now: number): boolean => dailyBytes !== undefined && data.day === localDay(clock, now) && data.bytes >= dailyBytes
  const dialler = webTransportHere()
  const openMesh = (): Promise<Mesh> => openNodeMesh({
    relays: place.relays, realm: place.realmId, spareRelays: [...learned], ...(dialler === undefined ? {} : { webTransport: dialler }),
  })
  const traffic = (): TrafficView => sumOf(past, mesh?.view().traffic)

  const chosen = ownTasks[0]?.id ?? task
  const settings = { ...donation, ...(chosen === undefined ? {} : { task: chosen }), ...(algorithm === undefined ? {} : { algorithm }) }
  if (!isSpent(Date.now())) mesh = await openMesh()
  const island = await openNodeIsland({
    realm: place.document, archive, keys, ownTasks, settings, evaluatesForOthers: options.takesUnits, ...(mesh === undefined ? {} : { mesh }),
    watch(listener) {
      tell = listener
      return () => { tell = () => undefined }
    },
  })
  island.command({ kind: 'start' })

  function count(now: number): void {
    const { sent, received } = traffic()
    const total = bytesIn(sent) + bytesIn(received)
    const day = localDay(clock, now)
    data = { day, bytes: (data.day === day ? data.bytes : 0) + total - counted }
    counted = total
    for (const { address, state } of mesh?.view().relays ?? []) {
      if (state === 'connected' && address.includes('/p2p/') && !place.relays.includes(address)) learned.add(address)
    }
  }

  const remember = (): Promise<void> =>
    writeRemembered(options.data, { asked: options.realm ?? '', place, learned: [...learned], data }).catch(() => undefined)

  async function keepCap(now: number): Promise<void> {
    if (isSpent(now) && mesh !== undefined) {
      const ending = mesh
      mesh = undefined
      island.attach(undefined)
      past = sumOf(past, ending.view().traffic)
      await Promise.all([ending.close(), remember()])
    } else if (!isSpent(now) && mesh === undefined) {
      mesh = await openMesh()
      island.attach(mesh)
    }
  }

  async function look(): Promise<void> {
    reading = await machine.read()
    const now = Date.now()
    const { otherLoadPercent, inUse, onBattery } = reading
    tell({ otherLoadPercent, onBattery, inUse: inUse && !options.isOftenUsed })
    const { phase, reason } = island.snapshot()
    failedAt = phase === 'paused' && reason === 'failed' ? failedAt ?? now : undefined
    if (failedAt !== undefined && now - failedAt > RETRY_MS) {
      failedAt = undefined
      island.command({ kind: 'resume' })
    }
    count(now)
    await keepCap(now)
    if (now - rememberedAt < REMEMBER_MS) return
    rememberedAt = now
    await remember()
  }

  await remember()
  let looking: Promise<void> = Promise.resolve()
  let timer: ReturnType<typeof setTimeout>
  const lookOn = (): void => {
    looking = look().finally(() => { if (!closed) timer = setTimeout(lookOn, LOOK_MS) })
  }
  lookOn()

  return {
    snapshot: island.snapshot,
    machine: () => reading,
    network() {
      const relays = (mesh?.view().relays ?? []).map(({ address, state, reason }) => ({ address, state, reason }))
      const members = (mesh?.view().neighbours ?? []).map(({ kind, transport }) => ({ kind, transport }))
      const counts = { ...traffic(), todayBytes: data.bytes }
      if (mesh !== undefined) return { state: 'open', reason: undefined, until: undefined, relays, members, ...counts }
      return { state: 'closed', reason: 'data-limit', until: nextMidnight(clock, Date.now()), relays, members, ...counts }
    },
    async close() {
      closed = true
      clearTimeout(timer)
      await looking
      await island.close()
      count(Date.now())
      await mesh?.close()
      await Promise.all([remember(), archive.close()])
    },
  }
}

/** Undefined where its native part cannot be loaded: the C library is too old, or there is no build for this processor. */
function webTransportHere(): ReturnType<typeof webTransport> | undefined {
  try {
    loadBinding()
    return webTransport()
  } catch (error) {
    if (error instanceof BindingUnavailableError) return undefined
    throw error
  }
}

function sumOf(a: TrafficView | undefined, b: TrafficView | undefined): TrafficView {
  const sum = (way: keyof TrafficView): TrafficView['sent'] => {
    const kinds = Object.keys((a ?? b)?.[way] ?? {}) as (keyof TrafficView['sent'])[]
    return Object.fromEntries(kinds.map((kind) => [kind, (a?.[way][kind] ?? 0) + (b?.[way][kind] ?? 0)])) as TrafficView['sent']
  }
  return { sent: sum('sent'), received: sum('received') }
}
