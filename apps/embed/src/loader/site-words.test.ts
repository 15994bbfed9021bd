// What a site's owner writes and is told: attributes, the missing line of a policy, and the lines to copy.

import { expect, test } from 'vitest'
import { policyOf, readLoaderPlace, snippetOf } from '../snippet/lines.ts'
import { diagnose } from './doctor.ts'
import { missingLine } from './policy.ts'
import { wishesFrom, type WishAttribute } from './wishes.ts'

const operator = 'https://embed.relay.example'
const violation = (originalPolicy: string, effectiveDirective = 'frame-src', blockedURI = `${operator}/frame.html`) => missingLine({ effectiveDirective, blockedURI, originalPolicy }, operator)

test('attributes that are none are the default and are named', () => {
  const from = (given: Partial<Record<WishAttribute, string>>) => wishesFrom((name) => given[name] ?? null)
  expect(from({})).toEqual({ wishes: { maxDuty: 100, theme: 'auto', size: 'card', team: '' }, faults: [] })
  expect(from({ 'max-duty': '10', theme: 'dark', size: 'strip', team: 'a.b.c' }).wishes).toMatchObject({ maxDuty: 10, theme: 'dark', size: 'strip', team: 'a.b.c' })
  expect(from({ 'max-duty': '101', theme: 'pink', team: '<b>' })).toMatchObject({ wishes: { maxDuty: 100, theme: 'auto', team: '' }, faults: ['max-duty', 'theme', 'team'] })
})

test('the missing line keeps what the policy had, by whatever directive it fell back', () => {
  expect(violation("default-src 'self'; frame-src 'self' https://video.example; script-src x")).toBe(`frame-src 'self' https://video.example ${operator}`)
  expect(violation("default-src 'none'")).toBe(`frame-src ${operator}`)
  expect(violation("child-src https://a.example; default-src *")).toBe(`frame-src https://a.example ${operator}`)
  expect(violation("default-src 'self'", 'script-src'), 'about something else').toBeUndefined()
  expect(violation("frame-src 'self'", 'frame-src', 'https://ads.example')).toBeUndefined()
  expect(violation("frame-src 'self'", 'frame-src', `${operator}.evil.example/`)).toBeUndefined()
})

test('each finding that is not ok says what to do', () => {
  const well = { isSecure: true, page: 'https://site.example', operator, faults: [], missingLine: undefined, answered: true, cause: 'none' } as const
  expect(diagnose(well).every(({ ok, advice }) => ok && advice === '')).toBe(true)
  const ill = diagnose({ isSecure: false, page: operator, operator, faults: ['max-duty'], missingLine: undefined, answered: false, cause: 'covered' })
  expect(ill.every(({ ok, advice }) => !ok || advice === '')).toBe(true)
  expect(ill.filter(({ ok }) => !ok).map(({ check }) => check)).toEqual(['secure-page', 'operator', 'attributes', 'answer', 'place'])
})

test('the lines to copy hold the script’s hash and nothing that a wish could add', () => {
  const place = { origin: operator, path: '/v1/mega-brain-abc.js', integrity: 'sha384-x' }
  expect(readLoaderPlace(JSON.stringify(place))).toEqual(place)
  expect(readLoaderPlace('{"origin":1}')).toBeUndefined()
  const snippet = snippetOf(place, [['max-duty', '10'], ['theme', ''], ['team', '"><script>']])
  expect(snippet).toContain(`src="${operator}/v1/mega-brain-abc.js"`)
  expect(snippet).toContain('<mega-brain max-duty="10" team="&quot;>&lt;script>"></mega-brain>')
  expect(policyOf(place)).toBe(`script-src ${operator};\nframe-src ${operator};`)
})
