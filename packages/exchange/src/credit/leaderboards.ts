// The two rankings and the badges, from facts that anyone can have: signed claims that held, signed statements. The page and
// whoever has an export call the same function, so their numbers are the same.

import { compareText } from '../bytes/compare.ts'
import { nicheNumber } from '../archive/niche.ts'
import { revocationKind } from '../identity/revocation.ts'
import { teamsOf, teamKind, type Team } from '../identity/team.ts'
import type { Held, StatementKind } from '../registry/statement-kind.ts'
import { compareStatements } from '../registry/registry.ts'
import { statementKey, type SignedStatement } from '../registry/statement.ts'
import { auditKind, creditHeadKind, type CreditHead } from './credit-kinds.ts'
import { discoveriesOf, discoverySum, type Discovery } from './discoveries.ts'
import type { Find } from './find.ts'
import { verifiedWork, type SignedAudit, type VerifiedWork } from './verified-work.ts'

export interface CreditFacts {
  readonly finds: readonly Find[]
  /** Of the kinds `creditKinds`; others are left aside. */
  readonly statements: readonly SignedStatement[]
  /** Owner keys whose audits count; `any` counts all. */
  readonly auditors: readonly string[] | 'any'
}

/** Kinds of statement that credit is counted from. */
export const creditKinds: readonly StatementKind<unknown>[] = [auditKind, creditHeadKind, teamKind, revocationKind]

/** One owner: all devices together. */
export interface AuthorCredit {
  /** Owner key, hex. */
  readonly author: string
  /** √Σ value² of what it discovered. */
  readonly discoveries: number
  /** Finds worth something. */
  readonly finds: number
  /** Audited: link operations and evaluations that count. */
  readonly work: number
  readonly evaluations: number
  /** Evaluations as its devices claim them, audited or not. */
  readonly claimed: number
  /** Devices that are known of it. */
  readonly devices: number
  /** Audits that found something. */
  readonly failures: number
  readonly badges: readonly string[]
}

export interface TeamCredit extends Pick<Team, 'id' | 'name' | 'owner'> {
  readonly members: number
  readonly discoveries: number
  readonly work: number
  readonly evaluations: number
}

export interface Leaderboards {
  /** Those worth something, most first, then by key. */
  readonly discoveries: readonly AuthorCredit[]
  readonly work: readonly AuthorCredit[]
  readonly teams: readonly TeamCredit[]
  /** Everyone who appears at all, by key. */
  readonly authors: readonly AuthorCredit[]
}

const PIONEER_NICHES = 8
const ANCESTOR_AUTHORS = 3
const WORK_BADGES = [['work-giga', 1e9], ['work-tera', 1e12], ['work-peta', 1e15]] as const

export function leaderboardsOf({ finds: all, statements, auditors }: CreditFacts): Leaderboards {
  const revoked = new Map(heldOf(revocationKind, statements).map(({ statement, value }) => [`${statement.author}/${value.device}`, value.from]))
  const finds = all.filter(({ claim }) => claim.sequence < (revoked.get(`${claim.author}/${claim.device}`) ?? Number.POSITIVE_INFINITY))
  const discoveries = discoveriesOf(finds)
  const heads = heldOf(creditHeadKind, statements)
  const audits = heldOf(auditKind, statements)
    .map(({ statement, value }): SignedAudit => ({ ...value, id: statement.id, auditor: statement.author }))
  const work = verifiedWork(audits, auditors === 'any' ? 'any' : new Set(auditors))
  const teams = teamsOf({ of: (kind) => heldOf(kind, statements) })

  const values = grouped(discoveries, ({ find }) => find.claim.author)
  const worked = grouped(work, ({ author }) => author)
  const claimed = grouped(heads, ({ statement }) => statement.author)
  const badges = badgesOf(discoveries, finds)
  const authors = [...new Set([...values.keys(), ...worked.keys(), ...claimed.keys()])].sort(compareText).map((author): AuthorCredit => {
    const [found, done, heard] = [values.get(author) ?? [], worked.get(author) ?? [], claimed.get(author) ?? []]
    const total = sum(done, (one) => one.work)
    const devices = [...found.map(({ find }) => find.claim.device), ...done.map(({ device }) => device), ...heard.map(({ statement }) => statement.signer)]
    return {
      author,
      discoveries: discoverySum(found.map(({ value }) => value)),
      finds: found.filter(({ value }) => value > 0).length,
      work: total,
      evaluations: sum(done, ({ evaluations }) => evaluations),
      claimed: claimedOf(heard, done),
      devices: new Set(devices).size,
      failures: sum(done, ({ failures }) => failures),
      badges: [...(badges.get(author) ?? []), ...WORK_BADGES.filter(([, least]) => total >= least).map(([name]) => name)],
    }
  })
  const by = (of: (credit: AuthorCredit) => number): readonly AuthorCredit[] =>
    authors.filter((credit) => of(credit) > 0).sort((a, b) => of(b) - of(a) || compareText(a.author, b.author))
  const credits = new Map(authors.map((credit) => [credit.author, credit]))
  return { discoveries: by((credit) => credit.discoveries), work: by((credit) => credit.work), teams: teams.map((team) => teamCredit(team, credits)), authors }
}

/** Heads are told ever more rarely, so that what was audited may be ahead of them. */
function claimedOf(heads: readonly Held<CreditHead>[], done: readonly VerifiedWork[]): number {
  const chains = new Map(heads.map(({ statement, value }) => [`${statement.signer}/${value.task}`, value.evaluations]))
  for (const { device, task, evaluations } of done) {
    const key = `${device}/${task}`
    chains.set(key, Math.max(evaluations, chains.get(key) ?? 0))
  }
  return sum([...chains.values()], (evaluations) => evaluations)
}

function teamCredit({ id, name, owner, members }: Team, credits: ReadonlyMap<string, AuthorCredit>): TeamCredit {
  const present = members.flatMap((member) => credits.get(member) ?? [])
  return {
    id, name, owner, members: members.length,
    discoveries: discoverySum(present.map(({ discoveries }) => discoveries)),
    work: sum(present, ({ work }) => work),
    evaluations: sum(present, ({ evaluations }) => evaluations),
  }
}

/** `record-…` for the fittest find of a task, `pioneer` for niches opened, `ancestor` for authors who built on one's finds. */
function badgesOf(discoveries: readonly Discovery[], finds: readonly Find[]): ReadonlyMap<string, readonly string[]> {
  const badges = new Map<string, string[]>()
  const give = (author: string, badge: string): void => void badges.set(author, [...(badges.get(author) ?? []), badge])
  const records = new Map(discoveries.filter(({ isRecord }) => isRecord).map(({ find }) => [`${find.claim.task}/${find.claim.evaluator}`, find.claim]))
  for (const { task, author } of records.values()) give(author, `record-${task}`)

  const niches = new Map<string, Set<string>>()
  for (const { find: { claim, fingerprint, links }, isFirst } of discoveries) {
    if (isFirst) addTo(niches, claim.author, `${claim.task}/${claim.evaluator}/${nicheNumber(fingerprint, links)}`)
  }
  for (const [author, opened] of niches) if (opened.size >= PIONEER_NICHES) give(author, 'pioneer')

  const authorOf = new Map(discoveries.map(({ find: { claim } }) => [claim.genotype, claim.author]))
  const heirs = new Map<string, Set<string>>()
  for (const { claim } of finds) {
    for (const parent of claim.parents) {
      const ancestor = authorOf.get(parent)
      if (ancestor !== undefined && ancestor !== claim.author) addTo(heirs, ancestor, claim.author)
    }
  }
  for (const [author, others] of heirs) if (others.size >= ANCESTOR_AUTHORS) give(author, 'ancestor')
  return badges
}

/** Statements of a kind as a registry would hold them: the newest for each place, in the order of the places. */
function heldOf<T>(kind: StatementKind<T>, statements: readonly SignedStatement[]): readonly Held<T>[] {
  const places = new Map<string, Held<T>>()
  for (const statement of statements) {
    if (statement.kind !== kind.kind || (kind.signedBy === 'owner') !== (statement.signer === statement.author)) continue
    const value = kind.decode(statement)
    const before = places.get(statementKey(statement))
    if (value === undefined || (before !== undefined && compareStatements(before.statement, statement) <= 0)) continue
    places.set(statementKey(statement), { statement, value })
  }
  return [...places].sort(([a], [b]) => compareText(a, b)).map(([, held]) => held)
}

function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key)
  if (set === undefined) sets.set(key, new Set([value]))
  else set.add(value)
}

function grouped<T>(rows: readonly T[], keyOf: (row: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const key = keyOf(row)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [row])
    else group.push(row)
  }
  return groups
}

function sum<T>(rows: readonly T[], of: (row: T) => number): number {
  return rows.reduce((total, row) => total + of(row), 0)
}
