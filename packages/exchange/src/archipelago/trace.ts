// The fingerprint of a whole simulation: every event of every island with what it led to, mixed into 128 bits as it
// happens. Not a cryptographic hash; it tells two runs apart, and nobody has a reason to forge one.

import type { Effect, MemberEvent } from '../member/events.ts'

export interface Trace {
  /** @param island index of the island @param time virtual ms */
  add(time: number, island: number, event: MemberEvent, effects: readonly Effect[]): void
  /** 32 hex characters. */
  digest(): string
}

export function createTrace(): Trace {
  const words = Int32Array.of(0x243f6a88, 0x85a308d3 | 0, 0x13198a2e, 0x03707344)

  /** One round of a multiply-rotate chain over four words; constants are those of MurmurHash3 (Appleby 2010, public domain). */
  function mix(value: number): void {
    const a = Math.imul(words[0]! ^ value, 0xcc9e2d51)
    words[0] = words[1]! + ((a << 15) | (a >>> 17))
    words[1] = Math.imul(words[2]! ^ a, 0x1b873593)
    words[2] = words[3]! + ((words[1]! << 13) | (words[1]! >>> 19))
    words[3] = Math.imul(a, 5) + 0x38b34ae5
  }

  function mixText(text: string): void {
    mix(text.length)
    mix(text.charCodeAt(0) | (text.charCodeAt(text.length - 1) << 16))
  }

  function mixBytes(bytes: Uint8Array | undefined): void {
    if (bytes === undefined) return mix(-1)
    mix(bytes.length)
    // Signatures and hashes end our messages: their last bytes stand for all.
    for (let i = Math.max(0, bytes.length - 8); i < bytes.length; i++) mix(bytes[i]!)
  }

  return {
    add(time, island, event, effects) {
      mix(Math.floor(time))
      mix(Math.floor((time % 1) * 0x4000_0000))
      mix(island)
      mixText(event.kind)
      for (const effect of effects) {
        mixText(effect.kind)
        if (effect.kind === 'publish' || effect.kind === 'request' || effect.kind === 'respond') mixBytes(effect.bytes)
        else if (effect.kind === 'keep') mix(effect.entry.claim.fitness)
        else if (effect.kind === 'verdict') mixText(effect.verdict)
      }
    },
    digest: () => Array.from(words, (word) => (word >>> 0).toString(16).padStart(8, '0')).join(''),
  }
}
