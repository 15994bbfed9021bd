// How many honest acceptances stay in the registry of an open realm while sybils accept as well: by lot, and with keys that
// were ground to rank first. Run by hand: `node packages/exchange/bench/full-registry.ts`, seconds.

import { sha256 } from '@noble/hashes/sha2.js'
import { asciiBytes, hexText } from '../src/bytes/text.ts'
import { acceptanceDeclaration, acceptanceKind } from '../src/registry/acceptance.ts'
import { createRegistry } from '../src/registry/registry.ts'
import { statementKey, type SignedStatement } from '../src/registry/statement.ts'

const HONEST = 500
const declaration = acceptanceDeclaration({ terms: 'be kind', pledge: '' }, { pledged: false })

function acceptanceOf(name: string): SignedStatement {
  const author = hexText(sha256(asciiBytes(name)))
  return { ...declaration, revision: 1, realm: '', author, time: 0, id: hexText(sha256(asciiBytes(`id ${name}`))), signer: author, envelope: new Uint8Array(0) }
}

const rankOf = (statement: SignedStatement): string => hexText(sha256(asciiBytes(statementKey(statement))))

console.log(`| sybil acceptances | keys tried for each | of ${HONEST} honest ones stay |\n|---|---|---|`)
for (const [sybils, tries] of [[0, 1], [4_000, 1], [16_000, 1], [4_096, 8], [4_096, 64]] as const) {
  const registry = createRegistry([acceptanceKind])
  for (let i = 0; i < HONEST; i++) registry.raise(acceptanceOf(`honest ${i}`), undefined)
  for (let i = 0; i < sybils; i++) {
    const keys = Array.from({ length: tries }, (_, k) => acceptanceOf(`sybil ${i} ${k}`))
    registry.raise(keys.reduce((best, next) => (rankOf(next) < rankOf(best) ? next : best)), undefined)
  }
  const stay = Array.from({ length: HONEST }, (_, i) => acceptanceOf(`honest ${i}`)).filter(({ id }) => registry.has(id)).length
  console.log(`| ${sybils} | ${tries} | ${stay} |`)
}
