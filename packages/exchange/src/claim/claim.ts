// A claim says: this genotype reaches this fitness on this task, by this author. The record only; its bytes are in
// `claim-codec.ts`, its signature in `envelope.ts`.

export interface Claim {
  /** Content id of the claim itself: lower-case hex of sha256 over the signed envelope, 64 characters. */
  readonly id: string
  /** CID of the claimed genotype (CIDv1, base32). */
  readonly genotype: string
  /** Realm id: lower-case hex, 64 characters; see `realm/realm.ts`. */
  readonly realm: string
  readonly task: string
  /** Evaluator version of the task: lower-case hex of sha256, 64 characters. */
  readonly evaluator: string
  /** Integer 0 to 1,000,000. */
  readonly fitness: number
  /** Which episodes were scored. */
  readonly seedRule: 'public'
  /** CIDs of at most two parents. */
  readonly parents: readonly string[]
  /** Operators that made the genotype from its first parent; at most 8 names of at most 24 characters. */
  readonly operators: readonly string[]
  readonly generation: number
  /** SPDX identifier, at most 32 characters. */
  readonly license: string
  /** The owner's public key, lower-case hex: who gets the honour. */
  readonly author: string
  /** The device's public key, lower-case hex: who signed. */
  readonly device: string
  /** Milliseconds since 1970 by the author's clock: for display and wide windows only. */
  readonly time: number
  /** Counts up per device and realm, so that a replay is old news. */
  readonly sequence: number
  /**
   * Since version 2. Id of the author's claim by which this genotype was first published, under an older evaluator version.
   * That claim tells parents and operators; here they are empty.
   */
  readonly supersedes?: string
  /** Since version 2. Niche number, 0 to 255, as the author measured it: who holds something better there need not pull. */
  readonly niche?: number
}
