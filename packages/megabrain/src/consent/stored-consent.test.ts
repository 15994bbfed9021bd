import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CONSENT_MS, createConsent, decodeConsent, encodeConsent, hasConsent, rememberConsent, revokeConsent } from './stored-consent.ts'
import type { Drawer } from './stored-consent.ts'

const scope = { operator: 'https://relay.example', place: 'https://a.example', team: '' }

function drawer(): Drawer {
  const rows = new Map<string, string>()
  return { getItem: (key) => rows.get(key) ?? null, setItem: (key, value) => void rows.set(key, value), removeItem: (key) => void rows.delete(key) }
}

test('consent holds for 30 days, for this operator, place and team, until it is taken back', () => {
  const mine = drawer()
  expect(hasConsent(mine, scope, 0)).toBe(false)
  rememberConsent(mine, scope, 1_000)
  expect(hasConsent(mine, scope, 1_000 + CONSENT_MS - 1)).toBe(true)
  expect(hasConsent(mine, scope, 1_000 + CONSENT_MS)).toBe(false)
  expect(hasConsent(mine, scope, 999)).toBe(false)
  for (const other of [{ operator: 'https://b.example' }, { place: 'https://b.example' }, { team: 'b' }]) {
    expect(hasConsent(mine, { ...scope, ...other }, 2_000)).toBe(false)
  }
  revokeConsent(mine, scope)
  expect(hasConsent(mine, scope, 2_000)).toBe(false)
})

test('what is no record of a consent is none, whatever it is', () => {
  const text = encodeConsent(createConsent(scope, 5))
  expect(decodeConsent(text)).toEqual({ ...scope, version: 1, givenAt: 5 })
  const mine = drawer()
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (noise) => {
    mine.setItem(`megabrain.package.consent ${scope.operator} ${scope.place}`, noise)
    expect(hasConsent(mine, scope, 6)).toBe(false)
  }))
  mine.setItem(`megabrain.package.consent ${scope.operator} ${scope.place}`, text.replace('"version":1', '"version":2'))
  expect(hasConsent(mine, scope, 6)).toBe(false)
  const refuse = (): never => { throw new DOMException('denied', 'SecurityError') }
  const closed = { getItem: refuse, setItem: refuse, removeItem: refuse }
  rememberConsent(closed, scope, 1)
  revokeConsent(closed, scope)
  expect(hasConsent(closed, scope, 1)).toBe(false)
})
