// What the archive's two threads say to each other.

import type { Change } from '@megabrain/exchange'

export type Call = { readonly id: number } & (
  | { readonly kind: 'open'; readonly file: string }
  | { readonly kind: 'read'; readonly key: string }
  | { readonly kind: 'list'; readonly prefix: string }
  | { readonly kind: 'write'; readonly changes: readonly Change[] }
  | { readonly kind: 'erase' }
  | { readonly kind: 'snapshot'; readonly file: string }
  | { readonly kind: 'close' }
)

export type Answer = { readonly id: number } & (
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly failure: 'full' | 'unavailable' | 'other'; readonly message: string }
)
