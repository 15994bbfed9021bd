// The phenotype's whole interface: inputs in, outputs out, state that can be reset. Everything that runs a genotype
// (the WebAssembly kernel, the reference interpreter) is behind these three verbs.

/** A compiled genotype. Owns its state; one network serves one episode at a time. */
export interface Network {
  readonly inputs: number
  readonly outputs: number
  /**
   * One control step of the genotype's update rule.
   * @param inputs length `inputs`; more or fewer is a RangeError
   * @returns length `outputs`; a view of the network's own memory, valid until the next call
   */
  activate(inputs: ArrayLike<number>): Float64Array
  /** Forgets all activity, as at the start of an episode. */
  reset(): void
}
