// Small archipelagos with one kind of attacker each: honest islands stay truthful, stay together and hear one another.

import { describe, expect, test } from 'vitest'
import { EVALUATOR, measure, xor } from '../../fixtures/xor.ts'
import { createAttacker, type Behaviour } from '../../zoo/being.ts'
import { bombSender } from '../../zoo/bomb-sender.ts'
import { createBrain, type Brain } from '../../zoo/brain.ts'
import { censor } from '../../zoo/censor.ts'
import { covert } from '../../zoo/covert.ts'
import { eclipser } from '../../zoo/eclipser.ts'
import { equivocator } from '../../zoo/equivocator.ts'
import { liar } from '../../zoo/liar.ts'
import { millLies } from '../../zoo/lie-mill.ts'
import { replayer } from '../../zoo/replayer.ts'
import { settle } from '../../zoo/settle.ts'
import { spammer } from '../../zoo/spammer.ts'
import { statementFlooder } from '../../zoo/statement-flooder.ts'
import { until } from '../../zoo/until.ts'
import { withholder } from '../../zoo/withholder.ts'
import { runAnchor } from '../../zoo/anchors/anchor-world.ts'
import { DEFAULT_IMMIGRATION } from '../member/immigration.ts'
import { createArchipelago } from './archipelago.ts'
import type { ArchipelagoOptions } from './options.ts'
import type { ArchipelagoReport } from './report.ts'
import { createClimber } from './search.ts'

const base = { islands: 8, minutes: 1, seed: 11, task: xor, evaluator: EVALUATOR, evaluate: measure, mutantsPerSecond: 2 } satisfies ArchipelagoOptions

function among(behaviours: readonly Behaviour[], count = 8, options: Partial<ArchipelagoOptions> = {}): { readonly report: ArchipelagoReport; readonly brain: Brain } {
  const brain = createBrain()
  const attackers = Array.from({ length: count }, (_, i) => createAttacker(`mallory-${i}`, behaviours, brain))
  const archipelago = createArchipelago({ ...base, ...options, attackers })
  while (archipelago.advance(10_000));
  return { report: archipelago.report(), brain }
}

function expectHealthy({ falseEntries, violations, archivesEqual, delivery, published }: ArchipelagoReport): void {
  expect(violations).toEqual([])
  expect(falseEntries).toBe(0)
  expect(archivesEqual).toBe(true)
  expect(published).toBeGreaterThan(0)
  expect(delivery.ratio).toBeGreaterThan(0.99)
}

describe('eight islands among eight', () => {
  test('liars refuse every lie, and ban who keeps lying', () => {
    const { report, brain } = among([settle(3), liar({ everyMs: 4_000 })])
    expectHealthy(report)
    expect(brain.deeds.get('lied')).toBeGreaterThan(50)
    expect(report.refused['not-reproduced']).toBeGreaterThan(50)
    expect(report.refused.banned).toBeGreaterThan(50)
  })

  test('liars with a new key for each lie refuse every lie', () => {
    const { report } = among([settle(3), liar({ everyMs: 2_000, identities: Infinity })])
    expectHealthy(report)
    expect(report.refused['not-reproduced']).toBeGreaterThan(100)
    expect(report.refused.banned).toBeUndefined()
  })

  test('replayers take nothing for news that was news before', () => {
    const { report, brain } = among([settle(3), replayer()])
    expectHealthy(report)
    expect(brain.deeds.get('replayed')).toBeGreaterThan(500)
    expect(report.published).toBe(among([settle(3)]).report.published)
  })

  test('spammers with ever new keys spend no more than each neighbour\'s budget', () => {
    const { report, brain } = among([settle(1), spammer({ everyMs: 250, perBurst: 60 })], 1, { islands: 4, minutes: 0.15, quietMs: 3_000 })
    expect(report.falseEntries).toBe(0)
    expect(brain.deeds.get('spammed')).toBeGreaterThan(1_000)
    expect(report.refused['too-many']).toBeGreaterThan(0)
  })

  test('equivocators believe neither a number used twice nor an archive with two faces', () => {
    const { report, brain } = among([settle(3), until(30_000, [equivocator({ everyMs: 2_000 })])])
    expectHealthy(report)
    expect(brain.deeds.get('equivocated')).toBeGreaterThan(50)
    expect(report.refused.replayed).toBeGreaterThan(50)
  })

  for (const how of ['refuse', 'silence', 'swap'] as const) {
    test(`withholders that ${how} do without them`, () => {
      const { report, brain } = among([settle(3), withholder(how)])
      expectHealthy(report)
      expect(brain.deeds.get('announced in vain')).toBeGreaterThan(50)
      expect((report.refused.unavailable ?? 0) + (report.refused['wrong-content'] ?? 0)).toBeGreaterThan(0)
    })
  }

  test('flooders of statements obey no ban without a moderator, and go on', () => {
    const { report, brain } = among([settle(2), until(10_000, [statementFlooder()])], 3)
    expectHealthy(report)
    expect(brain.deeds.get('stated')).toBeGreaterThan(400)
    expect(report.refused['not-entitled']).toBeGreaterThan(100)
    expect(report.refused['unknown-version']).toBeGreaterThan(100)
    expect(report.refused.banned).toBeUndefined()
  })

  test('eclipsers hear one another over the links that are left', () => {
    const { report, brain } = among([settle(8), eclipser()], 32, { degree: 0 })
    expectHealthy(report)
    expect(brain.deeds.get('swallowed')).toBeGreaterThan(100)
  })

  test('bomb senders open none of them', () => {
    const { report, brain } = among([settle(3), bombSender()], 4)
    expectHealthy(report)
    expect(brain.deeds.get('sent a bomb')).toBeGreaterThan(30)
    for (const reason of ['malformed', 'over-limits', 'too-large', 'not-reproduced'] as const) expect(report.refused[reason]).toBeGreaterThan(0)
  })

  test('censors of one author hear that author all the same', () => {
    // Half of each run is quiet: half a minute of it leaves two of sixteen seeds with archives that still differ.
    const { report, brain } = among([settle(8), censor('island-0')], 8, { minutes: 2 })
    expectHealthy(report)
    expect(brain.deeds.get('censored')).toBeGreaterThan(0)
  })

  test('who turn all at once after half a minute go on as before', () => {
    const { report, brain } = among([settle(4), covert(30_000, [liar({ everyMs: 2_000, identities: 4 }), eclipser()])])
    expectHealthy(report)
    expect(brain.deeds.get('behaved')).toBeGreaterThan(0)
    expect(brain.deeds.get('lied')).toBeGreaterThan(50)
  })
})

test('islands of sixteen regions adopt far fewer strangers than islands of one', () => {
  const adoptionsOf = (regions: number): number => {
    const archipelago = createArchipelago({
      ...base, islands: 16, mutantsPerSecond: 1, regionOf: (index) => `region-${index % regions}`, immigration: { ...DEFAULT_IMMIGRATION, foreignOneIn: 16 },
    })
    while (archipelago.advance(10_000));
    return archipelago.report().adoptions
  }
  expect(adoptionsOf(16)).toBeLessThan(0.6 * adoptionsOf(1))
})

test('a member keeps none of 3,000 lies, whatever they are about', () => {
  const report = millLies({ lies: 3_000, seed: 3, task: xor, evaluator: EVALUATOR, measure })
  expect(report.falseEntries).toBe(0)
  expect(report.admitted).toBeGreaterThan(0)
  expect(report.refused['not-reproduced']).toBeGreaterThanOrEqual(2_950)
})

describe('the same liars, where nobody evaluates again', () => {
  const attackers = () => Array.from({ length: 8 }, (_, i) => createAttacker(`mallory-${i}`, [settle(3), liar({ everyMs: 4_000 })], createBrain()))
  const world = { ...base, measure, search: createClimber(xor, measure, 2), hostileShare: 0.5 }

  test('are believed by plain gossip, and nothing true is heard any more', () => {
    const { falseEntries, meanBelieved, meanTrueOfBelieved } = runAnchor({ ...world, trust: 'believe', attackers: attackers() })
    expect(falseEntries).toBeGreaterThan(20)
    expect(meanBelieved).toBeGreaterThan(2 * meanTrueOfBelieved)
  })

  test('are believed by a quorum of two in which every second voter is one of them', () => {
    expect(runAnchor({ ...world, trust: 'quorum', attackers: attackers() }).falseEntries).toBeGreaterThan(0)
  })

  test('are not there, and both anchors hold nothing false', () => {
    for (const trust of ['believe', 'quorum'] as const) {
      const { falseEntries, admitted } = runAnchor({ ...world, hostileShare: 0, trust, attackers: [] })
      expect(falseEntries).toBe(0)
      expect(admitted).toBeGreaterThan(0)
    }
  })
})
