// A genotype as a network that runs in the WebAssembly kernel. One compile is part of every evaluation, so it only makes
// the object; the kernel's memory is written at the first use.

import type { Genotype } from '../genotype/genotype.ts'
import { kernel, type Kernel } from './kernel.ts'
import type { Network } from './network.ts'
import { era, numbers, settle, type Residence } from './resident.ts'

/**
 * A network that computes what `docs/genotype.md` says. Once a neuron is NaN or infinite, all outputs are NaN until
 * the next reset.
 * @throws Error when the engine has no WebAssembly with SIMD
 * @throws RangeError only later, from `activate`, for a wrong number of inputs
 */
export function compile(genotype: Genotype): Network {
  return new KernelNetwork(genotype, false)
}

/** As `compile`, but `activate` throws the network itself instead of returning NaN. */
export function haltingNetwork(genotype: Genotype): KernelNetwork {
  return new KernelNetwork(genotype, true)
}

/** The network as a module beside the kernel sees it, or undefined when it does not run in the kernel. */
export function kernelNetworkOf(network: Network): KernelNetwork | undefined {
  return network instanceof KernelNetwork ? network : undefined
}

/** A class only because closures per network would cost an evaluation of a small task a tenth of its time. */
export class KernelNetwork implements Network, Residence {
  readonly inputs: number
  readonly outputs: number
  readonly genotype: Genotype
  readonly lanes = 1
  readonly each = undefined
  era = 0
  base = 0
  values = 0
  valuesEnd = 0
  activity: Float64Array | undefined = undefined
  /** Set when nobody will ask for its activity any more, so that it need not be kept. */
  spent = false
  /** Activations since the network was made. */
  activations = 0
  readonly #halting: boolean
  readonly #kernel: Kernel
  #result: Float64Array | undefined = undefined

  /** @param halting throw the network itself at the first activation that gives NaN */
  constructor(genotype: Genotype, halting: boolean) {
    this.genotype = genotype
    this.inputs = genotype.inputs
    this.outputs = genotype.outputs
    this.#halting = halting
    this.#kernel = kernel()
  }

  activate(given: ArrayLike<number>): Float64Array {
    const inputs = this.inputs
    if (given.length !== inputs) throw new RangeError(`The network has ${inputs} inputs, got ${given.length}`)
    if (this.era !== era) settle(this)
    let at = this.values
    // A sensor's −0 needs no care: whatever a neuron adds it to is no −0.
    for (let i = 0; i < inputs; i++) numbers[at++] = given[i]!
    const failed = this.#kernel.activate(this.base)
    this.count(1, failed !== 0)
    // Made at the first use: whoever drives the kernel himself never asks for it.
    const result = this.#result ??= new Float64Array(this.outputs)
    if (failed !== 0) result.fill(NaN)
    else for (let i = 0; i < result.length; i++) result[i] = numbers[at++]!
    return result
  }

  reset(): void {
    if (this.era === era) this.#kernel.reset(this.base, -1)
    else this.activity = undefined
  }

  /** Notes activations, made here or by a module that drives the kernel. @throws the network itself when halting and failed */
  count(activations: number, failed: boolean): void {
    this.activations += activations
    if (failed && this.#halting) throw this
  }

  /** Address of the network's record, valid until another network is used. */
  place(): number {
    if (this.era !== era) settle(this)
    return this.base
  }
}
