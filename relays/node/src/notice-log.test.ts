import { expect, test } from 'vitest'
import { createLog } from './log.ts'
import { createNoticeLog } from './notice-log.ts'

test('the log says why a claim was refused, and a flood of refusals leaves a count', () => {
  const lines: Record<string, unknown>[] = []
  let now = 0
  const write = createNoticeLog(createLog((line) => lines.push(JSON.parse(line) as Record<string, unknown>), () => 0), () => now)
  write('r', { kind: 'refused', reason: 'not-reproduced', via: 'carol', cid: 'b…', claimed: 900, measured: 1 })
  write('r', { kind: 'refused', reason: 'duplicate', via: 'carol' })
  const said = { realm: 'r', reason: 'not-reproduced', via: 'carol', cid: 'b…', claimed: 900, measured: 1 }
  expect(lines).toEqual([{ time: '1970-01-01T00:00:00.000Z', level: 'info', event: 'refused', ...said }])
  for (let i = 0; i < 1000; i++) write('r', { kind: 'refused', reason: 'malformed', via: 'carol' })
  expect(lines.length).toBe(50)
  now = 10_000
  write('r', { kind: 'synchronised', with: 'bob', received: 3 })
  expect(lines.slice(50)).toMatchObject([{ event: 'notices-left-out', count: 951 }, { event: 'synchronised', with: 'bob', received: 3 }])
})
