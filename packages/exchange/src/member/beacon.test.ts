import { expect, test } from 'vitest'
import { createCompany } from '../../fixtures/company.ts'
import { alice, bob, carol, START, testRealm } from '../../fixtures/world.ts'
import { hexText } from '../bytes/text.ts'
import { EPOCH_MS, epochOf } from '../credit/standing.ts'
import { beaconAt } from './beacon.ts'

test('signers make a beacon every hour, everybody computes the same, and others have no part in it', () => {
  const realm = testRealm({ beaconSigners: [hexText(alice.owner), hexText(bob.owner)].sort() })
  const company = createCompany({ alice, bob, carol }, {
    alice: { realm, beaconSeed: new Uint8Array(32).fill(1) },
    bob: { realm, beaconSeed: new Uint8Array(32).fill(2) },
    carol: { realm, beaconSeed: new Uint8Array(32).fill(3) },
  })
  const start = epochOf(START)
  const beacons: (string | undefined)[] = []
  for (let hour = 0; hour < 4; hour++) {
    company.beat(3)
    const [own, others] = ['alice', 'carol'].map((name) => beaconAt(company.person(name).state, start + hour))
    expect(own).toEqual(others)
    if (hour > 0) expect(own!.signers).toEqual([hexText(alice.owner), hexText(bob.owner)].sort())
    beacons.push(own?.value)
    company.now += EPOCH_MS
  }
  // The first hour was begun before anybody had committed to it.
  expect(beacons[0]).toBeUndefined()
  expect(new Set(beacons.slice(1)).size).toBe(3)
})
