// `megabrain realm`: makes, shows, forks and revises realms, invites authors, accepts terms and signs bans, all as files.
// A relay takes them from the folder `realms` of its data folder; nothing here needs a network.

import {
  acceptanceDeclaration, banDeclaration, bearerMessage, decodeInvite, decodeStatement, forkRealm, formatInvite, inviteCheck, inviteMessage,
  isModerator, parseInvite, realmFromTemplate, statementKinds, templates,
} from '@megabrain/exchange'
import type { BanTarget, Invite, Realm, Template } from '@megabrain/exchange'
import { isCid } from '@megabrain/evolve'
import { claimableVersions } from '@megabrain/tasks/versions'
import type { Answer, Command } from '../command.ts'
import { readBytes } from '../genotype-file.ts'
import { createBearerKey, holds, openOwnerKey, readOwnerKey, signWithSeed, type OwnerKey } from '../realm/owner-key.ts'
import { keys, policyOptions, withOptions } from '../realm/policy-options.ts'
import { readRealmFile, signPointer, signStatement, write, writeRealm, type RealmFile } from '../realm/realm-file.ts'
import { readCount, readOptions, required, UsageError } from '../usage.ts'

type Subcommand = (args: readonly string[]) => Promise<Answer>

const DAY_MS = 86_400_000
const MAX_TASKS = 16
/** An invite to the bearer is worth something to whoever reads it. */
const OWNER_ONLY = 0o600
const pathOptions = { key: { type: 'string' }, out: { type: 'string' } } as const

const subcommands: Readonly<Record<string, Subcommand>> = { create, inspect, fork, revise, invite, accept, ban }

export const realmCommand: Command = {
  usage: `realm ${Object.keys(subcommands).join('|')} …`,
  async run([name, ...args]) {
    const subcommand = name !== undefined && Object.hasOwn(subcommands, name) ? subcommands[name] : undefined
    if (subcommand === undefined) throw new UsageError(`realm is followed by ${Object.keys(subcommands).join(', ')}, got ${JSON.stringify(name ?? '')}`)
    return subcommand(args)
  },
}

async function create(args: readonly string[]): Promise<Answer> {
  const { values } = readOptions(args, { ...policyOptions, ...pathOptions, name: { type: 'string' }, template: { type: 'string' } })
  const out = required(values.out, '--out')
  const name = required(values.name, '--name')
  const template = readTemplate(values.template ?? 'hobby')
  const keyFile = values.key ?? `${out}.key`
  const tasks = values.task ?? Object.keys(claimableVersions).slice(0, MAX_TASKS)
  // Checked before a key is made: a policy that does not hold leaves nothing behind.
  const founded = (owner: string): Promise<Realm> => withOptions(realmFromTemplate(template, { name, owner, tasks }), values)
  await founded('0'.repeat(64))
  const key = openOwnerKey(keyFile)
  return made(await writeRealm(out, await founded(key.owner), key), { out, key: keyFile })
}

async function fork(args: readonly string[]): Promise<Answer> {
  const { values, positionals } = readOptions(args, { ...policyOptions, ...pathOptions, name: { type: 'string' } }, ['FILE'])
  const origin = await readRealmFile(positionals[0]!)
  const out = required(values.out, '--out')
  const name = required(values.name, '--name')
  const keyFile = values.key ?? `${out}.key`
  const forked = (owner: string): Promise<Realm> => withOptions(forkRealm(origin.realm, origin.id, { name, owner }), values)
  await forked('0'.repeat(64))
  const key = openOwnerKey(keyFile)
  const file = await writeRealm(out, await forked(key.owner), key)
  if (file.id === origin.id) throw new UsageError('a fork needs another name or another key than its origin')
  return made(file, { out, key: keyFile })
}

async function revise(args: readonly string[]): Promise<Answer> {
  const { values, positionals } = readOptions(args, { ...policyOptions, ...pathOptions }, ['FILE'])
  const before = await readRealmFile(positionals[0]!)
  const key = readOwnerKey(required(values.key, '--key'))
  const out = required(values.out, '--out')
  if (key.owner !== before.realm.owner) throw new UsageError(`${values.key} is not the key of the realm's owner ${before.realm.owner}`)
  const realm = await withOptions({ ...before.realm, revision: before.realm.revision + 1 }, values)
  const file = await writeRealm(out, realm, key)
  const pointer = out.replace(/(\.realm)?$/, '.statement')
  await write(pointer, signPointer(file, key))
  return made(file, { out, pointer })
}

function made(file: RealmFile, paths: Readonly<Record<string, string>>): Answer {
  const { name, revision, owner } = file.realm
  const json = { id: file.id, name, revision, owner, ...paths }
  return { json, text: textOf(json) }
}

async function inspect(args: readonly string[]): Promise<Answer> {
  const { positionals } = readOptions(args, {}, ['FILE'])
  const path = positionals[0]!
  const bytes = await readBytes(path)
  const statement = decodeStatement(bytes)
  if (statement.ok) return inspectStatement(statement.value)
  const text = parseInvite(Buffer.from(bytes).toString('latin1'))
  const invitation = text?.invite ?? decodeInvite(bytes)
  if (invitation !== undefined) {
    const { realm, to, expires, issuer } = invitation
    const json = { kind: 'invite', signed: holds(inviteCheck(invitation)), realm, to, expires, issuer }
    return { json, text: textOf(json), exit: json.signed ? 0 : 1 }
  }
  const { realm, id } = await readRealmFile(path)
  const json = { kind: 'realm', id, bytes: bytes.length, ...realm }
  return { json, text: textOf(json) }
}

function inspectStatement({ statement, checks }: (ReturnType<typeof decodeStatement> & { ok: true })['value']): Answer {
  const { kind, realm, author, signer, revision, time, id } = statement
  const known = statementKinds.find((candidate) => candidate.kind === kind)
  const says = plain(known?.decode(statement) ?? null)
  const json = { kind: 'statement', of: kind, id, realm, author, signer, revision, time, signed: checks.every(holds), says }
  return { json, text: textOf(json), exit: json.signed ? 0 : 1 }
}

async function invite(args: readonly string[]): Promise<Answer> {
  const { values } = readOptions(args, {
    ...pathOptions, realm: { type: 'string' }, author: { type: 'string' }, uses: { type: 'string' }, days: { type: 'string' },
  })
  const { realm, id } = await readRealmFile(required(values.realm, '--realm'))
  const key = moderatorKey(realm, required(values.key, '--key'))
  if ((values.author === undefined) === (values.uses === undefined)) throw new UsageError('an invite has either --author HEX or --uses N')
  const bearer = values.uses === undefined ? undefined : createBearerKey()
  const to: Invite['to'] = bearer === undefined
    ? { author: keys([values.author!], '--author')[0]! }
    : { bearer: bearer.key, uses: readCount(values.uses!, '--uses') }
  const expires = values.days === undefined ? 0 : Date.now() + readCount(values.days, '--days') * DAY_MS
  const terms: Invite = { realm: id, to, expires, issuer: key.owner }
  const text = formatInvite({ invite: { ...terms, signature: key.sign(messageOf(terms)) }, seed: bearer?.seed })
  if (values.out !== undefined) await write(values.out, `${text}\n`, OWNER_ONLY)
  return { json: { realm: id, ...to, expires, issuer: key.owner, text, ...(values.out === undefined ? {} : { out: values.out }) }, text }
}

function messageOf(terms: Invite): Uint8Array {
  try {
    return inviteMessage(terms)
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

async function accept(args: readonly string[]): Promise<Answer> {
  const { values } = readOptions(args, { ...pathOptions, realm: { type: 'string' }, pledge: { type: 'boolean' }, invite: { type: 'string' } })
  const { realm, id } = await readRealmFile(required(values.realm, '--realm'))
  const key = readOwnerKey(required(values.key, '--key'))
  const out = required(values.out, '--out')
  const invitation = values.invite === undefined ? undefined : await readInvite(values.invite)
  if (invitation !== undefined && invitation.invite.realm !== id) throw new UsageError('the invite is for another realm')
  const seed = invitation?.seed
  const declaration = acceptanceDeclaration(realm, {
    pledged: values.pledge === true,
    ...(invitation === undefined ? {} : { invite: invitation.invite }),
    ...(seed === undefined ? {} : { bearer: signWithSeed(seed, bearerMessage(id, key.owner)) }),
  })
  await write(out, signStatement(realm, key, declaration, Date.now()))
  const json = { realm: id, author: key.owner, pledged: values.pledge === true, out }
  return { json, text: textOf(json) }
}

/** The text itself, or a file that holds it. */
async function readInvite(textOrPath: string) {
  const parsed = parseInvite(textOrPath) ?? parseInvite(Buffer.from(await readBytes(textOrPath)).toString('latin1'))
  if (parsed === undefined) throw new UsageError(`${textOrPath} is no invite`)
  return parsed
}

async function ban(args: readonly string[]): Promise<Answer> {
  const { values } = readOptions(args, {
    ...pathOptions, realm: { type: 'string' }, cid: { type: 'string' }, lineage: { type: 'string' }, author: { type: 'string' },
    lift: { type: 'boolean' }, reason: { type: 'string' },
  })
  const { realm, id } = await readRealmFile(required(values.realm, '--realm'))
  const key = moderatorKey(realm, required(values.key, '--key'))
  if (!isModerator(realm, key.owner)) throw new UsageError(`the owner of realm ${realm.name} is no moderator of it; realm revise makes one`)
  const out = required(values.out, '--out')
  const target = targetOf(values)
  const lifted = values.lift === true
  const reason = values.reason ?? ''
  if (reason.length > 96 || !/^[\x20-\x7e]*$/.test(reason)) throw new UsageError('--reason has at most 96 characters of printable ASCII')
  // Seconds as the revision: what is signed later replaces what was signed before, whatever other copies there are.
  await write(out, signStatement(realm, key, banDeclaration({ target, lifted, reason }), Date.now()))
  const json = { realm: id, ...target, lifted, moderator: key.owner, out }
  return { json, text: textOf(json) }
}

function targetOf({ cid, lineage, author }: { readonly cid?: string | undefined; readonly lineage?: string | undefined; readonly author?: string | undefined }): BanTarget {
  const given = [cid, lineage, author].filter((value) => value !== undefined)
  if (given.length !== 1) throw new UsageError('a ban is of one of --cid, --lineage or --author')
  if (author !== undefined) return { of: 'author', author: keys([author], '--author')[0]! }
  const name = (cid ?? lineage)!
  if (!isCid(name)) throw new UsageError(`${cid === undefined ? '--lineage' : '--cid'} must be the CID of a genotype, got ${JSON.stringify(name)}`)
  return { of: cid === undefined ? 'lineage' : 'genotype', cid: name }
}

function moderatorKey(realm: Realm, file: string): OwnerKey {
  const key = readOwnerKey(file)
  if (key.owner !== realm.owner && !isModerator(realm, key.owner)) throw new UsageError(`the key in ${file} is neither the owner's nor a moderator's of realm ${realm.name}`)
  return key
}

function readTemplate(text: string): Template {
  const template = templates.find((name) => name === text)
  if (template === undefined) throw new UsageError(`--template is one of ${templates.join(', ')}, got ${JSON.stringify(text)}`)
  return template
}

/** Bytes as hexadecimal text, so that every answer is JSON that people can read. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(plain)
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]))
}

function textOf(json: Readonly<Record<string, unknown>>): string {
  const shown = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value))
  return Object.entries(json).map(([name, value]) => `${name}: ${shown(value)}`).join('\n')
}
