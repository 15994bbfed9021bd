// How statements lie in an archive: one row each, under their place, so that a newer revision overwrites the older one.

import type { Change } from '../ports.ts'
import { statementKey, type SignedStatement } from './statement.ts'

/** Prefix of the rows of one realm. The value of a row is the signed envelope. */
export function statementRowPrefix(realm: string): string {
  return `statement/${realm}/`
}

export function keepRow(statement: SignedStatement): Change {
  return { key: statementRowPrefix(statement.realm) + statementKey(statement), value: statement.envelope }
}

export function dropRow(statement: SignedStatement): Change {
  return { key: statementRowPrefix(statement.realm) + statementKey(statement), value: undefined }
}
