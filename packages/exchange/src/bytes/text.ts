// ASCII and hexadecimal text to bytes and back. Own code because floor 1 has no TextEncoder; every text in our formats
// is printable ASCII, so one byte is one character.

const digits = '0123456789abcdef'
/** Bytes turned into text at a time: a call takes only so many arguments. */
const HEX_CHUNK = 1_024

/** @throws RangeError when the text holds anything but printable ASCII: our own texts always do */
export function asciiBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x20 || code > 0x7e) throw new RangeError(`Text must be printable ASCII, got ${JSON.stringify(text)}`)
    bytes[i] = code
  }
  return bytes
}

/** `undefined` when a byte is not printable ASCII. */
export function asciiText(bytes: Uint8Array): string | undefined {
  let text = ''
  for (const byte of bytes) {
    if (byte < 0x20 || byte > 0x7e) return undefined
    text += String.fromCharCode(byte)
  }
  return text
}

/** Lower case. */
export function hexText(bytes: Uint8Array): string {
  // At once and not digit by digit: a text grown by `+=` keeps all its beginnings alive until it is first compared.
  let text = ''
  for (let from = 0; from < bytes.length; from += HEX_CHUNK) {
    const codes: number[] = []
    for (const byte of bytes.subarray(from, from + HEX_CHUNK)) codes.push(digits.charCodeAt(byte >> 4), digits.charCodeAt(byte & 15))
    text += String.fromCharCode(...codes)
  }
  return text
}

/** @throws RangeError when the text is not lower-case hexadecimal of whole bytes */
export function hexBytes(text: string): Uint8Array {
  if (text.length % 2 !== 0) throw new RangeError(`Hexadecimal must have an even length, got ${text.length}`)
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i++) {
    const high = digitOf(text.charCodeAt(2 * i))
    const low = digitOf(text.charCodeAt(2 * i + 1))
    if (high < 0 || low < 0) throw new RangeError(`Text must be lower-case hexadecimal, got ${JSON.stringify(text)}`)
    bytes[i] = high * 16 + low
  }
  return bytes
}

/** @returns 0 to 15, or -1 for a character that is none of `0-9` and `a-f` */
function digitOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : -1
}
