import fc from 'fast-check'
import { streamPair } from '@libp2p/utils'
import { expect, test } from 'vitest'
import { frame, readFrames, send } from './frame.ts'

const soon = (): AbortSignal => AbortSignal.timeout(5_000)

test('a frame of any size up to the limit arrives whole, however it is cut up', async () => {
  const someContents = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 4 })
  await fc.assert(fc.asyncProperty(someContents, fc.integer({ min: 1, max: 200 }), async (contents, cut) => {
    const [alice, bob] = await streamPair()
    const frames = readFrames(bob, 300)
    const bytes = contents.map((content) => [...frame(content)]).flat()
    for (let at = 0; at < bytes.length; at += cut) await send(alice, Uint8Array.from(bytes.slice(at, at + cut)), soon())
    for (const content of contents) expect(await frames.next(soon())).toEqual({ ok: true, value: content })
    alice.abort(new Error('done'))
    bob.abort(new Error('done'))
  }), { numRuns: 40 })
})

test('a frame that announces more than the limit is refused before its content arrives', async () => {
  const [alice, bob] = await streamPair()
  const frames = readFrames(bob, 100)
  await send(alice, Uint8Array.of(101), soon())
  expect(await frames.next(soon())).toEqual({ ok: false, reason: 'too-large' })
  await send(alice, frame(Uint8Array.of(1)), soon())
  expect(await frames.next(soon())).toEqual({ ok: false, reason: 'too-large' })
})

test('an endless length is malformed, an early end is closed, silence is a timeout', async () => {
  const [alice, bob] = await streamPair()
  const endless = readFrames(bob, 100)
  await send(alice, new Uint8Array(8).fill(0x80), soon())
  expect(await endless.next(soon())).toEqual({ ok: false, reason: 'malformed' })

  const [carol, dave] = await streamPair()
  const short = readFrames(dave, 100)
  await send(carol, Uint8Array.of(5, 1, 2), soon())
  void carol.close()
  expect(await short.next(soon())).toEqual({ ok: false, reason: 'closed' })

  const [, frank] = await streamPair()
  expect(await readFrames(frank, 100).next(AbortSignal.timeout(20))).toEqual({ ok: false, reason: 'timeout' })
})
