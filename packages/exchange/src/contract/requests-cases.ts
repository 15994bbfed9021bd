// What every `Requests` must do: one answer for each request, limits that hold, and no error that a peer can cause.

import { MAX_REQUEST_BYTES } from '../limits.ts'
import type { MeshPorts, RequestResult } from '../ports.ts'
import { expect, expectBytes, sampleBytes, type Case } from './case.ts'
import { LINE, PAIR, withMembers, type MeshFixture, type OpenMembers } from './mesh-fixture.ts'

const LIMITS = { timeoutMs: 5_000, maxBytes: 300_000 }

/** Awaits the answer while the fixture lets time pass: a memory network has no clock of its own. */
async function ask(fixture: MeshFixture, from: MeshPorts, to: string, bytes: Uint8Array, limits = LIMITS): Promise<RequestResult> {
  let result: RequestResult | undefined
  let fault: unknown
  from.requests.request(to, bytes, limits).then((value) => (result = value), (error: unknown) => (fault = error ?? 'undefined'))
  await fixture.settle(() => result !== undefined || fault !== undefined, 'the request ended')
  expect(fault === undefined, `a request must not throw, got ${String(fault)}`)
  return result!
}

function expectFailure(result: RequestResult, ...reasons: readonly string[]): void {
  const outcome = result.ok ? `${result.value.length} bytes` : result.reason
  expect(!result.ok && reasons.includes(result.reason), `the result must be ${reasons.join(' or ')}, got ${outcome}`)
}

export const requestsCases: readonly Case<OpenMembers>[] = [
  {
    name: 'the server gets the bytes and the asker, the asker gets the answer',
    check: (open) =>
      withMembers(open, PAIR, async (fixture, alice, bob) => {
        bob!.requests.serve(async (from, bytes) => {
          expect(from === alice!.self, `the asker must be ${alice!.self}, got ${from}`)
          return bytes.map((byte) => byte ^ 255)
        })
        for (const length of [1, 100, MAX_REQUEST_BYTES]) {
          const result = await ask(fixture, alice!, bob!.self, sampleBytes(length, length))
          expect(result.ok, `a request of ${length} bytes must be answered`)
          expectBytes(result.value, sampleBytes(length, length).map((byte) => byte ^ 255), 'the answer')
        }
      }),
  },
  {
    name: 'an empty request and an empty answer are allowed',
    check: (open) =>
      withMembers(open, PAIR, async (fixture, alice, bob) => {
        bob!.requests.serve(async (_, bytes) => bytes)
        const result = await ask(fixture, alice!, bob!.self, new Uint8Array(0))
        expect(result.ok && result.value.length === 0, 'an empty answer must be an answer')
      }),
  },
  {
    name: 'an answer of exactly maxBytes arrives, one more is too-large',
    check: (open) =>
      withMembers(open, PAIR, async (fixture, alice, bob) => {
        bob!.requests.serve(async (_, bytes) => sampleBytes(1, 1_000 + bytes[0]!))
        const exact = await ask(fixture, alice!, bob!.self, Uint8Array.of(0), { timeoutMs: 5_000, maxBytes: 1_000 })
        expect(exact.ok && exact.value.length === 1_000, 'an answer of exactly maxBytes must arrive')
        expectFailure(await ask(fixture, alice!, bob!.self, Uint8Array.of(1), { timeoutMs: 5_000, maxBytes: 1_000 }), 'too-large')
      }),
  },
  {
    name: 'a large answer arrives whole',
    check: (open) =>
      withMembers(open, PAIR, async (fixture, alice, bob) => {
        bob!.requests.serve(async () => sampleBytes(2, 262_144))
        const result = await ask(fixture, alice!, bob!.self, Uint8Array.of(1))
        expect(result.ok, 'an answer of 256 KiB must arrive')
        expectBytes(result.value, sampleBytes(2, 262_144), 'the answer')
      }),
  },
  {
    name: 'an oversized request is refused as too-large before it is sent',
    check: (open) =>
      withMembers(open, PAIR, async (fixture, alice, bob) => {
        let served = 0
        bob!.requests.serve(async () => {
          served++
          return Uint8Array.of(1)
        })
        expectFailure(await ask(fixture, alice!, bob!.self, sampleBytes(1, MAX_REQUEST_BYTES + 1)), 'too-large')
        await fixture.quiet()
        expect(served === 0, 'the server must not see an oversized request')
      }),
  },
  {
    name: 'undefined, a failing server and no server are all refused',
    check: (open) =>
      withMembers(open, PAIR, async (fixture, alice, bob) => {
        const stop = bob!.requests.serve(async (_, bytes) => {
          if (bytes[0] === 1) throw new RangeError('planted')
          return undefined
        })
        expectFailure(await ask(fixture, alice!, bob!.self, Uint8Array.of(0)), 'refused')
        expectFailure(await ask(fixture, alice!, bob!.self, Uint8Array.of(1)), 'refused')
        stop()
        stop()
        expectFailure(await ask(fixture, alice!, bob!.self, Uint8Array.of(2)), 'refused', 'unreachable')
        bob!.requests.serve(async () => Uint8Array.of(3))
        const result = await ask(fixture, alice!, bob!.self, Uint8Array.of(3))
        expect(result.ok, 'a member must be able to serve again')
      }),
  },
  {
    name: 'a server that never answers is a timeout, and the connection goes on',
    check: (open) =>
      withMembers(open, PAIR, async (fixture, alice, bob) => {
        bob!.requests.serve((_, bytes) => (bytes[0] === 0 ? new Promise(() => undefined) : Promise.resolve(bytes)))
        expectFailure(await ask(fixture, alice!, bob!.self, Uint8Array.of(0), { timeoutMs: 300, maxBytes: 100 }), 'timeout')
        const result = await ask(fixture, alice!, bob!.self, Uint8Array.of(1))
        expect(result.ok, 'a later request must be answered')
      }),
  },
  {
    name: 'asking a stranger or oneself is unreachable',
    check: (open) =>
      withMembers(open, PAIR, async (fixture, alice) => {
        expectFailure(await ask(fixture, alice!, 'nobody', Uint8Array.of(1)), 'unreachable')
        expectFailure(await ask(fixture, alice!, alice!.self, Uint8Array.of(1)), 'unreachable')
      }),
  },
  {
    name: 'requests at the same time do not mix their answers',
    check: (open) =>
      withMembers(open, LINE, async (fixture, alice, bob, carol) => {
        bob!.requests.serve(async (_, bytes) => bytes)
        const results: (RequestResult | undefined)[] = Array.from({ length: 20 }, () => undefined)
        results.forEach((_, i) => {
          const asker = i % 2 === 0 ? alice! : carol!
          void asker.requests.request(bob!.self, Uint8Array.of(i, i), LIMITS).then((result) => (results[i] = result))
        })
        await fixture.settle(() => results.every((result) => result !== undefined), 'all 20 requests ended')
        results.forEach((result, i) => {
          expect(result!.ok, `request ${i} must be answered`)
          expectBytes(result!.value, Uint8Array.of(i, i), `answer ${i}`)
        })
      }),
  },
  {
    name: 'both ends may ask at the same time',
    check: (open) =>
      withMembers(open, PAIR, async (fixture, alice, bob) => {
        alice!.requests.serve(async () => Uint8Array.of(1))
        bob!.requests.serve(async () => Uint8Array.of(2))
        let toBob: RequestResult | undefined
        let toAlice: RequestResult | undefined
        void alice!.requests.request(bob!.self, Uint8Array.of(0), LIMITS).then((result) => (toBob = result))
        void bob!.requests.request(alice!.self, Uint8Array.of(0), LIMITS).then((result) => (toAlice = result))
        await fixture.settle(() => toBob !== undefined && toAlice !== undefined, 'both requests ended')
        expect(toBob!.ok && toBob!.value[0] === 2 && toAlice!.ok && toAlice!.value[0] === 1, 'each must get the other\'s answer')
      }),
  },
  {
    name: 'bytes are copied: changing them after the call changes nothing',
    check: (open) =>
      withMembers(open, PAIR, async (fixture, alice, bob) => {
        const answer = sampleBytes(3, 16)
        bob!.requests.serve(async (_, bytes) => {
          expectBytes(bytes, sampleBytes(4, 16), 'the request')
          return answer
        })
        const request = sampleBytes(4, 16)
        let result: RequestResult | undefined
        void alice!.requests.request(bob!.self, request, LIMITS).then((value) => (result = value))
        request.fill(0)
        await fixture.settle(() => result !== undefined, 'the request ended')
        expect(result!.ok, 'the request must be answered')
        result!.value.fill(0)
        expectBytes(answer, sampleBytes(3, 16), 'the server\'s own bytes')
      }),
  },
  {
    name: 'a second server at the same time is our own fault',
    check: (open) =>
      withMembers(open, PAIR, async (_, alice) => {
        alice!.requests.serve(async () => undefined)
        let refused = false
        try {
          alice!.requests.serve(async () => undefined)
        } catch (error) {
          refused = error instanceof RangeError
        }
        expect(refused, 'serving twice must be a RangeError')
      }),
  },
  {
    name: 'a neighbour that has gone is unreachable',
    check: (open) =>
      withMembers(open, PAIR, async (fixture, alice, bob) => {
        bob!.requests.serve(async (_, bytes) => bytes)
        await fixture.disconnect(0, 1)
        await fixture.settle(() => alice!.members.current().length === 0, 'alice is alone')
        expectFailure(await ask(fixture, alice!, bob!.self, Uint8Array.of(1)), 'unreachable')
      }),
  },
]
