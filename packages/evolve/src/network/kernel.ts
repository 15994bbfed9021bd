// The one WebAssembly instance of this thread and its memory: compiled at the first use, from bytes in the sources.
// There is no other evaluator to fall back on.

import { kernelBase64 } from './kernel-bytes.ts'

/** What of `WebAssembly` is used here; floor 0 compiles without its type. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: object }
}

export interface KernelMemory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

/** Addresses are bytes from the start of `memory`; a record is laid out as in `kernel/assembly/layout.ts`. */
export interface Kernel {
  readonly memory: KernelMemory
  /** First address that belongs to no constant of the kernel. */
  firstAddress(): number
  /** One control step of every lane; 1 when a lane has failed since its reset. */
  activate(base: number): number
  /** Forgets the activity of a lane, or of all when negative. */
  reset(base: number, lane: number): void
  /** Writes the feed-forward order; `scratch` has 12 bytes per neuron. */
  order(base: number, scratch: number): void
}

let instance: Kernel | undefined

/** @throws Error when the engine has no WebAssembly with fixed-width SIMD */
export function kernel(): Kernel {
  return instance ??= instantiate(kernelBase64, {}) as Kernel
}

/**
 * Compiles bytes in base64 and gives the instance's exports.
 * @param imports names by module, as WebAssembly takes them
 * @throws Error when the engine has no WebAssembly with fixed-width SIMD
 */
export function instantiate(base64: string, imports: object): object {
  const api = (globalThis as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly
  if (api === undefined) throw new Error('Networks run in WebAssembly, and this engine has none')
  try {
    return new api.Instance(new api.Module(bytesOf(base64)), imports).exports
  } catch (cause) {
    throw new Error('Networks run in WebAssembly with fixed-width SIMD, and this engine does not take it', { cause })
  }
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Floor 0 has neither `atob` nor `Buffer`. */
function bytesOf(base64: string): Uint8Array {
  const digits = new Uint8Array(128)
  for (let i = 0; i < DIGITS.length; i++) digits[DIGITS.charCodeAt(i)] = i
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0
  const bytes = new Uint8Array((base64.length / 4) * 3 - padding)
  for (let from = 0, to = 0; from < base64.length; from += 4, to += 3) {
    const word = (digits[base64.charCodeAt(from)]! << 18) | (digits[base64.charCodeAt(from + 1)]! << 12) |
      (digits[base64.charCodeAt(from + 2)]! << 6) | digits[base64.charCodeAt(from + 3)]!
    bytes[to] = word >> 16
    bytes[to + 1] = word >> 8
    bytes[to + 2] = word
  }
  return bytes
}
