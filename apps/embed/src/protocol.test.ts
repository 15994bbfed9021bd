import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createAllowance, takeOne } from './allowance.ts'
import { boundedHeight, decodeToFrame, decodeToHost, defaultWishes, encodeMessage, MAX_MESSAGE_CHARACTERS, type ToFrame, type ToHost } from './protocol.ts'

test('what one side says is what the other reads', () => {
  const toFrame: readonly ToFrame[] = [{ kind: 'status' }, { kind: 'wishes', wishes: defaultWishes }, { kind: 'wishes', wishes: { maxDuty: 1, theme: 'dark', size: 'strip', team: `a.${'0'.repeat(64)}.${'f'.repeat(128)}` } }]
  for (const message of toFrame) expect(decodeToFrame(encodeMessage(message))).toEqual(message)
  const toHost: readonly ToHost[] = [{ kind: 'state', state: 'resting', cause: 'covered' }, { kind: 'height', px: boundedHeight(1e9) }, { kind: 'height', px: boundedHeight(0) }]
  for (const message of toHost) expect(decodeToHost(encodeMessage(message))).toEqual(message)
})

test('anything else is nothing, and never an error', () => {
  const near = fc.record({ kind: fc.constantFrom('wishes', 'status', 'state', 'height', 'start'), wishes: fc.anything(), state: fc.anything(), px: fc.anything() })
  const anything = fc.oneof(fc.anything(), fc.json(), near.map((value) => JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner))))
  fc.assert(fc.property(anything, (given) => {
    const [toFrame, toHost] = [decodeToFrame(given), decodeToHost(given)]
    if (toFrame?.kind === 'wishes') expect(toFrame.wishes.maxDuty).toSatisfy((duty: number) => duty >= 1 && duty <= 100)
    if (toHost?.kind === 'height') expect(toHost.px).toBeLessThanOrEqual(640)
  }), { numRuns: 5_000 })
  expect(decodeToFrame(`${encodeMessage({ kind: 'status' })}${' '.repeat(MAX_MESSAGE_CHARACTERS)}`)).toBeUndefined()
  expect(decodeToFrame('{"kind":"status","start":true}')).toBeUndefined()
})

test('who sends no faster than four a second is always heard, who floods is soon not heard at all', () => {
  let steady = createAllowance(0)
  for (let now = 0; now < 600_000; now += 250) {
    const taken = takeOne(steady, now)
    expect(taken.verdict).toBe('take')
    steady = taken.allowance
  }
  let flooded = createAllowance(0)
  const verdicts = Array.from({ length: 1_000 }, (_, at) => {
    const taken = takeOne(flooded, at / 10)
    flooded = taken.allowance
    return taken.verdict
  })
  expect(verdicts.filter((verdict) => verdict === 'take').length).toBeLessThanOrEqual(21)
  expect(verdicts.indexOf('close')).toBeLessThan(230)
  expect(verdicts.at(-1)).toBe('close')
})
