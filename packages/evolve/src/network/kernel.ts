// The one WebAssembly instance of this thread and its memory: compiled at the first use, from bytes in the sources.
// There is no other evaluator to fall back on.

import { base64 } from './kernel-bytes.ts'

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
  /** Finds neurons that can be computed as a pair; `room` has 16 bytes per neuron and 8 per link. */
  pairTwins(base: number, room: number): void
}

let instance: Kernel | undefined

/** @throws Error when the engine has no WebAssembly with fixed-width SIMD */
export function kernel(): Kernel {
  return instance ??= instantiate(base64, {}) as Kernel
}

/**
 * Exports of a WebAssembly module that works in the kernel's memory, so that a task's episodes need not cross into JavaScript
 * per step. It may import `env.memory`, `kernel.activate` and `kernel.reset`; its only constants in memory may be those of the kernel.
 * @throws Error when the engine has no WebAssembly with fixed-width SIMD
 */
export function besideKernel(text: string): object {
  const { memory, activate, reset } = kernel()
  return instantiate(text, { env: { memory }, kernel: { activate, reset } })
}

/**
 * Compiles bytes in base64 and gives the instance's exports.
 * @param imports names by module, as WebAssembly takes them
 * @throws Error when the engine has no WebAssembly with fixed-width SIMD
 */
function instantiate(text: string, imports: object): object {
  const api = (globalThis as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly
  if (api === undefined) throw new Error('Networks run in WebAssembly, and this engine has none')
  try {
    return new api.Instance(new api.Module(bytesOf(text)), imports).exports
  } catch (cause) {
    throw new Error('Networks run in WebAssembly with fixed-width SIMD, and this engine does not take it', { cause })
  }
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Floor 0 has neither `atob` nor `Buffer`. */
function bytesOf(text: string): Uint8Array {
  const digits = new Uint8Array(128)
  for (let i = 0; i < DIGITS.length; i++) digits[DIGITS.charCodeAt(i)] = i
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const bytes = new Uint8Array((text.length / 4) * 3 - padding)
  for (let from = 0, to = 0; from < text.length; from += 4, to += 3) {
    const word = (digits[text.charCodeAt(from)]! << 18) | (digits[text.charCodeAt(from + 1)]! << 12) |
      (digits[text.charCodeAt(from + 2)]! << 6) | digits[text.charCodeAt(from + 3)]!
    bytes[to] = word >> 16
    bytes[to + 1] = word >> 8
    bytes[to + 2] = word
  }
  return bytes
}
