// One island of the archipelago: the real member, driven over the memory network on the virtual clock. What a live
// driver does with promises and workers happens here in order and at once.

import type { Random } from '@megabrain/evolve'
import { memorySignature, memoryVerify, createMemoryKeys } from '../memory/memory-keys.ts'
import type { MemoryMember, MemoryNetwork } from '../memory/memory-network.ts'
import { HEARTBEAT_MS } from '../limits.ts'
import type { Effect, MemberEvent, Notice } from '../member/events.ts'
import { step } from '../member/member.ts'
import { createMember, type MemberOptions, type MemberState } from '../member/state.ts'
import type { Entry } from '../archive/entry.ts'
import type { Measure, Search } from './search.ts'

export interface SimulatedIsland {
  readonly name: string
  readonly state: MemberState
  /** Signs claims with this fitness whatever was measured; undefined for an honest island. */
  readonly lies: number | undefined
}

export interface IslandHooks {
  /** Every event with the effects it had, for the trace. */
  stepped(island: SimulatedIsland, event: MemberEvent, effects: readonly Effect[]): void
  noticed(island: SimulatedIsland, notice: Notice): void
  kept(island: SimulatedIsland, entry: Entry): void
  adopted(island: SimulatedIsland): void
}

export interface IslandSetup {
  readonly network: MemoryNetwork
  readonly node: MemoryMember
  readonly random: Random
  readonly options: Omit<MemberOptions, 'identity' | 'role'>
  readonly measure: Measure
  readonly search: Search
  readonly lies: number | undefined
  /** Virtual time from which nothing new is sought, ms. */
  readonly searchUntil: number
  readonly hooks: IslandHooks
}

const MUTANTS_PER_HEARTBEAT = 2
const SIGN_MS = 1
const CHECK_MS = 1
/** An evaluation on a busy machine. */
const MEASURE_MS = 40

export function startIsland(setup: IslandSetup): SimulatedIsland {
  const { network, node, random, measure, search, lies, hooks } = setup
  const keys = createMemoryKeys(node.self)
  const answers = new Map<number, (bytes: Uint8Array | undefined) => void>()
  let tickets = 0
  let state = createMember({ ...setup.options, role: 'island', identity: keys })
  const island: SimulatedIsland = {
    name: node.self,
    lies,
    get state() {
      return state
    },
  }

  function happen(event: MemberEvent): void {
    const next = step(state, event, network.now())
    state = next.state
    hooks.stepped(island, event, next.effects)
    for (const effect of next.effects) carryOut(effect)
  }

  function carryOut(effect: Effect): void {
    switch (effect.kind) {
      case 'verdict':
        return node.verdict(effect.id, effect.verdict)
      case 'publish':
        return node.publish(effect.bytes)
      case 'request':
        return node.request(effect.to, effect.bytes, effect, (result) => happen({ kind: 'answered', ticket: effect.ticket, result }))
      case 'respond':
        answers.get(effect.ticket)?.(effect.bytes)
        answers.delete(effect.ticket)
        return
      case 'check-signature': {
        const valid = effect.checks.every(({ key, message, signature }) => memoryVerify(key, message, signature))
        return network.after(CHECK_MS, () => happen({ kind: 'signature-checked', ticket: effect.ticket, valid }))
      }
      case 'sign': {
        const signature = memorySignature(keys.device, effect.message)
        return network.after(SIGN_MS, () => happen({ kind: 'signed', ticket: effect.ticket, signature }))
      }
      case 'measure': {
        const measurement = measure(effect.task, effect.body)
        return network.after(MEASURE_MS, () => happen({ kind: 'measured', ticket: effect.ticket, measurement }))
      }
      case 'immigrate':
        if (search.adopt(effect.entry)) hooks.adopted(island)
        return
      case 'keep':
        return hooks.kept(island, effect.entry)
      case 'notice':
        return hooks.noticed(island, effect.notice)
    }
  }

  function beat(): void {
    happen({ kind: 'heartbeat' })
    if (network.now() < setup.searchUntil) {
      for (let i = 0; i < MUTANTS_PER_HEARTBEAT; i++) {
        const discovery = search.tryOne()
        if (discovery !== undefined) happen({ kind: 'found', discovery: lies === undefined ? discovery : { ...discovery, fitness: lies } })
      }
    }
    network.after(HEARTBEAT_MS, beat)
  }

  node.listen({
    delivered: (delivery) => happen({ kind: 'delivered', ...delivery }),
    neighbours: (neighbours) => happen({ kind: 'neighbours', neighbours }),
    requested(from, bytes, answer) {
      const ticket = ++tickets
      answers.set(ticket, answer)
      happen({ kind: 'requested', ticket, from, bytes })
    },
  })
  network.after(random.integer(HEARTBEAT_MS), beat)
  return island
}
