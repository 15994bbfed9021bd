import { expect, test } from 'vitest'
import { bob, carol, START, statementFor } from '../../fixtures/world.ts'
import { sampleGenotype } from '../../fixtures/xor.ts'
import { hexText } from '../bytes/text.ts'
import { createRegistry } from '../registry/registry.ts'
import { isRevoked, revocationDeclaration, revocationKind } from './revocation.ts'

test('a device is refused from the number at which its owner took it back, and nobody else\'s device is', () => {
  const registry = createRegistry([revocationKind])
  const [author, device] = [hexText(bob.owner), hexText(bob.device)]
  const declaration = revocationDeclaration({ device, from: 10 })
  const { realm } = statementFor(sampleGenotype(1), bob, START)
  const signed = { realm, revision: 1, author, time: START, id: 'a'.repeat(64), signer: author, envelope: new Uint8Array(0) }
  const statement = { ...declaration, ...signed }
  registry.raise(statement, revocationKind.decode(statement))
  expect([9, 10, 11].map((sequence) => isRevoked(registry, { author, device, sequence }))).toEqual([false, true, true])
  expect(isRevoked(registry, { author: hexText(carol.owner), device, sequence: 11 })).toBe(false)
  expect(isRevoked(registry, { author, device: hexText(carol.device), sequence: 11 })).toBe(false)
})
