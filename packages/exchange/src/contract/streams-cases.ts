// What every `Streams` must do: whole messages in order, a sender that waits for its reader, and an end that both sides notice.

import { MAX_STREAM_MESSAGE_BYTES } from '../limits.ts'
import type { MeshPorts, PeerStream } from '../ports.ts'
import { expect, expectBytes, sampleBytes, type Case } from './case.ts'
import { PAIR, withMembers, type MeshFixture, type OpenMembers } from './mesh-fixture.ts'

const TIMEOUT_MS = 10_000

/** Awaits while the fixture lets time pass. */
async function settled<T>(fixture: MeshFixture, promise: Promise<T>, what: string): Promise<T> {
  let result: { readonly value: T } | undefined
  let fault: unknown
  promise.then((value) => (result = { value }), (error: unknown) => (fault = error ?? 'undefined'))
  await fixture.settle(() => result !== undefined || fault !== undefined, what)
  expect(fault === undefined, `nothing may throw, got ${String(fault)}`)
  return result!.value
}

async function pair(fixture: MeshFixture, alice: MeshPorts, bob: MeshPorts): Promise<readonly [PeerStream, PeerStream]> {
  let theirs: PeerStream | undefined
  bob.streams!.accept((stream) => (theirs = stream))
  const ours = await settled(fixture, alice.streams!.open(bob.self, TIMEOUT_MS), 'the stream opened')
  expect(ours !== undefined, 'a neighbour that accepts must be reached')
  await fixture.settle(() => theirs !== undefined, 'bob has the stream')
  expect(ours.peer === bob.self && theirs!.peer === alice.self, 'each end must name the other')
  return [ours, theirs!]
}

export const streamsCases: readonly Case<OpenMembers>[] = [
  {
    name: 'messages of any size up to the limit arrive whole and in order, both ways',
    check: (open) => withMembers(open, PAIR, async (fixture, alice, bob) => {
      const [ours, theirs] = await pair(fixture, alice!, bob!)
      for (const [from, to] of [[ours, theirs], [theirs, ours]] as const) {
        const lengths = [1, 0, 70_000, MAX_STREAM_MESSAGE_BYTES, 3]
        const sending = (async () => {
          for (const length of lengths) await from.send(sampleBytes(length, length))
        })()
        for (const length of lengths) expectBytes(await settled(fixture, to.receive(), 'a message came'), sampleBytes(length, length), `message of ${length} bytes`)
        await settled(fixture, sending, 'all was sent')
      }
    }),
  },
  {
    name: 'a message over the limit is our own fault',
    check: (open) => withMembers(open, PAIR, async (fixture, alice, bob) => {
      const [ours] = await pair(fixture, alice!, bob!)
      let isRefused = false
      try {
        await ours.send(new Uint8Array(MAX_STREAM_MESSAGE_BYTES + 1))
      } catch (error) {
        isRefused = error instanceof RangeError
      }
      expect(isRefused, 'sending more than the limit must be a RangeError')
    }),
  },
  {
    name: 'who does not read holds the sender back, and loses nothing by it',
    check: (open) => withMembers(open, PAIR, async (fixture, alice, bob) => {
      const [ours, theirs] = await pair(fixture, alice!, bob!)
      const count = 64
      let sent = 0
      const sending = (async () => {
        for (let i = 0; i < count; i++) {
          expect(await ours.send(sampleBytes(i, 400_000)), 'the stream must go on')
          sent++
        }
      })()
      await fixture.quiet()
      expect(sent < count, `a sender must wait for a reader that takes nothing, yet ${sent} messages were taken`)
      for (let i = 0; i < count; i++) expectBytes(await settled(fixture, theirs.receive(), `message ${i} came`), sampleBytes(i, 400_000), `message ${i}`)
      await settled(fixture, sending, 'all was sent')
    }),
  },
  {
    name: 'an end is noticed by who reads and by who sends',
    check: (open) => withMembers(open, PAIR, async (fixture, alice, bob) => {
      const [ours, theirs] = await pair(fixture, alice!, bob!)
      const reading = theirs.receive()
      ours.close()
      ours.close()
      expect((await settled(fixture, reading, 'the reader noticed')) === undefined, 'a reader must hear of the end')
      expect(!(await settled(fixture, ours.send(Uint8Array.of(1)), 'sending ended')), 'nothing can be sent on an ended stream')
      expect((await settled(fixture, ours.receive(), 'receiving ended')) === undefined, 'nothing comes on an ended stream')
    }),
  },
  {
    name: 'a link that is cut ends its streams',
    check: (open) => withMembers(open, PAIR, async (fixture, alice, bob) => {
      const [ours, theirs] = await pair(fixture, alice!, bob!)
      const reading = [ours.receive(), theirs.receive()]
      await fixture.disconnect(0, 1)
      for (const one of reading) expect((await settled(fixture, one, 'both noticed')) === undefined, 'both ends must hear of the end')
    }),
  },
  {
    name: 'a stranger, and a neighbour that accepts none, cannot be reached',
    check: (open) => withMembers(open, PAIR, async (fixture, alice, bob) => {
      expect((await settled(fixture, alice!.streams!.open('nobody', TIMEOUT_MS), 'opening ended')) === undefined, 'a stranger must not be reached')
      const stream = await settled(fixture, alice!.streams!.open(bob!.self, TIMEOUT_MS), 'opening ended')
      const heard = stream === undefined ? undefined : await settled(fixture, stream.receive(), 'the refusal came')
      expect(heard === undefined, 'without a listener nothing may come')
    }),
  },
]
