// The owner of this browser's work as a file: what the twelve words say, for people who keep files rather than paper. Late code. A file
// may hold anything, so reading one ends in the owner's bytes or in a sentence.

import { ownerOfWords, wordsOfOwner } from '@megabrain/island/words'

const FORMAT = 'megabrain-identity'
const VERSION = 1
const MAX_CHARACTERS = 4_096

/** @param entropy the owner's 16 bytes */
export function identityFile(entropy: Uint8Array): string {
  const note = 'Whoever has this file can act as its owner. Keep it as you would keep a key.'
  return `${JSON.stringify({ format: FORMAT, version: VERSION, note, words: wordsOfOwner(entropy) }, undefined, 2)}\n`
}

export type IdentityResult = { readonly ok: true; readonly entropy: Uint8Array } | { readonly ok: false; readonly reason: string }

export function parseIdentityFile(text: string): IdentityResult {
  const no = (reason: string): IdentityResult => ({ ok: false, reason })
  if (text.length > MAX_CHARACTERS) return no('This file is too large for an identity.')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return no('This file is no identity: it is not JSON.')
  }
  const { format, version, words } = (typeof json === 'object' && json !== null ? json : {}) as Readonly<Record<string, unknown>>
  if (format !== FORMAT) return no('This file is no identity of Megabrain.')
  if (version !== VERSION) return no('This identity was written by a newer release. Load that one.')
  const entropy = typeof words === 'string' ? ownerOfWords(words) : undefined
  return entropy === undefined ? no('The words in this file are damaged: one is wrong or missing.') : { ok: true, entropy }
}
