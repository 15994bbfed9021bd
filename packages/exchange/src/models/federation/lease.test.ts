// Whom one member follows: the heaviest of a term, the higher term, and nobody who was proved a liar.

import { createRandom } from '@megabrain/evolve'
import { describe, expect, test } from 'vitest'
import { DEFAULT_FEDERATED } from '../../realm/model-policy.ts'
import type { IslandModel, ModelEffect, ModelEvent, ModelWorld } from '../model.ts'
import { encodeModelMessage } from '../message.ts'
import { decodeSaid, encodeQuestion, encodeSaid, type Decision, type Said } from './content.ts'
import { createFederation } from './federation.ts'
import { weightOf } from './rendezvous.ts'

const REALM = 'ab'.repeat(32)
const [ours, one, other] = ['01', '02', '03'].map((byte) => byte.repeat(32)) as [string, string, string]
const [heavy, light] = weightOf(REALM, 1, 7, one) > weightOf(REALM, 1, 7, other) ? [one, other] : [other, one]

function createMember(): { readonly model: IslandModel; readonly decisions: Decision[]; readonly broadcasts: Uint8Array[]; report(device: string, round: number): void; beat(times: number): readonly ModelEffect[]; hear(device: string, said: Said): string | undefined; coordinator(): string | undefined } {
  const model = createFederation(DEFAULT_FEDERATED)
  const random = createRandom(1)
  let now = 1_000_000
  let told = 0
  const decisions: Decision[] = []
  const broadcasts: Uint8Array[] = []
  const step = (event: ModelEvent): readonly ModelEffect[] => {
    const world: ModelWorld = { now, wall: now, device: ours, role: 'island', realmId: REALM, tasks: ['xor'], neighbours: ['carol'], random, fitnessOf: () => undefined }
    const effects = model.step(event, world)
    for (const effect of effects) {
      if (effect.kind === 'broadcast') broadcasts.push(effect.envelope)
      if (effect.kind === 'verify') step({ kind: 'verified', ticket: effect.ticket, valid: true })
      if (effect.kind !== 'sign') continue
      const said = decodeSaid(effect.content)
      if (said?.kind === 'decision') decisions.push(said)
      step({ kind: 'signed', ticket: effect.ticket, message: encodeModelMessage({ realm: REALM, model: 'federated', time: told++, content: effect.content }, ours, new Uint8Array(64)) })
    }
    return effects
  }
  return {
    model, decisions, broadcasts,
    report(device, round) {
      const content = encodeSaid({ kind: 'report', shard: 1, round, task: 0, rows: [] })
      const { envelope } = encodeModelMessage({ realm: REALM, model: 'federated', time: told++, content }, device, new Uint8Array(64))
      step({ kind: 'asked', ticket: told++, from: 'carol', content: encodeQuestion({ kind: 'reports', shard: 1, envelopes: [envelope] }) })
    },
    beat(times) {
      const effects: ModelEffect[] = []
      for (let i = 0; i < times; i++) {
        now += 1_000
        effects.push(...step({ kind: 'heartbeat' }))
      }
      return effects
    },
    hear(device, said) {
      const message = encodeModelMessage({ realm: REALM, model: 'federated', time: told++, content: encodeSaid(said) }, device, new Uint8Array(64))
      const verdict = step({ kind: 'heard', from: 'carol', message }).find((effect) => effect.kind === 'verdict')
      return verdict?.kind === 'verdict' ? verdict.verdict : undefined
    },
    coordinator: () => model.view(now).federation!.coordinator,
  }
}

const lease = (term: number): Said => ({ kind: 'lease', shard: 1, term, round: 3, members: 5 })
const decision = (term: number, list: string): Said => ({ kind: 'decision', shard: 1, term, round: 3, members: 5, fate: 'stays', list: list.repeat(32) })

describe('a member', () => {
  test('follows the heaviest of a term in whatever order they are heard, and passes on no other', () => {
    for (const order of [[heavy, light], [light, heavy]]) {
      const member = createMember()
      const verdicts = order.map((device) => member.hear(device, lease(7)))
      expect(member.coordinator()).toBe(heavy)
      expect(verdicts).toEqual(order[0] === heavy ? ['forward', 'ignore'] : ['forward', 'forward'])
    }
  })

  test('follows a higher term whatever its weight, and no lower one after it', () => {
    const member = createMember()
    expect([member.hear(heavy, lease(7)), member.hear(light, lease(8)), member.hear(heavy, lease(7))]).toEqual(['forward', 'forward', 'ignore'])
    expect(member.coordinator()).toBe(light)
  })

  test('follows a proved liar in no term any more', () => {
    const member = createMember()
    member.hear(one, decision(7, '0a'))
    member.hear(one, decision(7, '0b'))
    expect(member.model.view(0).federation!.liars).toEqual([one])
    expect(member.hear(one, lease(9))).toBe('ignore')
    expect(member.coordinator()).toBeUndefined()
  })

  test('believes a proof that contradicts itself, and passes it on; two decisions for two rounds prove nothing', () => {
    const signed = (round: number, list: string) => ({ time: round, content: encodeSaid({ ...decision(7, list), round } as Decision), signature: new Uint8Array(64) })
    const member = createMember()
    member.hear(other, { kind: 'proof', device: one, one: signed(3, '0a'), other: signed(4, '0b') })
    expect([member.model.view(0).federation!.liars, member.broadcasts.length]).toEqual([[], 0])
    member.hear(other, { kind: 'proof', device: one, one: signed(3, '0a'), other: signed(3, '0b') })
    expect([member.model.view(0).federation!.liars, member.broadcasts.length]).toEqual([[one], 1])
  })

  test('stands when nobody is heard for a lease, and steps down before a higher term', () => {
    const member = createMember()
    member.beat(3)
    expect(member.coordinator()).toBeUndefined()
    member.beat(10)
    expect(member.model.view(0).federation!.isOurs).toBe(true)
    member.hear(other, lease(1_000_000))
    expect(member.model.view(0).federation!.isOurs).toBe(false)
    expect(member.coordinator()).toBe(other)
  })
})

describe('a coordinator', () => {
  test('waits for a quorum of those whom the one before had, and for nobody beyond the deadline', () => {
    const member = createMember()
    member.hear(other, { kind: 'lease', shard: 1, term: 7, round: 3, members: 10 })
    member.beat(12)
    expect(member.model.view(0).federation).toMatchObject({ isOurs: true, round: 3 })
    member.report(one, 3)
    expect(member.decisions).toEqual([])
    member.beat(4)
    expect(member.decisions).toMatchObject([{ round: 3, members: 2 }])
  })

  test('does not wait for who has not reported for three rounds', () => {
    const member = createMember()
    member.beat(12)
    for (let device = 16; device < 26; device++) member.report(String(device).repeat(32), 1)
    member.beat(11)
    expect(member.decisions).toMatchObject([{ round: 1, members: 11 }])
    member.beat(64)
    const before = member.decisions.length
    member.beat(33)
    expect(member.decisions.length - before).toBe(3)
    expect(member.decisions.at(-1)).toMatchObject({ members: 1 })
  })
})
