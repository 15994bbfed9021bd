// What every `Directory` must do: name those who advertise to members who are not their neighbours, within limits, and make
// neighbours of them. The members of these cases know nobody of each other at first, but share a directory.

import { MAX_ADVERTISED, MAX_DIRECTORY_KEY_CHARACTERS } from '../limits.ts'
import type { Found, MeshPorts } from '../ports.ts'
import { expect, expectBytes, type Case } from './case.ts'
import type { MeshFixture, OpenMembers } from './mesh-fixture.ts'

const LIMITS = { timeoutMs: 10_000, most: 16 }
const REACH_MS = 30_000
const KEY = 'bafkreib3dwhyvudzhdzy5oalxjwdhi5fdcisqsgvcclhrhbatkw3hmofoe'

async function withStrangers(open: OpenMembers, count: number, use: (fixture: MeshFixture, ...members: MeshPorts[]) => Promise<void>): Promise<void> {
  const fixture = await open(count, [])
  try {
    await use(fixture, ...fixture.members)
  } finally {
    await fixture.close()
  }
}

/** Awaits while the fixture lets time pass. */
async function outcome<T>(fixture: MeshFixture, promise: Promise<T>, what: string): Promise<T> {
  let result: { readonly value: T } | undefined
  let fault: unknown
  promise.then((value) => (result = { value }), (error: unknown) => (fault = error ?? 'undefined'))
  await fixture.settle(() => result !== undefined || fault !== undefined, what)
  expect(fault === undefined, `a directory must not reject, got ${String(fault)}`)
  return result!.value
}

const look = (fixture: MeshFixture, who: MeshPorts, key: string, limits = LIMITS): Promise<Found> =>
  outcome(fixture, who.directory.find('genotype', key, limits).found, 'the search ended')

/** An advertisement takes a while to arrive: looks until `count` peers are found. */
async function lookUntil(fixture: MeshFixture, who: MeshPorts, key: string, count: number): Promise<Found> {
  for (let looks = 0; looks < 60; looks++) {
    const found = await look(fixture, who, key)
    if (found.peers.length >= count) return found
    await fixture.quiet()
  }
  throw new Error(`Contract broken: ${count} of those who advertise must be found`)
}

export const directoryCases: readonly Case<OpenMembers>[] = [
  {
    name: 'who advertises is found by a stranger, reached, and answers requests',
    check: (open) =>
      withStrangers(open, 2, async (fixture, alice, bob) => {
        alice!.requests.serve(async (_, bytes) => bytes)
        alice!.directory.advertise('genotype', KEY)
        const found = await lookUntil(fixture, bob!, KEY, 1)
        expect(found.peers.join() === alice!.self, `alice must be found, got ${found.peers.join()}`)
        expect(found.hops >= 1 && found.messages >= 1, `somebody must have been asked, got ${found.hops} hops and ${found.messages} messages`)
        expect(await outcome(fixture, bob!.directory.reach(alice!.self, REACH_MS), 'alice was reached'), 'who was found must be reached')
        expect(bob!.members.current().some(({ peer }) => peer === alice!.self), 'who was reached must be a neighbour')
        const answered = await outcome(fixture, bob!.requests.request(alice!.self, Uint8Array.of(7), { timeoutMs: 5_000, maxBytes: 10 }), 'alice answered')
        expect(answered.ok, 'who was reached must answer')
        expectBytes(answered.value, Uint8Array.of(7), 'the answer')
      }),
  },
  {
    name: 'each is named once, nobody finds itself, and other keys are not mixed in',
    check: (open) =>
      withStrangers(open, 3, async (fixture, alice, bob, carol) => {
        alice!.directory.advertise('genotype', KEY)
        alice!.directory.advertise('genotype', KEY)
        bob!.directory.advertise('genotype', KEY)
        bob!.directory.advertise('genotype', 'another')
        const both = await lookUntil(fixture, carol!, KEY, 2)
        expect([...both.peers].sort().join() === [alice!.self, bob!.self].sort().join(), `alice and bob must be found once each, got ${both.peers.join()}`)
        const other = await lookUntil(fixture, carol!, 'another', 1)
        expect(other.peers.join() === bob!.self, 'only bob offers the other key')
        const own = await lookUntil(fixture, bob!, KEY, 1)
        expect(own.peers.join() === alice!.self, 'bob must not find himself')
      }),
  },
  {
    name: 'nobody is found under a key that nobody advertises, and a search ends when its time is over or it is cancelled',
    check: (open) =>
      withStrangers(open, 2, async (fixture, alice) => {
        expect((await look(fixture, alice!, 'nothing')).peers.length === 0, 'nobody must be found')
        expect((await look(fixture, alice!, 'nothing', { timeoutMs: 1, most: 1 })).peers.length === 0, 'a search of 1 ms must end')
        const finding = alice!.directory.find('genotype', 'nothing', { timeoutMs: 1_000_000, most: 1 })
        finding.cancel()
        finding.cancel()
        expect((await outcome(fixture, finding.found, 'the cancelled search ended')).peers.length === 0, 'a cancelled search must end')
      }),
  },
  {
    name: 'no more are named than were asked for',
    check: (open) =>
      withStrangers(open, 4, async (fixture, alice, ...others) => {
        for (const other of others) other.directory.advertise('genotype', KEY)
        await lookUntil(fixture, alice!, KEY, others.length)
        const two = await look(fixture, alice!, KEY, { timeoutMs: 10_000, most: 2 })
        expect(two.peers.length === 2, `two must be named, got ${two.peers.length}`)
      }),
  },
  {
    name: 'a peer that nobody named cannot be reached',
    check: (open) =>
      withStrangers(open, 2, async (fixture, alice, bob) => {
        for (const peer of ['nobody', alice!.self, bob!.self]) {
          const reached = await outcome(fixture, alice!.directory.reach(peer, 3_000), 'the attempt ended')
          expect(!reached, `${peer} must not be reached`)
        }
        expect(alice!.members.current().every(({ peer }) => peer !== bob!.self), 'nobody must have become a neighbour')
      }),
  },
  {
    name: 'malformed keys and too many advertisements are our own fault, and what was undone makes room',
    check: (open) =>
      withStrangers(open, 2, async (_, alice) => {
        const refused = (key: string): boolean => {
          try {
            alice!.directory.advertise('genotype', key)
          } catch (error) {
            return error instanceof RangeError
          }
          return false
        }
        for (const key of ['', 'käse', 'a b', 'x'.repeat(MAX_DIRECTORY_KEY_CHARACTERS + 1)]) {
          expect(refused(key), `the key ${JSON.stringify(key)} must be refused`)
        }
        const undo = Array.from({ length: MAX_ADVERTISED }, (_, i) => alice!.directory.advertise('genotype', `key-${i}`))
        expect(refused('one-more'), `advertisement ${MAX_ADVERTISED + 1} must be refused`)
        undo[0]!()
        undo[0]!()
        expect(!refused('one-more'), 'what was undone must make room')
        expect(refused('two-more'), 'undoing twice must make room once')
      }),
  },
]
