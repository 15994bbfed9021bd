// The owner's word that the realm has a newer policy: its revision and the hash of its document, which members then pull.

import { bytesEqual } from '../bytes/compare.ts'
import { hexBytes, hexText } from '../bytes/text.ts'
import { KEY_BYTES } from '../claim/envelope.ts'
import { encodeFields, parseFields, putBytes, putNumber } from '../wire/fields.ts'
import type { Declaration } from './statement.ts'
import type { StatementKind } from './statement-kind.ts'

export interface PolicyPointer {
  readonly revision: number
  /** sha256 of the signed document, hex. */
  readonly document: string
}

export const policyKind: StatementKind<PolicyPointer> = {
  kind: 'policy',
  signedBy: 'owner',
  maxPerSigner: 1,
  maxTotal: 1,
  decode({ subject, content }) {
    const fields = parseFields(content, 2)
    const revision = fields?.number(1)
    const document = fields?.bytes(2)
    if (subject.length > 0 || revision === undefined || revision === 0 || document?.length !== KEY_BYTES) return undefined
    const pointer: PolicyPointer = { revision, document: hexText(document) }
    return bytesEqual(encodeContent(pointer), content) ? pointer : undefined
  },
  isEntitled: ({ signer }, realm) => signer === realm.owner,
}

function encodeContent({ revision, document }: PolicyPointer): Uint8Array {
  return encodeFields((to) => {
    putNumber(to, 1, revision)
    putBytes(to, 2, hexBytes(document))
  })
}

/** What the owner signs: the statement's revision is the policy's, so that an older pointer never replaces a newer one. */
export function policyDeclaration(pointer: PolicyPointer): Declaration & { readonly revision: number } {
  return { kind: policyKind.kind, subject: new Uint8Array(0), content: encodeContent(pointer), revision: pointer.revision }
}
