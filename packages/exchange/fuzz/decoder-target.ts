// A decoder as a target: whatever it returns must be a result, and only a result.

import type { Target } from './fuzz.ts'

type Result = { readonly ok: true } | { readonly ok: false; readonly reason: string }

export interface DecoderTarget {
  readonly weight: number
  readonly maxBytes: number
  readonly seeds: readonly Uint8Array[]
  readonly magicBytes?: number
  readonly isFramed?: boolean
  /** Undefined stands for a refusal without a reason. */
  decode(bytes: Uint8Array): Result | object | undefined
}

export function decoderTarget(name: string, { decode, ...rest }: DecoderTarget): Target {
  return {
    name,
    ...rest,
    read(bytes) {
      const result = decode(bytes)
      if (result === undefined) return 'refused'
      if (typeof result !== 'object') throw new TypeError(`no result but ${JSON.stringify(result)}`)
      if (!('ok' in result) || result.ok === true) return 'ok'
      if ('reason' in result && typeof result.reason === 'string' && result.reason !== '') return result.reason
      throw new TypeError(`no result but ${JSON.stringify(result)}`)
    },
  }
}
