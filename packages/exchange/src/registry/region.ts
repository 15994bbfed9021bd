// A device's word about the region that its people chose for it: a coarse label of their own wording, never taken from an
// address. Migration between regions is rarer; nothing else depends on it, so a wrong label gains nobody anything.

import { asciiBytes, asciiText } from '../bytes/text.ts'
import { statementKey, type Declaration } from './statement.ts'
import type { Registry } from './registry.ts'
import type { StatementKind } from './statement-kind.ts'

/** 1 to 16 characters of `a-z`, `0-9` and `-`, such as `europe` or `lab-2`: few enough to name nobody's street. */
const LABEL = /^[a-z0-9-]{1,16}$/

/** The empty label takes an earlier one back. */
export const regionKind: StatementKind<string> = {
  kind: 'region',
  signedBy: 'device',
  maxPerSigner: 1,
  maxTotal: 4_096,
  decode({ subject, content }) {
    const label = asciiText(content)
    return subject.length === 0 && (label === '' || (label !== undefined && LABEL.test(label))) ? label : undefined
  },
  isEntitled: () => true,
}

/** @param label empty to have none again. @throws RangeError when it is no label */
export function regionDeclaration(label: string): Declaration {
  if (label !== '' && !LABEL.test(label)) {
    throw new RangeError(`A region must have 1 to 16 characters of a-z, 0-9 and -, got ${JSON.stringify(label)}`)
  }
  return { kind: regionKind.kind, subject: new Uint8Array(0), content: asciiBytes(label) }
}

/** @param device public key, hex */
export function regionOf(registry: Registry, device: string): string | undefined {
  const statement = registry.at(statementKey({ kind: regionKind.kind, signer: device, subject: new Uint8Array(0) }))
  const label = statement === undefined ? undefined : regionKind.decode(statement)
  return label === '' ? undefined : label
}
