// A statement: a small signed fact of a realm that is no claim, such as a ban, an acceptance of terms or a revoked device.
// Statements of one signer about one subject replace each other by revision.

import { hexText } from '../bytes/text.ts'

/** What somebody wants to say, before it is signed. */
export interface Declaration {
  /** 1 to 16 characters of `a-z` and `-`; what it means is its `StatementKind`'s business. */
  readonly kind: string
  /** What it is about, 0 to 64 bytes: one statement of a signer and kind for each subject. */
  readonly subject: Uint8Array
  /** What it says, in the kind's own encoding. */
  readonly content: Uint8Array
  /** Left out: one more than that of the statement it replaces. */
  readonly revision?: number
}

/** Everything that is signed, but the key that signs. */
export interface StatementBody extends Declaration {
  /** Realm id, hex. */
  readonly realm: string
  /** The higher one replaces the lower. */
  readonly revision: number
  /** Owner's public key, hex. */
  readonly author: string
  /** Milliseconds since 1970 by the signer's clock: for people, nothing is decided by it. */
  readonly time: number
}

export interface SignedStatement extends StatementBody {
  /** sha256 of the envelope, hex. */
  readonly id: string
  /** The key that signed, hex: the author's own, or a device key that the author has delegated to. */
  readonly signer: string
  readonly envelope: Uint8Array
}

/** Names the place of a statement: whoever signs again for the same place replaces what it said. */
export function statementKey({ kind, signer, subject }: Pick<SignedStatement, 'kind' | 'signer' | 'subject'>): string {
  return `${kind}/${signer}/${hexText(subject)}`
}
