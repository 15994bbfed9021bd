import { expect, test } from 'vitest'
import { hasConsent, rememberConsent, rememberedRealm, rememberedRelays, rememberRealm, rememberRelays, type Drawer } from './remembered.ts'

const DAY_MS = 86_400_000

function drawer(): Drawer {
  const rows = new Map<string, string>()
  return {
    getItem: (key) => rows.get(key) ?? null,
    setItem: (key, value) => void rows.set(key, value),
    removeItem: (key) => void rows.delete(key),
  }
}

test('consent holds for 30 days and is not assumed', () => {
  const mine = drawer()
  expect(hasConsent(mine, 0)).toBe(false)
  rememberConsent(mine, 5 * DAY_MS)
  expect(hasConsent(mine, 34 * DAY_MS)).toBe(true)
  expect(hasConsent(mine, 35 * DAY_MS)).toBe(false)
  expect(hasConsent(mine, 4 * DAY_MS)).toBe(false)
})

test('the newest relays are kept, each once', () => {
  const mine = drawer()
  rememberRelays(mine, ['/a', '/b'])
  rememberRelays(mine, ['/c', '/a'])
  expect(rememberedRelays(mine)).toEqual(['/c', '/a', '/b'])
})

test('the realm’s document comes back byte for byte', () => {
  const mine = drawer()
  expect(rememberedRealm(mine)).toBeUndefined()
  const realm = { policy: Uint8Array.of(1, 0, 255), tasks: ['double-pole', 'xor'] }
  rememberRealm(mine, realm)
  expect(rememberedRealm(mine)).toEqual(realm)
})

test('storage that refuses is like storage that is empty', () => {
  const refuse = (): never => {
    throw new DOMException('denied', 'SecurityError')
  }
  const closed = { getItem: refuse, setItem: refuse, removeItem: refuse }
  rememberConsent(closed, 1)
  expect(hasConsent(closed, 1)).toBe(false)
  expect(rememberedRelays(closed)).toEqual([])
})
