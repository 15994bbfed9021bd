// ASCII text to bytes and back: all text in our formats is ASCII, and floor 0 has no TextEncoder.

/** @throws RangeError for a character outside ASCII */
export function asciiBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 127) throw new RangeError(`Text must be ASCII, got code unit ${code} at ${i}`)
    bytes[i] = code
  }
  return bytes
}

/** Each byte as one character; a byte above 127 gives a character outside ASCII, which the caller refuses. */
export function asciiText(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}
