// The owner's sixteen bytes as twelve English words of BIP 39 and back. A file of its own because the list of 2,048 words is fetched
// only when somebody asks for it.

import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { OWNER_ENTROPY_BYTES } from '@megabrain/exchange'

/** @param entropy 16 bytes */
export function wordsOfOwner(entropy: Uint8Array): string {
  return entropyToMnemonic(entropy, wordlist)
}

/** Undefined for words that are not twelve of the list, or whose checksum is wrong: one of them is mistyped. Case and spaces are forgiven. */
export function ownerOfWords(text: string): Uint8Array | undefined {
  try {
    const entropy = mnemonicToEntropy(text.trim().toLowerCase().split(/\s+/).join(' '), wordlist)
    return entropy.length === OWNER_ENTROPY_BYTES ? Uint8Array.from(entropy) : undefined
  } catch {
    return undefined
  }
}
