// `megabrain credit`: leaderboards from a file that a page or another command wrote, computed anew from what is signed in it;
// and such a file from the archive of a relay or of an island in Node. Nothing here needs a network.

import { writeFile } from 'node:fs/promises'
import { openArchive, openKeys } from '@megabrain/archive/sqlite'
import {
  decodeExport, decodeFind, decodeStatement, exportMessage, exportText, findRowPrefix, leaderboardCsv, leaderboardsOf, recompute, signedExport,
  statementRowPrefix,
} from '@megabrain/exchange'
import type { AuthorCredit, CreditExport, Leaderboards } from '@megabrain/exchange'
import type { Answer, Command } from '../command.ts'
import { readBytes } from '../genotype-file.ts'
import { holds } from '../realm/owner-key.ts'
import { readOptions, required, UsageError } from '../usage.ts'

const SHOWN = 10
const KEY = /^[0-9a-f]{64}$/

export const creditCommand: Command = {
  usage: 'credit recompute FILE [--auditor KEY|any] [--csv FILE] | credit export ARCHIVE --keys FOLDER --out FILE [--realm ID]',
  async run([name, ...args]) {
    if (name === 'recompute') return recomputed(args)
    if (name === 'export') return exported(args)
    throw new UsageError(`credit is followed by recompute or export, got ${JSON.stringify(name ?? '')}`)
  },
}

async function recomputed(args: readonly string[]): Promise<Answer> {
  const { values, positionals } = readOptions(args, { auditor: { type: 'string', multiple: true }, csv: { type: 'string' } }, ['FILE'])
  const decoded = decodeExport(await readBytes(positionals[0]!))
  if (!decoded.ok) {
    const { reason, line } = decoded
    return { json: { valid: false, reason, ...(line === undefined ? {} : { line }) }, text: `not valid: ${reason}${line === undefined ? '' : ` in line ${line}`}`, exit: 1 }
  }
  const file = decoded.value
  if (!file.checks.every(holds)) return { json: { valid: false, reason: 'bad-signature' }, text: 'not valid: a signature in it does not hold', exit: 1 }
  const auditors = readAuditors(values.auditor) ?? file.auditors
  const boards = recompute(file, auditors)
  if (values.csv !== undefined) await writeFile(values.csv, leaderboardCsv(boards))
  return { json: { valid: true, ...summaryOf(file), auditors, ...boards }, text: described(file, auditors, boards) }
}

async function exported(args: readonly string[]): Promise<Answer> {
  const { values, positionals } = readOptions(
    args,
    { keys: { type: 'string' }, out: { type: 'string' }, realm: { type: 'string' }, auditor: { type: 'string', multiple: true } },
    ['ARCHIVE'],
  )
  const out = required(values.out, '--out')
  const keys = await openKeys(required(values.keys, '--keys'))
  const archive = await openArchive(positionals[0]!).catch((error: unknown) => {
    throw new UsageError(`${positionals[0]} cannot be opened: ${(error as Error).message}`)
  })
  try {
    const realm = values.realm ?? await onlyRealm(archive)
    if (!KEY.test(realm)) throw new UsageError(`--realm must be a realm id, 64 hexadecimal digits, got ${JSON.stringify(realm)}`)
    const finds = (await archive.list(findRowPrefix(realm))).flatMap(({ value }) => decodeFind(value, realm) ?? [])
    const statements = (await archive.list(statementRowPrefix(realm))).flatMap(({ value }) => {
      const decoded = decodeStatement(value)
      return decoded.ok ? decoded.value.statement : []
    })
    const auditors = readAuditors(values.auditor) ?? [Buffer.from(keys.owner).toString('hex')]
    const text = exportText({ realm, time: Date.now(), auditors, finds, statements, receipts: [] })
    await writeFile(out, signedExport(text, keys, await keys.sign(exportMessage(text))))
    const boards = leaderboardsOf({ finds, statements, auditors })
    return { json: { file: out, realm, finds: finds.length, statements: statements.length, auditors, ...boards }, text: `${out}: ${finds.length} finds, ${statements.length} statements` }
  } finally {
    await archive.close()
  }
}

async function onlyRealm(archive: Awaited<ReturnType<typeof openArchive>>): Promise<string> {
  const prefix = 'find/'
  const realms = new Set((await archive.list(prefix)).map(({ key }) => key.slice(prefix.length).split('/')[0]!))
  if (realms.size !== 1) throw new UsageError(`the archive holds finds of ${realms.size} realms; choose one with --realm${[...realms].map((id) => ` ${id}`).join()}`)
  return [...realms][0]!
}

function readAuditors(values: readonly string[] | undefined): readonly string[] | 'any' | undefined {
  if (values === undefined) return undefined
  if (values.includes('any')) return 'any'
  for (const key of values) if (!KEY.test(key)) throw new UsageError(`--auditor must be an owner key, 64 hexadecimal digits, or any, got ${JSON.stringify(key)}`)
  return values
}

function summaryOf(file: CreditExport) {
  const { realm, time, author, finds, statements, receipts } = file
  return { realm, time, exporter: author, finds: finds.length, statements: statements.length, receipts: receipts.length }
}

function described(file: CreditExport, auditors: readonly string[] | 'any', boards: Leaderboards): string {
  const row = ({ author, badges }: AuthorCredit, figures: string): string => `  ${author.slice(0, 16)}  ${figures}${badges.length === 0 ? '' : `  ${badges.join(' ')}`}`
  return [
    `realm ${file.realm}: ${file.finds.length} finds, ${file.statements.length} statements, signed by ${file.author.slice(0, 16)}`,
    'discoveries',
    ...boards.discoveries.slice(0, SHOWN).map((credit) => row(credit, `${credit.discoveries.toFixed(4)} from ${credit.finds} finds`)),
    `verified work, audited by ${auditors === 'any' ? 'anybody' : `${auditors.length} counted auditors`}`,
    ...boards.work.slice(0, SHOWN).map((credit) => row(credit, `${credit.work} link operations in ${credit.evaluations} evaluations`)),
    ...(boards.teams.length === 0 ? [] : ['teams']),
    ...boards.teams.slice(0, SHOWN).map(({ name, members, discoveries, work }) => `  ${name}  ${members} members, ${discoveries.toFixed(4)}, ${work} link operations`),
  ].join('\n')
}
