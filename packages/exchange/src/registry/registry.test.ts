import { describe, expect, test } from 'vitest'
import { createRandom, type Random } from '@megabrain/evolve'
import { alice, bob, carol, START, testRealm } from '../../fixtures/world.ts'
import { hexText } from '../bytes/text.ts'
import { realmId } from '../realm/realm.ts'
import { createRegistry, mergeRegistries, type Registry } from './registry.ts'
import type { SignedStatement } from './statement.ts'
import { decodeStatement, encodeStatement, looksLikeStatement, statementMessage } from './statement-codec.ts'
import type { StatementKind } from './statement-kind.ts'

const realm = realmId(testRealm())

/** Few places, so that bounds are met all the time. */
const note: StatementKind<number> = {
  kind: 'note', signedBy: 'owner', maxPerSigner: 4, maxTotal: 9,
  decode: ({ content }) => content[0],
  isEntitled: () => true,
}
const word: StatementKind<number> = { ...note, kind: 'word', maxPerSigner: 2, maxTotal: 30 }

/** Statements of few signers about few subjects with few revisions, so that they meet. Signatures play no part here. */
function statements(count: number, random: Random): readonly SignedStatement[] {
  return Array.from({ length: count }, () => {
    const signer = hexText(new Uint8Array(32).fill(random.integer(5)))
    const kind = random.integer(3) === 0 ? word.kind : note.kind
    const content = Uint8Array.of(random.integer(4))
    const body = { kind, realm, subject: Uint8Array.of(random.integer(6)), content, revision: 1 + random.integer(3), author: signer, time: START }
    const decoded = decodeStatement(encodeStatement(body, signer, new Uint8Array(64)))
    if (!decoded.ok) throw new Error(decoded.reason)
    return decoded.value.statement
  })
}

function registryOf(all: readonly SignedStatement[]): Registry {
  const registry = createRegistry([note, word])
  for (const statement of all) registry.raise(statement, statement.content[0])
  return registry
}

const shuffled = <T>(all: readonly T[], random: Random): readonly T[] =>
  all.map((item) => ({ item, at: random.uniform() })).sort((a, b) => a.at - b.at).map(({ item }) => item)

describe('a registry', () => {
  test('is a join-semilattice: commutative, associative, idempotent, whatever the order of arrival', () => {
    const random = createRandom(1)
    for (let round = 0; round < 100; round++) {
      const [a, b, c] = [1, 2, 3].map(() => statements(random.integer(40), random)) as [SignedStatement[], SignedStatement[], SignedStatement[]]
      const [x, y, z] = [registryOf(a), registryOf(b), registryOf(c)]
      const all = registryOf([...a, ...b, ...c])
      expect(mergeRegistries(x, y).root()).toBe(mergeRegistries(y, x).root())
      expect(mergeRegistries(mergeRegistries(x, y), z).root()).toBe(mergeRegistries(x, mergeRegistries(y, z)).root())
      expect(mergeRegistries(x, x).root()).toBe(x.root())
      expect(mergeRegistries(mergeRegistries(x, y), z).root()).toBe(all.root())
      expect(registryOf(shuffled([...c, ...a, ...b, ...a], random)).root()).toBe(all.root())
    }
  })

  test('keeps its bounds per signer and in total, and the newest revision of each place', () => {
    const random = createRandom(2)
    const all = statements(2_000, random)
    const registry = registryOf(all)
    const notes = registry.of(note)
    expect(notes).toHaveLength(note.maxTotal)
    const bySigner = new Map<string, number>()
    for (const { statement: { signer } } of notes) bySigner.set(signer, (bySigner.get(signer) ?? 0) + 1)
    expect(Math.max(...bySigner.values())).toBeLessThanOrEqual(note.maxPerSigner)
    for (const { statement, value } of notes) {
      expect(statement.revision).toBe(3)
      expect(value).toBe(statement.content[0])
    }
    expect(registry.size).toBe(notes.length + registry.of(word).length)
  })

  test('says what it dropped, and that what is older or beyond its bounds was not raised', () => {
    const random = createRandom(3)
    const registry = createRegistry([note, word])
    const held = new Set<string>()
    for (const statement of statements(3_000, random)) {
      const version = registry.version
      const { raised, dropped } = registry.raise(statement, 0)
      if (raised) held.add(statement.id)
      else expect(held.has(statement.id) || !registry.has(statement.id)).toBe(true)
      for (const { id } of dropped) held.delete(id)
      expect(registry.version > version || !raised).toBe(true)
      expect(registry.has(statement.id)).toBe(held.has(statement.id))
    }
    expect(new Set(registry.all().map(({ id }) => id))).toEqual(held)
    expect(registry.heads()).toEqual([...held].map((id) => id.slice(0, 16)).sort())
  })

  test('has equal roots and digests exactly when it holds the same', () => {
    const random = createRandom(4)
    const all = statements(12, random)
    const one = registryOf(all)
    const other = registryOf([...all].reverse())
    expect(other.root()).toBe(one.root())
    expect(other.buckets()).toEqual(one.buckets())
    const [gone] = other.retain((statement) => statement !== other.all()[0])
    expect(gone).toBeDefined()
    expect(other.root()).not.toBe(one.root())
    expect(other.buckets()).not.toEqual(one.buckets())
    other.raise(gone!, 0)
    expect(other.root()).toBe(one.root())
    expect(createRegistry([note]).root()).toBe('')
  })
})

describe('a signed statement', () => {
  const body = { kind: 'note', realm, subject: Uint8Array.of(1, 2), content: Uint8Array.of(3), revision: 7, author: hexText(alice.owner), time: START }

  test('by an owner or by a delegated device decodes to what was signed, and the checks hold', async () => {
    const byOwner = encodeStatement(body, hexText(alice.owner), alice.signAsOwnerNow(statementMessage(body)))
    const byDevice = encodeStatement(body, hexText(alice.device), alice.signNow(statementMessage(body, alice.delegation)), alice.delegation)
    for (const [bytes, signer, checks] of [[byOwner, alice.owner, 1], [byDevice, alice.device, 2]] as const) {
      expect(looksLikeStatement(bytes)).toBe(true)
      const decoded = decodeStatement(bytes)
      if (!decoded.ok) throw new Error(decoded.reason)
      expect(decoded.value.statement).toMatchObject({ ...body, signer: hexText(signer) })
      expect(decoded.value.checks).toHaveLength(checks)
      for (const { key, message, signature } of decoded.value.checks) expect(await bob.verify(key, message, signature)).toBe(true)
    }
  })

  test('with any bit flipped or cut short is refused or does not hold', async () => {
    const bytes = encodeStatement(body, hexText(alice.device), alice.signNow(statementMessage(body, alice.delegation)), alice.delegation)
    for (let length = 0; length < bytes.length; length++) expect(decodeStatement(bytes.subarray(0, length)).ok).toBe(false)
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const decoded = decodeStatement(bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)))
      if (!decoded.ok) continue
      const holds = await Promise.all(decoded.value.checks.map(({ key, message, signature }) => carol.verify(key, message, signature)))
      expect(holds.includes(false), `bit ${bit}`).toBe(true)
    }
  })

  test('beyond its bounds is never signed', () => {
    for (const change of [{ kind: 'No' }, { kind: '' }, { subject: new Uint8Array(65) }, { content: new Uint8Array(400) }, { revision: 0 }, { time: -1 }]) {
      expect(() => statementMessage({ ...body, ...change }, alice.delegation), JSON.stringify(change)).toThrow(RangeError)
    }
  })
})
