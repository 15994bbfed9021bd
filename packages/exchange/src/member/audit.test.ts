import { expect, describe, test } from 'vitest'
import { createCompany, type Person } from '../../fixtures/company.ts'
import { newSearch, record } from '../../fixtures/evolution.ts'
import { alice, bob, carol } from '../../fixtures/world.ts'
import { hexText } from '../bytes/text.ts'
import { auditKind, creditHeadKind } from '../credit/credit-kinds.ts'
import { creditOf } from '../credit/standing.ts'
import { decodeRequest, encodeAnswer } from '../wire/messages.ts'
import { standingsOf } from './audit.ts'
import { ownReceipts } from './credit.ts'

/** Evolves and hands over stretches; from stretch `lieFrom` on it claims evaluations that nobody did. */
function createWorker(person: Person, lieFrom = Number.POSITIVE_INFINITY): () => void {
  let search = newSearch('neat', 1, person.keys)
  let count = 0
  return () => {
    const recorded = record(search, { ...(count === 0 ? { origin: 1 } : {}), generations: 2 })
    count++
    const stretch = count < lieFrom ? recorded.stretch : { ...recorded.stretch, evaluations: 10 * recorded.stretch.evaluations }
    search = recorded.search
    person.happen({ kind: 'worked', stretch, before: recorded.before, bodies: [] })
  }
}

describe('work', () => {
  test('becomes a chain of receipts that goes on after a restart, and its length is told', () => {
    const company = createCompany({ alice, bob })
    const work = createWorker(company.person('bob'))
    for (let i = 0; i < 20; i++) {
      work()
      company.beat()
    }
    const person = company.person('bob')
    const [tip] = ownReceipts(person.state)
    expect(tip).toMatchObject({ number: 20, task: 'xor' })
    const [held] = company.person('alice').state.registry.of(creditHeadKind)
    expect(held!.statement.author).toBe(hexText(bob.owner))
    expect(held!.value.receipts).toBeGreaterThan(0)
    expect(held!.value.receipts).toBeLessThanOrEqual(20)

    const again = createCompany({ bob }, { bob: { receipts: [...person.rows].filter(([key]) => key.startsWith('receipt/')).map(([, value]) => value!) } })
    createWorker(again.person('bob'))()
    const [next] = ownReceipts(again.person('bob').state)
    expect(next).toMatchObject({ number: 21, previous: tip!.id, totalEvaluations: tip!.totalEvaluations + next!.evaluations })
  })
})

describe('an auditor', () => {
  test('credits an honest device with what it did, and tells so', () => {
    const company = createCompany({ relay: alice, bob }, { relay: { role: 'relay' } })
    const work = createWorker(company.person('bob'))
    for (let minute = 0; minute < 30; minute++) {
      for (let i = 0; i < 6; i++) work()
      company.beat(61)
    }
    const relay = company.person('relay')
    const [standing] = standingsOf(relay.state)
    const [tip] = ownReceipts(company.person('bob').state)
    expect(standing).toMatchObject({ device: hexText(bob.device), author: hexText(bob.owner), failures: 0 })
    // Everything but what came since the last visit.
    expect(creditOf(standing!).evaluations).toBeGreaterThan(tip!.totalEvaluations - 300)
    expect(standing!.valid).toBeGreaterThanOrEqual(10)
    expect(relay.replayed).toBe(standing!.replayed.evaluations)
    expect(relay.replayed).toBeLessThan(0.4 * tip!.totalEvaluations)
    const [told] = company.person('bob').state.registry.of(auditKind)
    expect(told!.value).toMatchObject({ device: hexText(bob.device), task: 'xor', first: 1, failures: 0 })
    expect(told!.value.credit.evaluations).toBeGreaterThan(0)
  })

  test('runs again what it was shown, however much newer work a fast device has done meanwhile', () => {
    const company = createCompany({ relay: alice, bob }, { relay: { role: 'relay' } })
    const person = company.person('bob')
    const work = createWorker(person)
    person.answer = (bytes) => {
      const request = decodeRequest(bytes)
      if (request.ok && request.value.kind === 'replay') for (let i = 0; i < 3; i++) work()
      return undefined
    }
    for (let i = 0; i < 16; i++) work()
    company.beat(2)
    expect(standingsOf(company.person('relay').state)[0]).toMatchObject({ valid: 16, failures: 0, isVoid: false })
  })

  test('finds a device that claims evaluations it did not do, and its hour is void', () => {
    const company = createCompany({ relay: alice, carol }, { relay: { role: 'relay' } })
    const work = createWorker(company.person('carol'), 5)
    for (let minute = 0; minute < 3; minute++) {
      for (let i = 0; i < 4; i++) work()
      company.beat(61)
    }
    const relay = company.person('relay')
    const [standing] = standingsOf(relay.state)
    expect(standing!.failures).toBeGreaterThan(0)
    expect(standing!.valid).toBe(0)
    expect(creditOf(standing!)).toEqual({ evaluations: 0, work: 0 })
    expect(relay.notices.some((notice) => notice.kind === 'audited')).toBe(true)
    expect(company.person('carol').state.registry.of(auditKind)[0]!.value.failures).toBeGreaterThan(0)
  })

  test('credits nothing to one that withholds what it takes to run a receipt again', () => {
    const company = createCompany({ relay: alice, carol }, { relay: { role: 'relay' } })
    const person = company.person('carol')
    const work = createWorker(person)
    let visits = 0
    person.answer = (bytes) => {
      const request = decodeRequest(bytes)
      if (!request.ok || request.value.kind !== 'replay') return undefined
      visits++
      return 'refuse'
    }
    for (let i = 0; i < 6; i++) work()
    company.beat(130)
    const [standing] = standingsOf(company.person('relay').state)
    expect(visits).toBeGreaterThan(0)
    expect(creditOf(standing!).evaluations).toBe(0)
    expect(standing).toMatchObject({ valid: 0, failures: 0, isVoid: true })
  })

  test('on an island spends no more than its share of its own work, and never checks its own owner', () => {
    const company = createCompany({ alice, bob })
    const [a, b] = [createWorker(company.person('alice')), createWorker(company.person('bob'))]
    for (let minute = 0; minute < 60; minute++) {
      for (let i = 0; i < 4; i++) {
        a()
        b()
      }
      company.beat(61)
    }
    for (const name of ['alice', 'bob']) {
      const person = company.person(name)
      const [tip] = ownReceipts(person.state)
      const spent = standingsOf(person.state)[0]!.replayed.work
      expect(spent).toBeGreaterThan(0)
      // Ten receipts in advance, so that a newcomer's first can all be run again.
      expect(spent).toBeLessThanOrEqual(0.02 * tip!.totalWork + 10 * person.state.audits.spending.largest)
    }
    const alone = createCompany({ relay: bob, bob }, { relay: { role: 'relay' } })
    const work = createWorker(alone.person('bob'))
    work()
    alone.beat(130)
    expect(standingsOf(alone.person('relay').state)).toEqual([])
  })

  test('takes a neighbour to task for bytes that are no receipts, forged ones and those of a mixed chain', () => {
    const company = createCompany({ relay: alice, bob, carol }, { relay: { role: 'relay' } })
    createWorker(company.person('bob'))()
    const stolen = [...company.person('bob').rows.values()][0]!
    const forged = stolen.map((byte, i) => (i === stolen.length - 1 ? byte ^ 1 : byte))
    const before = company.person('relay').state.neighbours.get('carol')!.faults
    const carolPerson = company.person('carol')
    for (const receipts of [[forged], [stolen, stolen], [new Uint8Array(40)]]) {
      carolPerson.answer = (bytes) => {
        const request = decodeRequest(bytes)
        return request.ok && request.value.kind === 'receipts' ? encodeAnswer({ kind: 'receipts', receipts }) : undefined
      }
      company.beat(200)
    }
    expect(company.person('relay').state.neighbours.get('carol')!.faults).toBeGreaterThanOrEqual(before + 3)
  })
})
