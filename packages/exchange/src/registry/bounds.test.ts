import { expect, test } from 'vitest'
import { START, testRealm } from '../../fixtures/world.ts'
import { realmId } from '../realm/realm.ts'
import { createRegistry } from './registry.ts'
import type { SignedStatement } from './statement.ts'
import type { StatementKind } from './statement-kind.ts'

const noteKind: StatementKind<number> = {
  kind: 'note', signedBy: 'owner', maxPerSigner: 3, maxTotal: 7, decode: ({ content }) => content[0], isEntitled: () => true,
}

function note(signer: number, about: number): SignedStatement {
  const [subject, content] = [Uint8Array.of(about), Uint8Array.of(1)]
  const author = String(signer).repeat(64).slice(0, 64)
  const id = `${signer}${about}`.padEnd(64, '0')
  const signed = { realm: realmId(testRealm()), revision: 1, author, signer: author, time: START, id }
  return { kind: 'note', subject, content, envelope: content, ...signed }
}

test('one signer has its places and no more, and all signers together theirs', () => {
  const registry = createRegistry([noteKind])
  for (let about = 0; about < 9; about++) registry.raise(note(1, about), 1)
  expect(registry.size).toBe(noteKind.maxPerSigner)
  for (let signer = 2; signer < 6; signer++) for (let about = 0; about < 3; about++) registry.raise(note(signer, about), 1)
  expect(registry.size).toBe(noteKind.maxTotal)
})
