import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCompany, type Company } from '../../fixtures/company.ts'
import { createTestKeys, verifyNow, type TestKeys } from '../../fixtures/ed25519.ts'
import { newSearch, record } from '../../fixtures/evolution.ts'
import { alice, bob, carol, signClaim, START, statementFor } from '../../fixtures/world.ts'
import { sampleGenotype } from '../../fixtures/xor.ts'
import { hexText } from '../bytes/text.ts'
import { decodeClaim } from '../claim/claim-codec.ts'
import { revocationDeclaration } from '../identity/revocation.ts'
import { membershipDeclaration, teamInviteMessage } from '../identity/team.ts'
import { creditFacts } from '../member/past.ts'
import { ownReceipts } from '../member/credit.ts'
import { leaderboardCsv } from './csv.ts'
import { discoveriesOf, discoverySum } from './discoveries.ts'
import { decodeExport, exportMessage, exportText, recompute, signedExport, type CreditExport } from './export.ts'
import type { Find } from './find.ts'
import { leaderboardsOf, type CreditFacts } from './leaderboards.ts'
import { verifiedWork, type SignedAudit } from './verified-work.ts'

const key = (keys: TestKeys): string => hexText(keys.owner)

function find(keys: TestKeys, fitness: number, change: { fingerprint?: number; number?: number; time?: number; parents?: readonly string[]; sequence?: number } = {}): Find {
  const { fingerprint = 0, number = fitness, time = START, parents = [], sequence = 1 } = change
  const sample = { ...sampleGenotype(number), fitness }
  const envelope = signClaim(statementFor(sample, keys, time, { parents, sequence }), keys)
  const decoded = decodeClaim(envelope)
  if (!decoded.ok) throw new RangeError(decoded.reason)
  return { claim: decoded.value.claim, envelope, fingerprint, links: 3 }
}

describe('discoveries', () => {
  test('are worth how much better than the niche, times how unlike what was as fit', () => {
    const finds = [
      find(alice, 500_000, { time: 1 }), // the first of all
      find(bob, 600_000, { time: 2 }), // a record in the same niche
      find(carol, 550_000, { fingerprint: 0xff, time: 3 }), // weaker, as unlike as can be
      find(bob, 540_000, { fingerprint: 0x80, time: 4 }), // weaker, one bit from one as fit
      find(alice, 590_000, { number: 600_000, time: 5 }), // Bob's genotype once more: nothing
    ]
    expect(discoveriesOf(finds).map(({ improvement, novelty, value }) => [improvement, novelty, value])).toEqual([
      [0.5, 1, 0.5],
      [0.1, 1, 0.1],
      [0.55, 1, 0.55],
      [0.54, 2 / 9, 0.54 * (2 / 9)],
    ])
  })

  test('do not depend on the order in which they are told', () => {
    const finds = Array.from({ length: 24 }, (_, i) => find([alice, bob, carol][i % 3]!, 400_000 + 9_000 * i, { fingerprint: (i * 37) & 255, time: i }))
    const plain = leaderboardsOf({ finds, statements: [], auditors: 'any' })
    fc.assert(fc.property(fc.shuffledSubarray(finds, { minLength: finds.length }), (shuffled) => {
      expect(leaderboardsOf({ finds: shuffled, statements: [], auditors: 'any' })).toEqual(plain)
    }), { numRuns: 20 })
  })

  test('grow slower than their number: a hundred small ones are not worth a large one of the same sum', () => {
    expect(discoverySum(Array.from({ length: 100 }, () => 0.01))).toBeCloseTo(0.1, 10)
    expect(discoverySum([1])).toBe(1)
    fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 50 }), (values) => {
      expect(discoverySum(values)).toBeLessThanOrEqual(values.reduce((a, b) => a + b, 0) + 1e-9)
    }))
  })

  test('of a device count until its owner revokes it, and not for what it claimed from then on', () => {
    const company = createCompany({ alice, bob })
    company.person('bob').happen({ kind: 'declare', declaration: revocationDeclaration({ device: hexText(bob.device), from: 5 }) })
    const statements = company.person('alice').state.registry.all()
    const finds = [find(bob, 300_000, { sequence: 4, time: 1 }), find(bob, 900_000, { sequence: 5, time: 2 })]
    expect(leaderboardsOf({ finds, statements, auditors: 'any' }).discoveries[0]!.discoveries).toBeCloseTo(0.3, 10)
  })
})

describe('verified work', () => {
  const audit = (auditor: TestKeys, first: number, last: number, evaluations: number, change: Partial<SignedAudit> = {}): SignedAudit => ({
    device: 'd'.repeat(64), author: key(bob), task: 'xor', first, last, credit: { evaluations, work: 10 * evaluations },
    replayed: { evaluations: 0, work: 0 }, audits: 1, failures: 0, id: `${first}-${last}-${auditor.owner[0]}`, auditor: key(auditor), ...change,
  })

  test('is the most that spans without overlap add up to, whoever read them', () => {
    const audits = [audit(alice, 1, 10, 100), audit(carol, 5, 20, 140), audit(alice, 11, 20, 90), audit(carol, 21, 30, 50)]
    expect(verifiedWork(audits, 'any')).toEqual([expect.objectContaining({ author: key(bob), evaluations: 240, work: 2_400 })])
    expect(verifiedWork(audits, new Set([key(carol)]))[0]).toMatchObject({ evaluations: 190 })
    expect(verifiedWork([...audits, audit(bob, 1, 99, 9_999)], 'any')[0]).toMatchObject({ evaluations: 240 })
    expect(verifiedWork(audits, new Set<string>())).toEqual([])
  })

  test('adds up as an exhaustive choice would', () => {
    const spans = fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 50 })), { maxLength: 7 })
    fc.assert(fc.property(spans, (rows) => {
      const audits = rows.map(([first, length, evaluations], i) => audit(alice, first, first + length, evaluations, { id: String(i) }))
      let best = 0
      for (let chosen = 0; chosen < 1 << audits.length; chosen++) {
        const picked = audits.filter((_, i) => (chosen >> i) & 1)
        const isFree = picked.every((a, i) => picked.every((b, j) => i === j || a.last < b.first || b.last < a.first))
        if (isFree) best = Math.max(best, picked.reduce((sum, { credit }) => sum + credit.work, 0))
      }
      expect(verifiedWork(audits, 'any')[0]?.work ?? 0).toBe(best)
    }))
  })
})

/** Alice is the realm's owner and relay; Bob works on two devices, Carol on one; Bob and Carol are a team. */
function livelyCompany(): Company {
  const phone = createTestKeys('bob-phone')
  const delegation = bob.signAsOwnerNow(new Uint8Array([...new TextEncoder().encode('megabrain-device/1:'), ...phone.device]))
  const bobsPhone: TestKeys = { ...phone, owner: bob.owner, delegation, signAsOwner: bob.signAsOwner, signAsOwnerNow: bob.signAsOwnerNow }
  const company = createCompany({ relay: alice, bob, phone: bobsPhone, carol }, { relay: { role: 'relay' } })
  const team = { owner: key(carol), name: 'late' }
  company.person('carol').happen({ kind: 'declare', declaration: membershipDeclaration(team) })
  const invite = carol.signAsOwnerNow(teamInviteMessage(team, key(bob)))
  company.person('bob').happen({ kind: 'declare', declaration: membershipDeclaration(team, { invite }) })
  const searches = new Map(['bob', 'phone', 'carol'].map((name) => [name, newSearch('neat', 1, company.person(name).keys)]))
  for (let minute = 0; minute < 12; minute++) {
    for (const [name, search] of searches) {
      const recorded = record(search, { ...(minute === 0 ? { origin: 1 } : {}), generations: 1 })
      searches.set(name, recorded.search)
      company.person(name).happen({ kind: 'worked', stretch: recorded.stretch, before: recorded.before, bodies: [] })
      const { body, fitness, fingerprint } = sampleGenotype(minute * 10 + name.length)
      company.person(name).happen({ kind: 'found', discovery: { task: 'xor', body, fitness, fingerprint, generation: minute, parents: [], operators: [] } })
    }
    company.beat(61)
  }
  company.beat(120)
  return company
}

function exported(company: Company, name: string, facts: CreditFacts): Uint8Array {
  const { keys, state } = company.person(name)
  const receipts = ownReceipts(state).flatMap((receipt) => {
    const envelope = company.person(name).rows.get(`receipt/${state.realmId}/${receipt.task}`)
    return envelope === undefined ? [] : [{ receipt, envelope }]
  })
  const text = exportText({ realm: state.realmId, time: company.now, ...facts, receipts })
  return signedExport(text, keys, keys.signNow(exportMessage(text)))
}

describe('an export', () => {
  const company = livelyCompany()
  const facts = creditFacts(company.person('bob').state, [key(alice)])
  const boards = leaderboardsOf(facts)
  const file = exported(company, 'bob', facts)

  test('gives whoever reads it the numbers of the page that wrote it', () => {
    const decoded = decodeExport(file)
    if (!decoded.ok) throw new Error(`${decoded.reason} in line ${decoded.line}`)
    expect(decoded.value.checks.every(({ key: by, message, signature }) => verifyNow(by, message, signature))).toBe(true)
    expect(recompute(decoded.value)).toEqual(boards)
    expect(recompute(decoded.value, [])).toMatchObject({ work: [] })
    expect(leaderboardCsv(recompute(decoded.value))).toBe(leaderboardCsv(boards))
    expect(decoded.value.receipts.length).toBe(1)
  })

  test('adds up the devices of an owner, and the owners of a team', () => {
    const mine = boards.authors.find(({ author }) => author === key(bob))!
    expect(mine.devices).toBe(2)
    expect(mine.evaluations).toBeGreaterThan(0)
    expect(mine.claimed).toBeGreaterThanOrEqual(mine.evaluations)
    const [team] = boards.teams
    const theirs = boards.authors.find(({ author }) => author === key(carol))!
    expect(team).toMatchObject({ name: 'late', members: 2, work: mine.work + theirs.work, evaluations: mine.evaluations + theirs.evaluations })
  })

  test('changed in any byte is refused or does not hold', () => {
    const holds = ({ checks }: CreditExport): boolean => checks.every(({ key: by, message, signature }) => verifyNow(by, message, signature))
    fc.assert(fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const decoded = decodeExport(file.map((byte, i) => (i === at ? byte ^ flip : byte)))
      if (decoded.ok) expect(holds(decoded.value)).toBe(false)
    }), { numRuns: 60 })
  })

  test('of a stranger never throws, whatever it holds', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 4_000 }), (noise) => { expect(decodeExport(noise).ok).toBe(false) }))
    const text = new TextDecoder().decode(file)
    const lines = text.split('\n').slice(0, -1)
    const json = fc.json()
    fc.assert(fc.property(fc.nat(lines.length - 1), json, fc.boolean(), (at, line, isInsert) => {
      const changed = lines.toSpliced(at, isInsert ? 0 : 1, line)
      expect(decodeExport(new TextEncoder().encode(changed.map((one) => `${one}\n`).join(''))).ok).toBe(false)
    }))
    for (const bad of ['', '\n', '{}\n', 'x', '{"format":"megabrain-credit","version":2}\n', text.slice(0, -1), `${text}\n`, text.repeat(2)]) {
      expect(decodeExport(new TextEncoder().encode(bad)).ok, bad.slice(0, 40)).toBe(false)
    }
    expect(decodeExport(new TextEncoder().encode('{"format":"megabrain-credit","version":2}\n'))).toEqual({ ok: false, reason: 'unknown-version' })
  })
})
