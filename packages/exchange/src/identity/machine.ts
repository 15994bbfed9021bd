// What an owner's machines tell one another through the realm: how each is doing, and the wish that all pause or go on. Two
// statements of each device, sealed by the host for the owner's machines alone: others see that the device spoke, and when.

import { encodeFields, parseFields, putNumber, putText } from '../wire/fields.ts'
import { bytesEqual } from '../bytes/compare.ts'
import type { Declaration } from '../registry/statement.ts'
import type { StatementKind } from '../registry/statement-kind.ts'

export type MachineWord =
  | {
      readonly of: 'state'
      /** As its people call it; at most 24 printable ASCII characters. */
      readonly name: string
      /** The island's own words, at most 16 characters each; `reason` may be empty. */
      readonly phase: string
      readonly reason: string
      /** Busy share of one core, per cent, 0 to 100. */
      readonly dutyPercent: number
      readonly evaluationsPerSecond: number
    }
  /** For all machines of the owner; the statement's revision is its sequence number. */
  | { readonly of: 'wish'; readonly paused: boolean }

export const MAX_NAME_LENGTH = 24
const MAX_WORD_LENGTH = 16
const FIELDS = 6
/** All words are as long, so that their length says nothing. */
export const WORD_BYTES = 96
/** What sealing may add: a nonce of 12 bytes and a tag of 16. */
const SEALED_BYTES = WORD_BYTES + 28
const STATE = 1
const WISH = 2

/** The sealed content; reading it takes the owner's secret. */
export const machineKind: StatementKind<Uint8Array> = {
  kind: 'machine',
  signedBy: 'device',
  maxPerSigner: 2,
  maxTotal: 4_096,
  decode({ subject, content }) {
    const isKnown = subject.length === 1 && (subject[0] === STATE || subject[0] === WISH)
    return isKnown && content.length === SEALED_BYTES ? content.slice() : undefined
  },
  isEntitled: () => true,
}

/** @param sealed `encodeWord(word)`, encrypted: 124 bytes. @param revision of a wish: a later one everywhere replaces an earlier one */
export function machineDeclaration(of: MachineWord['of'], sealed: Uint8Array, revision?: number): Declaration {
  if (sealed.length !== SEALED_BYTES) throw new RangeError(`A sealed word must have ${SEALED_BYTES} bytes, got ${sealed.length}`)
  const declaration = { kind: machineKind.kind, subject: Uint8Array.of(of === 'state' ? STATE : WISH), content: sealed }
  return revision === undefined ? declaration : { ...declaration, revision }
}

/** `WORD_BYTES` bytes: a length, the word, zeros. */
export function encodeWord(word: MachineWord): Uint8Array {
  const fields = encodeFields((to) => {
    putNumber(to, 1, word.of === 'state' ? STATE : WISH)
    if (word.of === 'wish') return putNumber(to, 2, word.paused ? 1 : 0)
    putText(to, 2, word.name.slice(0, MAX_NAME_LENGTH))
    putText(to, 3, word.phase.slice(0, MAX_WORD_LENGTH))
    putText(to, 4, word.reason.slice(0, MAX_WORD_LENGTH))
    putNumber(to, 5, Math.min(100, Math.max(0, Math.round(word.dutyPercent))))
    putNumber(to, 6, Math.max(0, Math.round(word.evaluationsPerSecond)))
  })
  const bytes = new Uint8Array(WORD_BYTES)
  bytes[0] = fields.length
  bytes.set(fields, 1)
  return bytes
}

/** Undefined for bytes that are no word. */
export function decodeWord(bytes: Uint8Array): MachineWord | undefined {
  if (bytes.length !== WORD_BYTES || bytes[0]! >= WORD_BYTES) return undefined
  const fields = parseFields(bytes.subarray(1, 1 + bytes[0]!), FIELDS)
  const kind = fields?.number(1)
  if (fields === undefined || (kind !== STATE && kind !== WISH)) return undefined
  const word = kind === WISH ? decodeWish(fields.number(2)) : decodeState(fields)
  return word !== undefined && bytesEqual(encodeWord(word), bytes) ? word : undefined
}

function decodeWish(paused: number | undefined): MachineWord | undefined {
  return paused === 0 || paused === 1 ? { of: 'wish', paused: paused === 1 } : undefined
}

function decodeState(fields: NonNullable<ReturnType<typeof parseFields>>): MachineWord | undefined {
  const [name, phase, reason] = [fields.text(2, MAX_NAME_LENGTH), fields.text(3, MAX_WORD_LENGTH), fields.text(4, MAX_WORD_LENGTH)]
  const [dutyPercent, evaluationsPerSecond] = [fields.number(5), fields.number(6)]
  if (name === undefined || phase === undefined || reason === undefined || dutyPercent === undefined || dutyPercent > 100) return undefined
  return evaluationsPerSecond === undefined ? undefined : { of: 'state', name, phase, reason, dutyPercent, evaluationsPerSecond }
}
