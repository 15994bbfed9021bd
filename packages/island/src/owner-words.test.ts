import { expect, test } from 'vitest'
import { ownerOfWords, wordsOfOwner } from './owner-words.ts'

// From the test vectors of BIP 39: https://github.com/trezor/python-mnemonic/blob/master/vectors.json
const vectors = [
  ['00000000000000000000000000000000', 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about'],
  ['7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f', 'legal winner thank year wave sausage worth useful legal winner thank yellow'],
  ['ffffffffffffffffffffffffffffffff', 'zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong'],
] as const

test('an owner’s bytes are the twelve words that BIP 39 gives them, and back, whatever the case and the spaces', () => {
  for (const [hex, words] of vectors) {
    expect(wordsOfOwner(Buffer.from(hex, 'hex'))).toBe(words)
    expect(ownerOfWords(`\n ${words.toUpperCase().replaceAll(' ', '   ')} `)).toEqual(new Uint8Array(Buffer.from(hex, 'hex')))
  }
})

test('words with a mistake are no owner', () => {
  const [, words] = vectors[1]
  const longer = 'legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful legal will'
  for (const text of ['', 'legal', words.replace('legal', 'winner'), words.replace('yellow', 'jello'), `${words} zoo`, longer, 'x'.repeat(100_000)]) {
    expect(ownerOfWords(text)).toBeUndefined()
  }
})
