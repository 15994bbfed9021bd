import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openKeys } from '@megabrain/archive/sqlite'
import { cidOf, createGenotype, encodeGenotype, evaluate, actuatorId, fingerprintOf } from '@megabrain/evolve'
import type { Genotype } from '@megabrain/evolve'
import { nicheNumber } from '@megabrain/exchange'
import type { Keys } from '@megabrain/exchange'
import { evaluatorVersion, tasks } from '@megabrain/tasks'
import { encodeClaimFile, signClaim, verifyClaim } from './claim-file.ts'

const xor = tasks['xor']!
const network = (weight: number, inputs = 3): Genotype =>
  createGenotype({ inputs, outputs: 1, rule: { kind: 'ordered' }, links: [{ from: 0, to: actuatorId(0), weight }] })

let folder: string
let carol: Keys
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'megabrain-claims-'))
  carol = await openKeys(folder)
})
afterAll(() => rm(folder, { recursive: true }))

interface Lie { readonly fitness?: number; readonly evaluator?: string; readonly task?: string; readonly body?: Genotype; readonly niche?: number }

async function claimFile(genotype: Genotype, lie: Lie = {}): Promise<Uint8Array> {
  const body = encodeGenotype(genotype)
  const envelope = await signClaim(carol, {
    genotype: cidOf(body),
    realm: '0'.repeat(64),
    task: lie.task ?? 'xor',
    evaluator: lie.evaluator ?? evaluatorVersion(xor),
    fitness: lie.fitness ?? evaluate(xor, genotype).fitness,
    seedRule: 'public', parents: [], operators: [], generation: 1, license: 'Apache-2.0', time: 1, sequence: 1,
    ...(lie.niche === undefined ? {} : { niche: lie.niche }),
  })
  return encodeClaimFile({ envelope, body: lie.body === undefined ? body : encodeGenotype(lie.body) })
}

describe('verifyClaim', () => {
  test('accepts what reproduces', async () => {
    const verdict = await verifyClaim(await claimFile(network(0.5)))
    expect(verdict).toMatchObject({ valid: true, measured: evaluate(xor, network(0.5)).fitness })
  })

  test('refuses each lie with its own reason', async () => {
    const reasonOf = async (file: Promise<Uint8Array>) => {
      const verdict = await verifyClaim(await file)
      return verdict.valid ? 'valid' : verdict.reason
    }
    expect(await reasonOf(claimFile(network(0.5), { fitness: 999_999 }))).toBe('not-reproduced')
    expect(await reasonOf(claimFile(network(0.5), { body: network(0.6) }))).toBe('wrong-content')
    expect(await reasonOf(claimFile(network(0.5), { evaluator: '0'.repeat(64) }))).toBe('unknown-task')
    expect(await reasonOf(claimFile(network(0.5), { task: 'chess' }))).toBe('unknown-task')
    expect(await reasonOf(claimFile(network(0.5, 4), { fitness: 1 }))).toBe('over-limits')
    const niche = nicheNumber(fingerprintOf(network(0.5)), network(0.5).links.weights.length)
    expect(await reasonOf(claimFile(network(0.5), { niche }))).toBe('valid')
    expect(await reasonOf(claimFile(network(0.5), { niche: (niche + 8) % 256 }))).toBe('not-reproduced')
  })

  test('refuses the file with any one byte changed, and at any length but the right one', async () => {
    const file = await claimFile(network(0.5))
    for (let i = 0; i < file.length; i++) {
      const changed = file.slice()
      changed[i]! ^= 1
      expect((await verifyClaim(changed)).valid, `byte ${i} changed`).toBe(false)
      expect((await verifyClaim(file.subarray(0, i))).valid, `cut to ${i} bytes`).toBe(false)
    }
    expect((await verifyClaim(Uint8Array.of(...file, 0))).valid).toBe(false)
  })
})
