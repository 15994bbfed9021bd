// One island of the archipelago: the real member, driven over the memory network on the virtual clock. What a live driver
// does with promises and workers happens here in order and at once. It can crash, lose writes, come back and leave.

import type { Random } from '@megabrain/evolve'
import { removalOf, restoreEntries, rowPrefixes, rowsOf } from '../archive/archive-rows.ts'
import type { Entry } from '../archive/entry.ts'
import { hexText } from '../bytes/text.ts'
import { HEARTBEAT_MS } from '../limits.ts'
import type { Effect, MemberEvent, Notice } from '../member/events.ts'
import { receiptRowPrefix } from '../member/credit.ts'
import { step } from '../member/member.ts'
import { findRowPrefix } from '../member/past.ts'
import { createMember, type MemberOptions, type MemberState } from '../member/state.ts'
import { createMemoryKeys, memorySignature } from '../memory/memory-keys.ts'
import type { MemoryMember, MemoryNetwork } from '../memory/memory-network.ts'
import { realmId } from '../realm/realm.ts'
import { regionDeclaration } from '../registry/region.ts'
import { statementRowPrefix } from '../registry/statement-rows.ts'
import { createIslandDisk } from './island-disk.ts'
import type { IslandSearch } from './search.ts'
import type { SharedReading } from './shared-reading.ts'

export interface SimulatedIsland {
  readonly index: number
  readonly name: string
  /** The owner's key, hex: who its claims are by. */
  readonly author: string
  /** The device's key, hex. */
  readonly device: string
  /** Signs claims with this fitness whatever was measured; undefined for an honest island. */
  readonly lies: number | undefined
  readonly state: MemberState
  readonly isUp: boolean
  /** How far its clock is from the network's, ms. */
  readonly clockMs: number
  setClock(ms: number): void
  /** Stops at once: links gone, memory gone, the writes of the last moment lost. */
  crash(): void
  /** Comes back with what it had stored, or with nothing. The caller connects it. */
  restart(wiped: boolean): void
}

export interface IslandHooks {
  /** Every event with the effects it had, after the state has changed. */
  stepped(island: SimulatedIsland, event: MemberEvent, effects: readonly Effect[]): void
  noticed(island: SimulatedIsland, notice: Notice): void
  kept(island: SimulatedIsland, entry: Entry, replaces: Entry | undefined): void
  adopted(island: SimulatedIsland): void
  /** A new member on restored entries. */
  restarted(island: SimulatedIsland, entries: readonly Entry[], damaged: readonly string[]): void
}

export interface IslandSetup {
  readonly index: number
  readonly name: string
  readonly network: MemoryNetwork
  readonly random: Random
  readonly options: Omit<MemberOptions, 'identity' | 'role' | 'seed' | 'entries' | 'reading'>
  readonly reading: SharedReading
  readonly search: IslandSearch
  readonly lies: number | undefined
  /** Declared at each start; undefined for none. */
  readonly region: string | undefined
  /** Virtual time from which nothing new is sought, ms. */
  readonly searchUntil: number
  readonly hooks: IslandHooks
  /** Whether it needs a disk. */
  readonly crashes: boolean
  /** From one heartbeat to the next, ms. @default `HEARTBEAT_MS` */
  readonly beatMs?: number
}

const SIGN_MS = 1
const CHECK_MS = 1
/** An evaluation on a busy machine. */
const MEASURE_MS = 40
const FIND_MS = 10_000
const REACH_MS = 20_000
/** Writes younger than this are lost in a crash. */
const UNSYNCED_MS = 500

export function startIsland(setup: IslandSetup): SimulatedIsland {
  const { index, name, network, random, reading, search, lies, hooks, beatMs = HEARTBEAT_MS } = setup
  const keys = createMemoryKeys(name)
  const realm = realmId(setup.options.realm)
  const prefixes = rowPrefixes(realm)
  /** Requests to answer, by ticket; the tickets of one life are not those of the next. */
  const answers = new Map<number, (bytes: Uint8Array | undefined) => void>()
  const disk = setup.crashes ? createIslandDisk(UNSYNCED_MS) : undefined
  let tickets = 0
  let advertised: readonly string[] = []
  let life = 0
  let isUp = false
  let clockMs = 0
  let node: MemoryMember
  let state: MemberState

  const island: SimulatedIsland = {
    index,
    name,
    author: hexText(keys.owner),
    device: hexText(keys.device),
    lies,
    get state() {
      return state
    },
    get isUp() {
      return isUp
    },
    get clockMs() {
      return clockMs
    },
    setClock(ms) {
      clockMs = ms
    },
    crash() {
      if (!isUp) return
      isUp = false
      life++
      disk?.crash(network.now())
      answers.clear()
      network.leave(name)
    },
    restart(wiped) {
      if (isUp) return
      if (wiped) disk?.erase()
      const { entries, bodies, damaged } = restoreEntries([...listed(prefixes.claims), ...listed(prefixes.bodies)])
      const valuesOf = (prefix: string): readonly Uint8Array[] => listed(prefix).map(({ value }) => value)
      start({
        entries: entries.map((entry) => ({ ...entry, envelope: reading.own(entry.envelope), body: reading.own(entry.body) })),
        bodies: new Map([...bodies].map(([cid, body]) => [cid, reading.own(body)])),
        statements: valuesOf(statementRowPrefix(realm)),
        receipts: valuesOf(receiptRowPrefix(realm)),
        finds: valuesOf(findRowPrefix(realm)),
      })
      hooks.restarted(island, entries, damaged)
    },
  }

  function listed(prefix: string): readonly { readonly key: string; readonly value: Uint8Array }[] {
    return disk?.list(prefix) ?? []
  }

  function start(stored: Pick<MemberOptions, 'entries' | 'bodies' | 'statements' | 'receipts' | 'finds'>): void {
    isUp = true
    advertised = []
    state = createMember({ ...setup.options, ...stored, role: 'island', identity: keys, seed: random.integer(4_294_967_296), reading })
    node = network.join(name)
    node.listen({
      delivered: ({ id, from, bytes }) => happen({ kind: 'delivered', id, from, bytes }),
      neighbours: (neighbours) => happen({ kind: 'neighbours', neighbours }),
      requested(from, bytes, answer) {
        const ticket = ++tickets
        answers.set(ticket, answer)
        happen({ kind: 'requested', ticket, from, bytes })
      },
    })
    later(random.integer(HEARTBEAT_MS), beat)
    // Once neighbours are there to hear it.
    if (setup.region !== undefined) later(HEARTBEAT_MS, () => happen({ kind: 'declare', declaration: regionDeclaration(setup.region!) }))
  }

  /** Not after a crash: a timer of the life before is gone. */
  function later(ms: number, action: () => void): void {
    const born = life
    network.after(ms, () => {
      if (born === life) action()
    })
  }

  function happen(event: MemberEvent): void {
    const next = step(state, event, Math.floor(network.now() + clockMs))
    state = next.state
    hooks.stepped(island, event, next.effects)
    const born = life
    for (const effect of next.effects) if (born === life) carryOut(effect)
  }

  function carryOut(effect: Effect): void {
    switch (effect.kind) {
      case 'verdict':
        return node.verdict(effect.id, effect.verdict)
      case 'publish':
        return node.publish(effect.bytes)
      case 'request': {
        const born = life
        return node.request(effect.to, effect.bytes, effect, (result) => {
          if (born === life) happen({ kind: 'answered', ticket: effect.ticket, result })
        })
      }
      case 'find':
        return find(effect)
      case 'advertise':
        for (const key of advertised) if (!effect.keys.includes(key)) node.withdraw(effect.service, key)
        for (const key of effect.keys) node.advertise(effect.service, key)
        advertised = effect.keys
        return
      case 'respond':
        answers.get(effect.ticket)?.(effect.bytes)
        answers.delete(effect.ticket)
        return
      case 'check-signature': {
        const valid = reading.verify(effect.checks)
        return later(CHECK_MS, () => happen({ kind: 'signature-checked', ticket: effect.ticket, valid }))
      }
      case 'sign': {
        const signature = memorySignature(effect.as === 'owner' ? keys.owner : keys.device, effect.message)
        return later(SIGN_MS, () => happen({ kind: 'signed', ticket: effect.ticket, signature }))
      }
      case 'measure': {
        const measurement = reading.measure(effect.task, effect.body)
        search.verified()
        return later(MEASURE_MS, () => happen({ kind: 'measured', ticket: effect.ticket, measurement }))
      }
      case 'immigrate':
        if (search.adopt(effect.entry)) hooks.adopted(island)
        return
      case 'keep':
        disk?.write(rowsOf(effect.entry), network.now())
        return hooks.kept(island, effect.entry, effect.replaces)
      case 'store':
        return disk?.write(effect.changes, network.now())
      case 'drop':
        return disk?.write(removalOf(effect.entry), network.now())
      case 'notice':
        return hooks.noticed(island, effect.notice)
      default:
    }
  }

  /** As a live driver: searches, links to all who are named, and then says who is a neighbour. */
  function find({ ticket, service, key, most }: Effect & { readonly kind: 'find' }): void {
    const born = life
    node.find(service, key, { timeoutMs: FIND_MS, most }, ({ peers }) => {
      if (born !== life) return
      const reached: string[] = []
      let open = peers.length
      const answer = (): void => happen({ kind: 'holders', ticket, peers: reached })
      if (open === 0) return answer()
      for (const peer of peers) {
        node.reach(peer, REACH_MS, (isReached) => {
          if (born !== life) return
          if (isReached) reached.push(peer)
          if (--open === 0) answer()
        })
      }
    })
  }

  function beat(): void {
    happen({ kind: 'heartbeat' })
    if (network.now() < setup.searchUntil) {
      for (const discovery of search.advance(beatMs)) {
        happen({ kind: 'found', discovery: lies === undefined ? discovery : { ...discovery, fitness: lies } })
      }
    }
    later(beatMs, beat)
  }

  start({})
  return island
}
