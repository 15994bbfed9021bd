// What a contract case is. Cases are data that throw plain errors, so that the same list runs under a test runner, in a
// browser page, or when a relay starts.

export interface Case<Open> {
  /** A sentence about what must hold. */
  readonly name: string
  /** Opens what it needs, closes it again, and throws an Error when the contract is broken. */
  check(open: Open): Promise<void>
}

export function expect(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new Error(`Contract broken: ${sentence}`)
}

export function expectBytes(actual: Uint8Array | undefined, wanted: Uint8Array, what: string): void {
  expect(actual instanceof Uint8Array, `${what} must be bytes, got ${String(actual)}`)
  const same = actual.length === wanted.length && actual.every((byte, i) => byte === wanted[i])
  expect(same, `${what} must be [${wanted.join(' ')}], got [${actual.slice(0, 64).join(' ')}]`)
}

/** `length` bytes that differ by `seed`. */
export function sampleBytes(seed: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let state = (seed + 1) >>> 0
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[i] = state >>> 24
  }
  return bytes
}
