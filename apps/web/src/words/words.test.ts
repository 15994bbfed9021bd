import { describe, expect, test } from 'vitest'
import { refusals } from '@megabrain/exchange'
import type { Phase, Reason } from '@megabrain/island'
import { company, lonely, running } from '../example/snapshots.ts'
import { companyOf } from './company.ts'
import { shortId } from './format.ts'
import { logRuns } from './log-runs.ts'
import { logSentence } from './log.ts'
import { refusalPhrase, refusalReasons } from './refusals.ts'
import { sentenceOf } from './state.ts'

const phases: readonly Phase[] = ['idle', 'starting', 'running', 'paused', 'stopped']
const reasons: readonly (Reason | undefined)[] = [
  undefined,
  'not-started',
  'by-you',
  'snoozed',
  'schedule',
  'hidden',
  'battery',
  'save-data',
  'in-use',
  'busy',
  'sluggish',
  'daily-limit',
  'data-limit',
  'finishing',
  'other-tab',
  'not-conformant',
  'failed',
]

describe('the state in words', () => {
  test.each(phases.flatMap((phase) => reasons.map((reason) => ({ phase, reason }))))(
    '$phase, $reason is a sentence',
    ({ phase, reason }) => {
      expect(sentenceOf({ phase, reason, detail: undefined })).toMatch(/^[A-Z].*\.$/)
    },
  )

  test('a pause names its cause, a failure its detail', () => {
    expect(sentenceOf({ phase: 'paused', reason: 'battery', detail: undefined })).toContain('battery')
    expect(sentenceOf({ phase: 'stopped', reason: 'failed', detail: 'out of memory' })).toContain('out of memory')
  })
})

describe('company', () => {
  test('islands are counted', () => {
    expect(companyOf({ kind: 'open', view: company })).toEqual({ alone: false, sentence: 'Trading with 3 other islands.' })
  })

  test('a lost relay is named with its reason, and that it is tried again', () => {
    const { alone, sentence } = companyOf({ kind: 'open', view: lonely })
    expect(alone).toBe(true)
    expect(sentence).toContain('Alone')
    expect(sentence).toContain('127.0.0.1:8787 does not answer (connection refused); trying again')
  })

  test('islands without a relay still trade', () => {
    const neighbours = company.neighbours.filter((neighbour) => neighbour.kind === 'island')
    expect(companyOf({ kind: 'open', view: { ...lonely, neighbours } }).sentence).toContain(
      'Trading with 3 other islands, without any relay',
    )
  })

  test('code that cannot be fetched leaves it alone, with the reason', () => {
    expect(companyOf({ kind: 'loading', reason: 'The host of this page does not answer.' }).sentence).toContain('Evolving alone meanwhile.')
  })
})

test('every event is a sentence', () => {
  for (const entry of running.log) expect(logSentence(entry)).toMatch(/^[A-Z…].*\.$/)
  expect(logSentence({ ...running.log[5]!, kind: 'refused', reason: 'not-better', via: '', claimed: 7, measured: undefined })).toBe(
    'Left a claim aside: not better than what is kept (claimed 7).',
  )
  expect(logSentence(running.log[5]!)).toBe('Refused a claim: fitness does not reproduce (claimed 1,000,000, measured 412,033).')
})

test('routine in a row is one line, news is not', () => {
  const aside = (id: number) => ({ id, time: id, kind: 'refused', reason: 'not-better', via: '', claimed: 7, measured: 7 }) as const
  const lie = { ...aside(5), reason: 'not-reproduced', measured: 3 } as const
  const runs = logRuns([aside(1), aside(2), aside(3), lie, { ...lie, id: 6 }, aside(7)])
  expect(runs.map(({ entry, more }) => [entry.id, more])).toEqual([
    [7, 0],
    [6, 0],
    [5, 0],
    [3, 2],
  ])
})

test('every reason of the exchange has a phrase', () => {
  expect([...refusalReasons].toSorted()).toEqual([...refusals].toSorted())
  for (const reason of refusals) expect(refusalPhrase(reason)).not.toBe('')
})

test('long names are told apart by their ends', () => {
  expect(shortId('12D3KooWabcdefgh12345678')).toBe('…12345678')
  expect(shortId('short')).toBe('short')
})
