// What every `Keys` must do: real Ed25519 or a stand-in, an owner's delegation that holds, and nothing verified that was
// not signed.

import { deviceStatement } from '../claim/device.ts'
import { bytesEqual } from '../bytes/compare.ts'
import type { Keys } from '../ports.ts'
import { expect, expectBytes, sampleBytes, type Case } from './case.ts'

/** @param name keys of the same name are the same keys */
export type OpenKeys = (name: string) => Promise<Keys>

const flipped = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte))

export const keysCases: readonly Case<OpenKeys>[] = [
  {
    name: 'keys and signatures have the sizes of Ed25519, and owner and device differ',
    async check(open) {
      const keys = await open('contract-alice')
      expect(keys.owner.length === 32, `an owner key must have 32 bytes, got ${keys.owner.length}`)
      expect(keys.device.length === 32, `a device key must have 32 bytes, got ${keys.device.length}`)
      expect(keys.delegation.length === 64, `a delegation must have 64 bytes, got ${keys.delegation.length}`)
      expect((await keys.sign(sampleBytes(1, 10))).length === 64, 'a signature must have 64 bytes')
      expect(!bytesEqual(keys.owner, keys.device), 'owner and device must be different keys')
    },
  },
  {
    name: 'a signature verifies for its key and message, of any length',
    async check(open) {
      const keys = await open('contract-alice')
      for (const length of [0, 1, 512, 70_000]) {
        const message = sampleBytes(length, length)
        expect(await keys.verify(keys.device, message, await keys.sign(message)), `a signature over ${length} bytes must verify`)
      }
    },
  },
  {
    name: 'it signs the view, not the memory behind it',
    async check(open) {
      const keys = await open('contract-alice')
      const memory = sampleBytes(3, 64)
      const signature = await keys.sign(memory.subarray(8, 40))
      expect(await keys.verify(keys.device, memory.slice(8, 40), signature), 'the signature of a view must be that of its bytes')
    },
  },
  {
    name: 'another message, key or signature does not verify',
    async check(open) {
      const alice = await open('contract-alice')
      const carol = await open('contract-carol')
      const message = sampleBytes(4, 100)
      const signature = await alice.sign(message)
      expect(!(await alice.verify(alice.device, flipped(message, 50), signature)), 'a changed message must not verify')
      expect(!(await alice.verify(alice.device, message.subarray(1), signature)), 'a shorter message must not verify')
      expect(!(await alice.verify(alice.owner, message, signature)), 'the owner key must not verify the device key\'s signature')
      expect(!(await alice.verify(carol.device, message, signature)), 'another key must not verify')
      for (const at of [0, 31, 32, 63]) {
        expect(!(await alice.verify(alice.device, message, flipped(signature, at))), `a signature changed at byte ${at} must not verify`)
      }
    },
  },
  {
    name: 'bytes that are no key or no signature give false, never an error',
    async check(open) {
      const keys = await open('contract-alice')
      const message = sampleBytes(5, 10)
      const signature = await keys.sign(message)
      for (const length of [0, 1, 31, 33, 64]) {
        expect(!(await keys.verify(sampleBytes(6, length), message, signature)), `a key of ${length} bytes must not verify`)
      }
      for (const length of [0, 1, 63, 65]) {
        expect(!(await keys.verify(keys.device, message, sampleBytes(7, length))), `a signature of ${length} bytes must not verify`)
      }
      expect(!(await keys.verify(new Uint8Array(32).fill(255), message, signature)), 'a key that is no point of the curve must not verify')
    },
  },
  {
    name: 'the delegation is the owner\'s signature over the device statement',
    async check(open) {
      const alice = await open('contract-alice')
      const carol = await open('contract-carol')
      expect(await alice.verify(alice.owner, deviceStatement(alice.device), alice.delegation), 'the delegation must verify')
      expect(!(await alice.verify(alice.owner, deviceStatement(carol.device), alice.delegation)), 'it must not speak for another device')
      expect(!(await alice.verify(carol.owner, deviceStatement(alice.device), alice.delegation)), 'it must not come from another owner')
    },
  },
  {
    name: 'the owner signs with the owner key: its signature verifies for that key alone',
    async check(open) {
      const alice = await open('contract-alice')
      const carol = await open('contract-carol')
      for (const length of [0, 1, 512, 16_384]) {
        const memory = sampleBytes(9, length + 16)
        const signature = await alice.signAsOwner(memory.subarray(8, 8 + length))
        const message = memory.slice(8, 8 + length)
        expect(signature.length === 64, `an owner's signature must have 64 bytes, got ${signature.length}`)
        expect(await carol.verify(alice.owner, message, signature), `an owner's signature over ${length} bytes must verify`)
        expect(!(await carol.verify(alice.device, message, signature)), 'the device key must not verify the owner key\'s signature')
        expect(!(await carol.verify(carol.owner, message, signature)), 'another owner must not verify it')
      }
    },
  },
  {
    name: 'the same name opens the same keys, another name others; each verifies the other',
    async check(open) {
      const first = await open('contract-alice')
      const again = await open('contract-alice')
      const carol = await open('contract-carol')
      expectBytes(again.owner, first.owner, 'the owner key')
      expectBytes(again.device, first.device, 'the device key')
      expect(!bytesEqual(carol.owner, first.owner) && !bytesEqual(carol.device, first.device), 'another name must have other keys')
      const message = sampleBytes(8, 20)
      expect(await carol.verify(first.device, message, await again.sign(message)), 'anyone must be able to verify')
    },
  },
]
