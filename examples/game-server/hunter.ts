// The evolved opponent: bytes of a champion of the task `pursuit`, and the ten numbers that it senses, as a steer.

import { readNetwork } from 'megabrain/runtime'
import type { Network } from 'megabrain/runtime'

export interface Hunter {
  readonly inputs: number
  /** @returns −1 (right) to 1 (left) */
  steer(senses: readonly number[]): number
  /** Forgets the game before. */
  reset(): void
}

const SENSES = 10

/** @throws Error when the bytes are no champion of `pursuit` */
export function readHunter(bytes: Uint8Array): Hunter {
  const read = readNetwork(bytes)
  if (!read.ok) throw new Error(`The hunter's file is no genotype: ${read.reason}`)
  const network: Network = read.network
  if (network.inputs !== SENSES || network.outputs !== 1) throw new Error(`A hunter has ${SENSES} senses and one steer, this network ${network.inputs} and ${network.outputs}`)
  return {
    inputs: network.inputs,
    // The task squashes with 0..1 activations: 0.5 is straight ahead.
    steer: (senses) => steerOf(network.activate(senses)[0]!),
    reset: () => network.reset(),
  }
}

function steerOf(output: number): number {
  return Number.isFinite(output) ? Math.max(-1, Math.min(1, 2 * output - 1)) : 0
}
