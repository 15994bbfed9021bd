// Signs statements by the thousand: bans that it has no right to, kinds that nobody knows, and acceptances under ever new
// keys, which an open realm entitles everybody to.

import { hexText } from '../src/bytes/text.ts'
import { createMemoryKeys, memorySignature } from '../src/memory/memory-keys.ts'
import { realmId } from '../src/realm/realm.ts'
import { acceptanceDeclaration } from '../src/registry/acceptance.ts'
import { banDeclaration } from '../src/registry/ban.ts'
import { encodeStatement, statementMessage } from '../src/registry/statement-codec.ts'
import type { Declaration, StatementBody } from '../src/registry/statement.ts'
import type { AttackerWorld } from '../src/archipelago/attacker.ts'
import type { Behaviour } from './being.ts'

/** A statement by the owner key of that identity. */
export function signedStatement(world: Pick<AttackerWorld, 'realm' | 'now'>, declaration: Declaration, identity: string): Uint8Array {
  const { owner } = createMemoryKeys(identity)
  const body: StatementBody = { ...declaration, revision: declaration.revision ?? 1, realm: realmId(world.realm), author: hexText(owner), time: Math.floor(world.now()) }
  return encodeStatement(body, hexText(owner), memorySignature(owner, statementMessage(body)))
}

export function statementFlooder({ everyMs = 250, perBurst = 4 }: { readonly everyMs?: number; readonly perBurst?: number } = {}): Behaviour {
  return (being) => {
    const { world, brain, name } = being
    let count = 0
    function next(): Uint8Array {
      const identity = `${name}/${count++}`
      if (count % 4 === 0) return signedStatement(world, banDeclaration({ target: { of: 'author', author: hexText(createMemoryKeys('island-0').owner) }, lifted: false, reason: 'because' }), identity)
      if (count % 4 === 1) return signedStatement(world, { kind: 'fashion', subject: new Uint8Array(0), content: Uint8Array.of(count & 255) }, identity)
      return signedStatement(world, acceptanceDeclaration(world.realm, { pledged: count % 2 === 0 }), identity)
    }
    being.every(everyMs, () => {
      for (let i = 0; i < perBurst; i++) {
        brain.did('stated')
        being.publish(next())
      }
    })
  }
}
