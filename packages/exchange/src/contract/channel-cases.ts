// What every `Channel` must do. Losing, delaying, repeating and reordering are allowed, so a case that waits for a
// broadcast keeps sending fresh ones, and never counts arrivals from above.

import { bytesEqual } from '../bytes/compare.ts'
import { MAX_ANNOUNCEMENT_BYTES } from '../limits.ts'
import type { Delivery, MeshPorts, Verdict } from '../ports.ts'
import { expect, sampleBytes, type Case } from './case.ts'
import { LINE, PAIR, withMembers, type MeshFixture, type OpenMembers } from './mesh-fixture.ts'

/** Polls between two broadcasts while waiting for one to arrive. */
const POLLS_PER_BROADCAST = 5

let broadcasts = 0

/** A fresh broadcast of `length` bytes: channels may suppress bytes that they have carried before. */
function fresh(length = 24): Uint8Array {
  const bytes = sampleBytes(++broadcasts, length)
  bytes[0] = broadcasts & 255
  bytes[1] = (broadcasts >> 8) & 255
  return bytes
}

/** Everything that `member` hears, judged as it comes. */
function listen(member: MeshPorts, judge: (delivery: Delivery) => Verdict | undefined): { readonly heard: Delivery[]; stop(): void } {
  const heard: Delivery[] = []
  const stop = member.channel.subscribe((delivery) => {
    heard.push(delivery)
    const verdict = judge(delivery)
    if (verdict !== undefined) member.channel.verdict(delivery.id, verdict)
  })
  return { heard, stop }
}

/** Publishes fresh bytes until `done`. @returns all that was published */
async function publishUntil(fixture: MeshFixture, from: MeshPorts, done: () => boolean, what: string): Promise<Uint8Array[]> {
  const sent: Uint8Array[] = []
  let polls = 0
  await fixture.settle(() => {
    if (done()) return true
    if (polls++ % POLLS_PER_BROADCAST === 0) {
      const bytes = fresh()
      sent.push(bytes)
      from.channel.publish(bytes)
    }
    return false
  }, what)
  return sent
}

const isOneOf = (bytes: Uint8Array, list: readonly Uint8Array[]): boolean => list.some((item) => bytesEqual(item, bytes))

export const channelCases: readonly Case<OpenMembers>[] = [
  {
    name: 'a neighbour hears what was published, from whom, and nothing else',
    check: (open) =>
      withMembers(open, PAIR, async (fixture, alice, bob) => {
        const { heard } = listen(bob!, () => 'ignore')
        listen(alice!, () => 'ignore')
        const sent = await publishUntil(fixture, alice!, () => heard.length > 0, 'bob heard alice')
        await fixture.quiet()
        for (const delivery of heard) {
          expect(isOneOf(delivery.bytes, sent), 'a channel must not invent or change bytes')
          expect(delivery.from === alice!.self, `a delivery must name the neighbour ${alice!.self}, got ${delivery.from}`)
          expect(delivery.id !== '', 'a delivery must have an id')
        }
      }),
  },
  {
    name: 'publishing does not echo to the publisher',
    check: (open) =>
      withMembers(open, PAIR, async (fixture, alice, bob) => {
        const own = listen(alice!, () => 'ignore')
        const { heard } = listen(bob!, () => 'forward')
        await publishUntil(fixture, alice!, () => heard.length > 0, 'bob heard alice')
        await fixture.quiet()
        expect(own.heard.length === 0, 'a publisher must not hear itself')
      }),
  },
  {
    name: `${MAX_ANNOUNCEMENT_BYTES} bytes arrive whole, more are refused at once`,
    check: (open) =>
      withMembers(open, PAIR, async (fixture, alice, bob) => {
        const { heard } = listen(bob!, () => 'ignore')
        listen(alice!, () => 'ignore')
        let polls = 0
        await fixture.settle(() => {
          if (polls++ % POLLS_PER_BROADCAST === 0) alice!.channel.publish(fresh(MAX_ANNOUNCEMENT_BYTES))
          return heard.some(({ bytes }) => bytes.length === MAX_ANNOUNCEMENT_BYTES)
        }, 'the longest announcement arrived')
        let refused = false
        try {
          alice!.channel.publish(fresh(MAX_ANNOUNCEMENT_BYTES + 1))
        } catch (error) {
          refused = error instanceof RangeError
        }
        expect(refused, 'publishing one byte too many must be a RangeError')
      }),
  },
  {
    name: 'the same bytes have the same id at every member, other bytes another',
    check: (open) =>
      withMembers(open, LINE, async (fixture, alice, bob, carol) => {
        const atBob = listen(bob!, () => 'forward')
        const atCarol = listen(carol!, () => 'ignore')
        listen(alice!, () => 'ignore')
        await publishUntil(fixture, alice!, () => atCarol.heard.length > 0, 'carol heard alice through bob')
        await publishUntil(fixture, alice!, () => atBob.heard.length > 1, 'bob heard two broadcasts')
        const ids = new Map<string, string>()
        for (const { id, bytes } of [...atBob.heard, ...atCarol.heard]) {
          const text = bytes.join(' ')
          expect((ids.get(text) ?? id) === id, 'the same bytes must have the same id everywhere')
          ids.set(text, id)
        }
        expect(new Set(ids.values()).size === ids.size, 'different bytes must have different ids')
      }),
  },
  {
    name: 'forward passes a broadcast on, and the next member hears it from the forwarder',
    check: (open) =>
      withMembers(open, LINE, async (fixture, alice, bob, carol) => {
        listen(alice!, () => 'ignore')
        listen(bob!, () => 'forward')
        const { heard } = listen(carol!, () => 'ignore')
        const sent = await publishUntil(fixture, alice!, () => heard.length > 0, 'carol heard alice through bob')
        for (const delivery of heard) {
          expect(isOneOf(delivery.bytes, sent), 'a forwarded broadcast must arrive unchanged')
          expect(delivery.from === bob!.self, `the forwarder ${bob!.self} must be named, got ${delivery.from}`)
        }
      }),
  },
  ...(['ignore', 'reject', undefined] as const).map((verdict): Case<OpenMembers> => ({
    name: `${verdict === undefined ? 'without a verdict' : `with ${verdict}`} a broadcast goes no further`,
    check: (open) =>
      withMembers(open, LINE, async (fixture, alice, bob, carol) => {
        listen(alice!, () => 'ignore')
        const { heard } = listen(carol!, () => 'ignore')
        let judge: Verdict | undefined = 'forward'
        const atBob = listen(bob!, () => judge)
        // First a broadcast that does get through, so that silence later means something.
        await publishUntil(fixture, alice!, () => heard.length > 0, 'carol heard alice through bob')
        await fixture.quiet()
        judge = verdict
        const before = atBob.heard.length
        const until = heard.length
        // One broadcast: a medium may cut off a neighbour whose broadcasts are rejected again and again.
        const sent = await publishUntil(fixture, alice!, () => atBob.heard.length > before, 'bob heard one more')
        await fixture.quiet()
        const leaked = heard.slice(until).some(({ bytes }) => isOneOf(bytes, sent))
        expect(!leaked, `a broadcast judged ${String(verdict)} must not reach carol`)
      }),
  })),
  {
    name: 'a verdict may come later, and one for an unknown id is ignored',
    check: (open) =>
      withMembers(open, LINE, async (fixture, alice, bob, carol) => {
        listen(alice!, () => 'ignore')
        const atBob = listen(bob!, () => undefined)
        const { heard } = listen(carol!, () => 'ignore')
        bob!.channel.verdict('no such delivery', 'forward')
        bob!.channel.verdict('no such delivery', 'reject')
        await publishUntil(fixture, alice!, () => {
          for (const { id } of atBob.heard) bob!.channel.verdict(id, 'forward')
          return heard.length > 0
        }, 'carol heard what bob judged late')
      }),
  },
  {
    name: 'all subscribers hear; one that unsubscribed hears nothing more, and may do so twice',
    check: (open) =>
      withMembers(open, PAIR, async (fixture, alice, bob) => {
        listen(alice!, () => 'ignore')
        const first = listen(bob!, () => 'ignore')
        const second = listen(bob!, () => 'ignore')
        await publishUntil(fixture, alice!, () => first.heard.length > 0 && second.heard.length > 0, 'both subscribers heard')
        first.stop()
        first.stop()
        const before = first.heard.length
        const count = second.heard.length
        await publishUntil(fixture, alice!, () => second.heard.length > count, 'the other subscriber heard more')
        expect(first.heard.length === before, 'an unsubscribed listener must hear nothing')
      }),
  },
  {
    name: 'bytes are copied on the way: neither side can change what the other holds',
    check: (open) =>
      withMembers(open, PAIR, async (fixture, alice, bob) => {
        listen(alice!, () => 'ignore')
        const first = listen(bob!, () => 'ignore')
        bob!.channel.subscribe(({ bytes }) => bytes.fill(0))
        const third = listen(bob!, () => 'ignore')
        const sent: Uint8Array[] = []
        let polls = 0
        await fixture.settle(() => {
          if (polls++ % POLLS_PER_BROADCAST === 0) {
            const bytes = fresh()
            sent.push(bytes.slice())
            alice!.channel.publish(bytes)
            bytes.fill(255)
          }
          return first.heard.length > 0 && third.heard.length > 0
        }, 'bob heard alice')
        for (const { bytes } of [...first.heard, ...third.heard]) {
          expect(isOneOf(bytes, sent), 'delivered bytes must be those at the time of publishing')
        }
      }),
  },
  {
    name: 'publishing without neighbours is no error, and the channel goes on',
    check: (open) =>
      withMembers(open, PAIR, async (fixture, alice, bob) => {
        listen(alice!, () => 'ignore')
        const { heard } = listen(bob!, () => 'ignore')
        await publishUntil(fixture, alice!, () => heard.length > 0, 'bob heard alice')
        await fixture.disconnect(0, 1)
        await fixture.settle(() => alice!.members.current().length === 0, 'alice is alone')
        alice!.channel.publish(fresh())
        await fixture.quiet()
        const before = heard.length
        alice!.channel.publish(fresh())
        await fixture.quiet()
        expect(heard.length === before, 'a member without links must not be heard')
      }),
  },
]
