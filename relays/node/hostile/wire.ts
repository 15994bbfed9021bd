// Protobuf, multistream and yamux bytes by hand: an attacker sends what no honest encoder would make.

/** An unsigned varint; numbers above 2^32 are what a decoder should never believe. */
export function varint(value: number): Uint8Array {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...bytes, rest])
    bytes.push((rest % 128) + 128)
  }
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts)
}

/** A length-delimited field. */
export function field(number: number, content: Uint8Array | string): Uint8Array {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  return join(varint(number * 8 + 2), varint(bytes.length), bytes)
}

export function numberField(number: number, value: number): Uint8Array {
  return join(varint(number * 8), varint(value))
}

/** A field that says it has `length` bytes, and has none. */
export function lyingField(number: number, length: number): Uint8Array {
  return join(varint(number * 8 + 2), varint(length))
}

export function repeat(bytes: Uint8Array, count: number): Uint8Array {
  return Buffer.alloc(bytes.length * count, bytes)
}

/** Behind its length, as every libp2p protocol frames its messages. */
export function framed(message: Uint8Array): Uint8Array {
  return join(varint(message.length), message)
}

export const YAMUX = { data: 0, window: 1, ping: 2, syn: 1, reset: 8 } as const

/** @param length of the content, an amount of window, or a ping's number: whatever the type makes of it */
export function yamuxHeader(type: number, flags: number, stream: number, length: number): Uint8Array {
  const header = Buffer.alloc(12)
  header.writeUInt8(type, 1)
  header.writeUInt16BE(flags, 2)
  header.writeUInt32BE(stream, 4)
  header.writeUInt32BE(length, 8)
  return header
}
