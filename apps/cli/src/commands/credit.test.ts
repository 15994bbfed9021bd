import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openArchive } from '@megabrain/archive/sqlite'
import { decodeExport, findRow, statementRowPrefix } from '@megabrain/exchange'
import { afterAll, describe, expect, test } from 'vitest'
import { runMegabrain } from '../cli.ts'
import type { Ending } from '../ending.ts'

const folder = mkdtempSync(join(tmpdir(), 'megabrain-credit-'))
afterAll(() => rmSync(folder, { recursive: true }))

const vectors = join(import.meta.dirname, '../../../../packages/exchange/vectors')
const file = join(vectors, 'credit-export.jsonl')
const boards = JSON.parse(readFileSync(join(vectors, 'credit-leaderboards.json'), 'utf8')) as object

const megabrain = (...args: readonly string[]): Promise<Ending> =>
  runMegabrain(args, { progress: () => undefined, stop: new AbortController().signal })

describe('megabrain credit', () => {
  test('computes from a file what its writer computed, in JSON, in words and as CSV', async () => {
    const csv = join(folder, 'credit.csv')
    const ending = await megabrain('credit', 'recompute', file, '--json', '--csv', csv)
    expect(ending.exit).toBe(0)
    expect(JSON.parse(ending.output)).toMatchObject({ valid: true, finds: 4, receipts: 1, ...boards })
    expect(readFileSync(csv, 'utf8').split('\r\n')[0]).toContain('kind,key,name,discoveries')
    expect((await megabrain('credit', 'recompute', file)).output).toContain('verified work, audited by 1 counted auditors')
  })

  test('counts whose audits it is told to count', async () => {
    const work = async (...options: readonly string[]): Promise<number> => {
      const { output } = await megabrain('credit', 'recompute', file, '--json', ...options)
      return (JSON.parse(output) as { work: readonly unknown[] }).work.length
    }
    expect(await work('--auditor', 'any')).toBe(1)
    expect(await work('--auditor', '0'.repeat(64))).toBe(0)
    expect((await megabrain('credit', 'recompute', file, '--auditor', 'me')).exit).toBe(2)
  })

  test('says of a damaged or forged file what is wrong with it', async () => {
    const bytes = readFileSync(file)
    const forged = join(folder, 'forged.jsonl')
    writeFileSync(forged, bytes.map((byte, i) => (i === bytes.length - 10 ? byte ^ 1 : byte)))
    const cut = join(folder, 'cut.jsonl')
    writeFileSync(cut, bytes.subarray(0, bytes.length - 500))
    for (const path of [forged, cut]) {
      const ending = await megabrain('credit', 'recompute', path, '--json')
      expect(ending.exit).toBe(1)
      expect(JSON.parse(ending.output)).toMatchObject({ valid: false })
    }
    expect((await megabrain('credit', 'recompute', join(folder, 'none'))).exit).toBe(2)
    expect((await megabrain('credit')).exit).toBe(2)
  })

  test('writes such a file from an archive', async () => {
    const decoded = decodeExport(readFileSync(file))
    if (!decoded.ok) throw new Error(decoded.reason)
    const { finds, statements, realm } = decoded.value
    const path = join(folder, 'archive.sqlite')
    const archive = await openArchive(path)
    await archive.write([...finds.map(findRow), ...statements.map(({ id, envelope }) => ({ key: statementRowPrefix(realm) + id, value: envelope }))])
    await archive.close()
    const out = join(folder, 'out.jsonl')
    const ending = await megabrain('credit', 'export', path, '--keys', join(folder, 'keys'), '--out', out, '--auditor', 'any', '--json')
    expect(ending.fault).toBe('')
    const again = JSON.parse((await megabrain('credit', 'recompute', out, '--json')).output) as object
    expect(again).toMatchObject({ valid: true, ...boards })
  })
})
