// A coordinator that lies: it takes the lease with a higher term, gathers reports like an honest one, and then signs two
// decisions for a round, names survivors that nobody reported, leaves out the best, or decides nothing at all.

import { hexText } from '../src/bytes/text.ts'
import type { Attacker, AttackerWorld } from '../src/archipelago/attacker.ts'
import { modelViewOf } from '../src/member/model.ts'
import { createMemoryKeys, memorySignature } from '../src/memory/memory-keys.ts'
import type { MemoryMember } from '../src/memory/memory-network.ts'
import { decodeQuestion, decodeSaid, encodeList, encodeSaid, listDigest, type Said, type SurvivorList } from '../src/models/federation/content.ts'
import { covers } from '../src/models/federation/rendezvous.ts'
import { select, type Reported } from '../src/models/federation/selection.ts'
import { decodeModelMessage, encodeModelMessage, modelStatementMessage, type ModelStatement } from '../src/models/message.ts'
import { realmId } from '../src/realm/realm.ts'
import { decodeRequest, encodeAnswer } from '../src/wire/messages.ts'

export type Falsehood = 'two-decisions' | 'invented' | 'omitted' | 'nothing'

const BEAT_MS = 1_000

/** @param fromMs when it begins; it takes the shard that is the whole realm */
export function createFalseCoordinator(falsehood: Falsehood, options: { readonly name?: string; readonly links?: number; readonly fromMs: number }): Attacker & { readonly device: string; readonly deeds: { decided: number } } {
  const { name = 'mallory', links = 4, fromMs } = options
  const keys = createMemoryKeys(name)
  const device = hexText(keys.device)
  const deeds = { decided: 0 }
  return {
    name, device, deeds,
    start(node: MemoryMember, world: AttackerWorld) {
      const realm = realmId(world.realm)
      const shard = 1
      const lists = new Map<string, Uint8Array>()
      let reports = new Map<string, Reported>()
      let term = 0
      let round = 0
      let openedAt = 0

      const say = (said: Said, time: number): Uint8Array => {
        const statement: ModelStatement = { realm, model: 'federated', time, content: encodeSaid(said) }
        const { envelope } = encodeModelMessage(statement, device, memorySignature(keys.device, modelStatementMessage(statement)))
        node.publish(envelope)
        return envelope
      }
      const decide = (list: SurvivorList): string => {
        const bytes = encodeList(list)
        lists.set(listDigest(bytes), bytes)
        return listDigest(bytes)
      }

      function bend(list: SurvivorList): SurvivorList {
        const { survivors } = list
        if (falsehood === 'invented') return { ...list, survivors: survivors.map((survivor, i) => (i === 0 ? { ...survivor, prefix: 'f'.repeat(16) } : survivor)) }
        // A species loses its fittest to one that is worse, so that the gap shows.
        if (falsehood === 'omitted') return { ...list, survivors: survivors.toSorted((a, b) => b.fitness - a.fitness).slice(1) }
        return list
      }

      function close(): void {
        const list = select({ selection: 'competition', survival: 200 }, [...reports.values()], 0)
        const decision = { kind: 'decision', shard, term, round, members: reports.size, fate: 'stays' } as const
        say({ ...decision, list: decide(bend(list)) }, world.now())
        if (falsehood === 'two-decisions') say({ ...decision, list: decide({ ...list, survivors: list.survivors.slice(1) }) }, world.now())
        deeds.decided++
        reports = new Map()
        round++
        openedAt = world.now()
      }

      function beat(): void {
        if (round === 0) {
          const views = world.islands().flatMap((island) => {
            const state = world.stateOf(island)
            return state === undefined ? [] : (modelViewOf(state, state.clock.passed)?.federation ?? [])
          })
          term = Math.max(...views.map((view) => view.term)) + 1
          round = Math.max(1, ...views.map((view) => view.round))
          openedAt = world.now()
        }
        say({ kind: 'lease', shard, term, round, members: reports.size }, world.now())
        if (falsehood !== 'nothing' && world.now() - openedAt > 10_000 && reports.size > 0) close()
        world.after(BEAT_MS, beat)
      }

      node.listen({
        delivered: ({ id }) => node.verdict(id, 'forward'),
        neighbours() {},
        requested(_, bytes, answer) {
          const request = decodeRequest(bytes)
          const question = request.ok && request.value.kind === 'model' ? decodeQuestion(request.value.content) : undefined
          if (question?.kind === 'list') {
            const list = lists.get(question.digest)
            return answer(list === undefined ? undefined : encodeAnswer({ kind: 'model', content: list }))
          }
          if (question === undefined) return answer(undefined)
          for (const envelope of question.envelopes) {
            const decoded = decodeModelMessage(envelope)
            const report = decoded.ok ? decodeSaid(decoded.value.message.content) : undefined
            if (!decoded.ok || report?.kind !== 'report' || !covers(shard, decoded.value.message.device)) continue
            reports.set(decoded.value.message.device, { id: decoded.value.message.id, report })
          }
          answer(encodeAnswer({ kind: 'model', content: new Uint8Array(0) }))
        },
      })
      for (const island of world.islands().slice(0, links)) world.connect(island)
      world.after(fromMs, beat)
    },
  }
}
