import { describe, expect, test } from 'vitest'
import { commonRealm, createCommonwealth, ownerOf, type Citizen } from '../../fixtures/commonwealth.ts'
import { alice, bob, carol, createWorld, START, testRealm, type World } from '../../fixtures/world.ts'
import { sampleGenotype } from '../../fixtures/xor.ts'
import type { TestKeys } from '../../fixtures/ed25519.ts'
import { hexText } from '../bytes/text.ts'
import { realmId } from '../realm/realm.ts'
import { banDeclaration, banKind } from '../registry/ban.ts'
import type { Declaration, StatementBody } from '../registry/statement.ts'
import { encodeStatement, statementMessage } from '../registry/statement-codec.ts'

const ban = (number: number, lifted = false): Declaration =>
  banDeclaration({ target: { of: 'genotype', cid: sampleGenotype(number).cid }, lifted, reason: 'copied' })

function byOwner(keys: TestKeys, declaration: Declaration, change: Partial<StatementBody> = {}): Uint8Array {
  const author = hexText(keys.owner)
  const body = { ...declaration, realm: realmId(testRealm()), revision: 1, author, time: START, ...change }
  return encodeStatement(body, author, keys.signAsOwnerNow(statementMessage(body)))
}

describe('a statement on the channel', () => {
  test('is kept, stored and passed on when its signer is entitled and its signature holds', () => {
    const world = createWorld()
    const bytes = byOwner(alice, ban(1))
    expect(world.deliver(bytes)).toBe('forward')
    expect(world.state.registry.of(banKind)).toMatchObject([{ value: { lifted: false, reason: 'copied' } }])
    const store = world.effects.find((effect) => effect.kind === 'store')
    expect(store?.changes).toMatchObject([{ value: bytes }])
    expect(world.notices).toMatchObject([{ kind: 'stated' }])
    expect(world.deliver(bytes)).toBe('ignore')
    expect(world.refusals()).toEqual(['duplicate'])
  })

  test('is refused for what is wrong with it, and only what the neighbour could have known is its fault', () => {
    const world = createWorld()
    const good = byOwner(alice, ban(1))
    const cases: readonly (readonly [string, Uint8Array, string, string])[] = [
      ['cut short', good.subarray(0, good.length - 1), 'malformed', 'reject'],
      ['a bit of the signature flipped', good.map((byte, i) => (i === good.length - 1 ? byte ^ 1 : byte)), 'bad-signature', 'reject'],
      ['of another realm', byOwner(alice, ban(1), { realm: '00'.repeat(32) }), 'wrong-realm', 'reject'],
      ['of a kind that nobody knows yet', byOwner(alice, { ...ban(1), kind: 'prophecy' }), 'unknown-version', 'ignore'],
      ['with content that its kind does not have', byOwner(alice, { ...ban(1), content: Uint8Array.of(255) }), 'malformed', 'reject'],
      ['about a subject that its kind does not have', byOwner(alice, { ...ban(1), subject: Uint8Array.of(9) }), 'malformed', 'reject'],
      ['by somebody without a say', byOwner(carol, ban(1)), 'not-entitled', 'ignore'],
    ]
    for (const [name, bytes, reason, verdict] of cases) {
      expect(world.deliver(bytes), name).toBe(verdict)
      expect(world.refusals(), name).toEqual([reason])
    }
    expect(world.state.registry.size).toBe(0)
    expect(world.deliver(good)).toBe('forward')
  })

  test('by the owner\'s device instead of the owner is malformed: a ban is the owner key\'s to sign', () => {
    const world = createWorld()
    const body = { ...ban(1), realm: realmId(testRealm()), revision: 1, author: hexText(alice.owner), time: START }
    const bytes = encodeStatement(body, hexText(alice.device), alice.signNow(statementMessage(body, alice.delegation)), alice.delegation)
    expect(world.deliver(bytes)).toBe('reject')
    expect(world.refusals()).toEqual(['malformed'])
  })

  test('of a lower revision than the kept one is old news; of a higher one it replaces it and its row', () => {
    const world = createWorld()
    expect(world.deliver(byOwner(alice, ban(1), { revision: 2 }))).toBe('forward')
    expect(world.deliver(byOwner(alice, ban(1), { revision: 1 }))).toBe('ignore')
    expect(world.refusals()).toEqual(['replayed'])
    expect(world.deliver(byOwner(alice, ban(1, true), { revision: 3 }))).toBe('forward')
    expect(world.state.registry.of(banKind)).toMatchObject([{ value: { lifted: true }, statement: { revision: 3 } }])
  })

  test('by one author in a flood is slowed down, without blame', () => {
    const world = createWorld()
    const verdicts = Array.from({ length: 80 }, (_, i) => world.deliver(byOwner(alice, ban(i))))
    expect(verdicts.filter((verdict) => verdict === 'forward')).toHaveLength(64)
    expect(new Set(world.refusals())).toEqual(new Set(['too-many']))
    expect(verdicts.includes('reject')).toBe(false)
  })
})

describe('declaring', () => {
  const owned = (): World => createWorld({ realm: testRealm({ owner: hexText(bob.owner), moderators: [hexText(bob.owner)] }) })

  test('signs with the owner key, keeps, stores and publishes; saying it again has the next revision', () => {
    const world = owned()
    world.happen({ kind: 'declare', declaration: ban(1) })
    world.happen({ kind: 'declare', declaration: ban(1, true) })
    expect(world.effects.filter(({ kind }) => kind === 'publish')).toHaveLength(2)
    expect(world.effects.filter(({ kind }) => kind === 'store')).toHaveLength(2)
    expect(world.state.registry.of(banKind)).toMatchObject([{ value: { lifted: true }, statement: { revision: 2, signer: hexText(bob.owner) } }])
  })

  test('without being entitled tells nobody, and says so here', () => {
    const world = createWorld()
    world.happen({ kind: 'declare', declaration: ban(1) })
    expect(world.effects.some(({ kind }) => kind === 'publish')).toBe(false)
    expect(world.refusals()).toEqual(['not-entitled'])
  })

  test('of a kind that does not exist is our own mistake', () => {
    expect(() => createWorld().happen({ kind: 'declare', declaration: { ...ban(1), kind: 'prophecy' } })).toThrow(RangeError)
  })
})

const holds = (number: number, lifted = false) => ({ state }: Citizen): boolean =>
  state.registry.of(banKind).some(({ value }) => (
    value.target.of === 'genotype' && value.target.cid === sampleGenotype(number).cid && value.lifted === lifted))

describe('among 60 members a statement', () => {
  test('reaches all within five heartbeats, with one broadcast in five lost', () => {
    const world = createCommonwealth({ citizens: 60, network: { loss: 0.2 } })
    world.beat(30)
    world.citizens[0]!.happen({ kind: 'declare', declaration: ban(1) })
    expect(world.beatsUntil(() => world.citizens.every(holds(1)), 5)).toBeLessThanOrEqual(5)
    expect(new Set(world.citizens.map(({ state }) => state.registry.root())).size).toBe(1)
  })

  test('reaches the other half within five heartbeats of the end of a partition, both ways', () => {
    const world = createCommonwealth({ citizens: 60, realm: commonRealm({ moderators: [ownerOf('citizen-7')] }) })
    const heal = world.cut()
    world.beat(60)
    world.citizens[7]!.happen({ kind: 'declare', declaration: ban(1) })
    world.beat(600)
    expect(world.citizens.filter(holds(1)).length).toBeLessThanOrEqual(30)
    heal()
    expect(world.beatsUntil(() => world.citizens.every(holds(1)), 5)).toBeLessThanOrEqual(5)
  })

  test('survives crashes of everyone who has it, and reaches who slept meanwhile', () => {
    const world = createCommonwealth({ citizens: 20 })
    world.beat(5)
    const [owner, ...others] = world.citizens
    const sleepers = others.slice(0, 5)
    for (const sleeper of sleepers) sleeper.crash()
    owner!.happen({ kind: 'declare', declaration: ban(1) })
    world.beat(5)
    const awake = world.citizens.filter((citizen) => !sleepers.includes(citizen))
    expect(awake.every(holds(1))).toBe(true)
    for (const citizen of awake) citizen.crash()
    world.beat(5)
    for (const citizen of world.citizens) citizen.restart()
    expect(awake.every(holds(1))).toBe(true)
    expect(world.beatsUntil(() => world.citizens.every(holds(1)), 5)).toBeLessThanOrEqual(5)
  })

  test('is gone from all when it is replaced, and registries with hundreds become equal after a partition', () => {
    const world = createCommonwealth({ citizens: 8, realm: commonRealm({ moderators: [ownerOf('citizen-1')] }) })
    const heal = world.cut()
    for (let i = 0; i < 300; i++) {
      world.citizens[1]!.happen({ kind: 'declare', declaration: ban(i) })
      world.network.advance(20)
    }
    world.citizens[1]!.happen({ kind: 'declare', declaration: ban(3, true) })
    world.beat(120)
    heal()
    const roots = (): number => new Set(world.citizens.map(({ state }) => state.registry.root())).size
    expect(world.beatsUntil(() => roots() === 1, 30)).toBeLessThanOrEqual(30)
    expect(world.citizens.every(({ state }) => state.registry.size === 300)).toBe(true)
    expect(world.citizens.every(holds(3, true))).toBe(true)
  })
})
