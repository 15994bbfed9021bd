// Seals what an owner's machines tell one another, so that nobody else can read it: AES-GCM of WebCrypto, which Node and
// workers both have, under the secret that all of them know.

import { decodeWord, encodeWord } from '@megabrain/exchange'
import type { MachineWord } from '@megabrain/exchange'

const NONCE_BYTES = 12

export interface Seal {
  /** 28 bytes longer than the word: a fresh random nonce before it and a tag after it. */
  close(word: MachineWord): Promise<Uint8Array>
  /** Undefined for what another secret sealed, and for what is no word. */
  open(sealed: Uint8Array): Promise<MachineWord | undefined>
}

/** @param secret 32 bytes */
export async function createSeal(secret: Uint8Array): Promise<Seal> {
  const key = await crypto.subtle.importKey('raw', secret.slice(), 'AES-GCM', false, ['encrypt', 'decrypt'])
  return {
    async close(word) {
      const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
      const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, encodeWord(word).slice()))
      return Uint8Array.from([...iv, ...sealed])
    },
    async open(sealed) {
      try {
        const iv = sealed.slice(0, NONCE_BYTES)
        return decodeWord(new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, sealed.slice(NONCE_BYTES))))
      } catch {
        return undefined
      }
    },
  }
}
