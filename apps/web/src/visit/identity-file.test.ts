import { expect, test } from 'vitest'
import { identityFile, parseIdentityFile } from './identity-file.ts'

test('an owner goes into a file and comes out the same', () => {
  const entropy = Uint8Array.from({ length: 16 }, (_, index) => index * 11)
  expect(parseIdentityFile(identityFile(entropy))).toEqual({ ok: true, entropy })
})

test('files that are no identity are refused with a reason, whatever is in them', () => {
  const good = JSON.parse(identityFile(new Uint8Array(16))) as Record<string, unknown>
  const bad = ['', 'null', '[]', '7', '{', JSON.stringify({ ...good, format: 'x' }), JSON.stringify({ ...good, version: 2 }), JSON.stringify({ ...good, words: 'zoo zoo' }),
    JSON.stringify({ ...good, words: 3 }), JSON.stringify({ ...good, note: 'x'.repeat(9_999) })]
  for (const text of bad) expect(parseIdentityFile(text), text.slice(0, 60)).toEqual({ ok: false, reason: expect.stringMatching(/\.$/) })
})
