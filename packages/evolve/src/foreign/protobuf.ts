// The two wire types of Protocol Buffers that an ONNX file needs, written from the encoding's description:
// https://protobuf.dev/programming-guides/encoding/. Writing only; nothing here reads a stranger's bytes.

const VARINT = 0
const LENGTH_DELIMITED = 2

/** A field that holds a whole number, 0 to 2^53 − 1. */
export function numberField(field: number, value: number): Uint8Array {
  return join([varint(field * 8 + VARINT), varint(value)])
}

/** A field that holds bytes, ASCII text or a message. */
export function bytesField(field: number, content: Uint8Array): Uint8Array {
  return join([varint(field * 8 + LENGTH_DELIMITED), varint(content.length), content])
}

export function join(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  bytes.push(rest)
  return Uint8Array.from(bytes)
}
