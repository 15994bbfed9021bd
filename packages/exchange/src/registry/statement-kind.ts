// What a kind of statement is: data that says who may make it, how many are kept and how its content reads. The registry
// knows no kind by name.

import type { Realm } from '../realm/realm.ts'
import type { Registry } from './registry.ts'
import type { SignedStatement } from './statement.ts'

export interface StatementKind<T> {
  /** 1 to 16 characters of `a-z` and `-`. */
  readonly kind: string
  /** Which key signs: the owner key for what an author answers for as a person, the device key for what a machine reports. */
  readonly signedBy: 'owner' | 'device'
  /** Statements kept of one signer: one for each subject. */
  readonly maxPerSigner: number
  /** Statements kept of all signers. */
  readonly maxTotal: number
  /** What it says, or undefined for content or a subject that is none. Pure: the same bytes always read alike. */
  decode(statement: Pick<SignedStatement, 'subject' | 'content' | 'signer' | 'author' | 'realm'>): T | undefined
  /** Further signatures inside the content that must hold. @default none */
  checks?(value: T, statement: SignedStatement): readonly { readonly key: Uint8Array; readonly message: Uint8Array; readonly signature: Uint8Array }[]
  /** Whether this signer may say so under this policy. What is not entitled is neither kept nor passed on. */
  isEntitled(statement: SignedStatement, realm: Realm, registry: Registry): boolean
}

/** A statement that is kept, with its content read. */
export interface Held<T> {
  readonly statement: SignedStatement
  readonly value: T
}
