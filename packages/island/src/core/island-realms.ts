// The realms that one island has joined: a host for each, one of them in view. They share storage, author and what the
// visitor allows; claims, genotypes, reputation, workers and meshes are apart.

import type { Archive, Keys, MeshPorts } from '@megabrain/exchange'
import { wordsOf } from '../errors.ts'
import { sumOfWork } from '../donation/work-account.ts'
import type { Allowance, IslandCommand, MeshSettings, Settings, Snapshot } from '../snapshot.ts'
import { openHost } from './island-host.ts'
import type { Clock, Host } from './host.ts'
import type { ComputeWorker } from './supervisor.ts'

export interface IslandRealmsOptions {
  /** The signed policy document of the realm that the page came with. It is never left. */
  readonly realm: Uint8Array
  readonly archive: Archive
  readonly keys: Keys
  /** On top of what the archive remembers. */
  readonly settings: Partial<Settings>
  readonly clock: Clock
  seed(): number
  spawn(realmId: string, slot: number): ComputeWorker
  onSnapshot(snapshot: Snapshot): void
  /** A realm was opened: give it a mesh with `attach`. */
  onJoined(realmId: string, settings: MeshSettings): void
  /** A realm was closed: its mesh can be closed too. */
  onLeft(realmId: string): void
}

export interface IslandRealms {
  snapshot(): Snapshot
  attach(realmId: string, mesh: MeshPorts | undefined): void
  run(allowance: Allowance): void
  /** Ends the generation of every worker. @param onFinished not called when `run` comes first */
  finish(onFinished: () => void): void
  configure(settings: Partial<Settings>): void
  obey(command: IslandCommand): Promise<void>
  /** Of the realm that is shown. */
  exportCredit(): Promise<Uint8Array>
  /** Storage is full: gives up what others have too. */
  makeRoom(): void
  workerFailed(realmId: string, message: string, slot: number): void
  checkpoint(): Promise<void>
  close(): Promise<void>
}

/** Each realm has a mesh, a worker and its part of the duty. */
const MAX_REALMS = 4
const JOINED_PREFIX = 'joined/'
const FOCUS_KEY = 'focus'

/** @throws RealmInvalidError when the first realm's document is not what its owner signed or names no task of ours */
export async function openIslandRealms(options: IslandRealmsOptions): Promise<IslandRealms> {
  const { archive } = options
  const hosts = new Map<string, Host>()
  let focused: Host | undefined
  let doing: Allowance = { running: false, reason: undefined }

  async function open(document: Uint8Array, settings: Partial<Settings>): Promise<Host> {
    if (hosts.size >= MAX_REALMS) throw new RangeError(`An island is in at most ${MAX_REALMS} realms at a time`)
    const { keys, clock } = options
    let realmId = ''
    const host = await openHost({
      realm: document, archive, keys, settings, clock,
      seed: () => options.seed(),
      spawn: (slot) => options.spawn(realmId, slot),
      onRealm: (id) => { realmId = id },
      onSnapshot: () => { if (focused === host) options.onSnapshot(snapshot()) },
    })
    hosts.set(host.realmId, host)
    shareDuty()
    return host
  }
  const shareDuty = (): void => { for (const host of hosts.values()) host.share(hosts.size) }

  function snapshot(): Snapshot {
    const all = [...hosts.values()]
    const parts = all.map((host) => host.snapshot())
    const own = parts[all.indexOf(focused ?? first)]!
    const dutyPercent = parts.reduce((sum, part) => sum + part.dutyPercent, 0)
    return { ...own, dutyPercent, work: sumOfWork(parts.map(({ work }) => work)), realms: parts.flatMap(({ realms }) => realms) }
  }

  async function remember(): Promise<void> {
    const value = focused === undefined ? undefined : new TextEncoder().encode(focused.realmId)
    await archive.write([{ key: FOCUS_KEY, value }])
  }

  /** What is wrong with the document is told in the log. */
  async function join(document: Uint8Array): Promise<void> {
    const before = focused ?? first
    try {
      // What is bred is each realm's own, all else is the visitor's.
      const settings = Object.entries(before.snapshot().settings).filter(([name]) => name !== 'task' && name !== 'algorithm')
      const host = await open(document, Object.fromEntries(settings))
      await archive.write([{ key: JOINED_PREFIX + host.realmId, value: document }])
      focused = host
      host.run(doing)
      options.onJoined(host.realmId, meshSettingsOf(host))
      await remember()
    } catch (error) {
      before.note({ kind: 'join-failed', detail: wordsOf(error) })
    }
  }

  /** What was found there stays in this browser. */
  async function leave(realmId: string): Promise<void> {
    const host = hosts.get(realmId)
    if (host === undefined || host === first) return
    hosts.delete(realmId)
    if (focused === host) focused = first
    options.onLeft(realmId)
    await host.close()
    await archive.write([{ key: JOINED_PREFIX + realmId, value: undefined }])
    await remember()
    shareDuty()
    options.onSnapshot(snapshot())
  }

  const first = await open(options.realm, options.settings)
  for (const { key, value } of await archive.list(JOINED_PREFIX)) {
    // A document that no longer holds here, as when no task of it is known any more, is left where it is.
    if (!hosts.has(key.slice(JOINED_PREFIX.length))) await open(value, options.settings).catch(() => undefined)
  }
  const wanted = await archive.read(FOCUS_KEY)
  focused = wanted === undefined ? first : hosts.get(new TextDecoder().decode(wanted)) ?? first
  for (const realmId of hosts.keys()) options.onJoined(realmId, meshSettingsOf(first))

  return {
    snapshot,
    attach: (realmId, mesh) => hosts.get(realmId)?.attach(mesh),
    run(allowance) {
      doing = allowance
      for (const host of hosts.values()) host.run(allowance)
    },
    finish(onFinished) {
      const left = new Set(hosts.values())
      for (const host of hosts.values()) {
        host.finish(() => {
          left.delete(host)
          if (left.size === 0) onFinished()
        })
      }
    },
    configure({ task, algorithm, ...everywhere }) {
      for (const host of hosts.values()) {
        host.configure(host === focused ? { ...everywhere, ...(task === undefined ? {} : { task }), ...(algorithm === undefined ? {} : { algorithm }) } : everywhere)
      }
    },
    async obey(command) {
      switch (command.kind) {
        case 'join':
          return join(command.document)
        case 'leave':
          return leave(command.realm)
        case 'focus':
          focused = hosts.get(command.realm) ?? focused
          options.onSnapshot(snapshot())
          return remember()
        case 'ask-machines':
          for (const host of hosts.values()) host.askMachines(command.paused)
          return
        case 'overrule':
          for (const host of hosts.values()) host.overrule()
          return
        case 'publish':
          return hosts.get(command.realm)?.obey(command)
        default:
          return (focused ?? first).obey(command)
      }
    },
    exportCredit: () => (focused ?? first).exportCredit(),
    makeRoom() {
      for (const host of hosts.values()) host.makeRoom()
    },
    workerFailed: (realmId, message, slot) => hosts.get(realmId)?.workerFailed(message, slot),
    async checkpoint() {
      await Promise.all([...hosts.values()].map((host) => host.checkpoint()))
    },
    async close() {
      await Promise.all([...hosts.values()].map((host) => host.close()))
    },
  }
}

function meshSettingsOf(host: Host): MeshSettings {
  const { relayOnly, lowData } = host.snapshot().settings
  return { relayOnly, lowData }
}
