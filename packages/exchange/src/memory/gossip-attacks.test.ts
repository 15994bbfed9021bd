// The attacks of `zoo/gossip` on a small mesh like ours: 20 members that all know one relay, 80 sybils.

import { expect, test } from 'vitest'
import { attacks } from '../../zoo/gossip/attacks.ts'
import { runAttack, type AttackResult, type WorldOptions } from '../../zoo/gossip/gossip-world.ts'
import { gossipSettingsFor, type GossipSettings } from './gossip-settings.ts'

const settings = gossipSettingsFor(6)
/** What a member thinks of the relay that its user chose. */
const pinned: GossipSettings = { ...settings, score: { ...settings.score, appScore: (peer) => (peer.startsWith('r') ? 100 : 0) } }
const small = {
  seed: 2, honest: 20, sybilsPerHonest: 4, dials: 8, sybilDials: 32, maxLinks: 32, blindDials: true, countsInbound: true, relays: 1, perSecond: 5,
  warmUpMs: 20_000, countedMs: 40_000,
} satisfies WorldOptions

function under(name: string, options: Partial<WorldOptions>): AttackResult {
  return runAttack(attacks.find((attack) => attack.name === name)!, { ...small, ...options })
}

for (const { name } of attacks) {
  test(`with its relay pinned, a mesh under "${name}" delivers everything within six seconds`, () => {
    const { inTime, pairs } = under(name, { settings: pinned })
    expect(pairs).toBeGreaterThan(500)
    expect(inTime).toBe(1)
  })
}

test('without a relay, sybils that were there first keep honest members from ever hearing one another', () => {
  expect(under('cold boot', { settings, relays: 0 }).inTime).toBeLessThan(0.5)
})

test('without the pin, sybils that behaved well for a while push the relay out of the mesh', () => {
  expect(under('covert flash', { settings }).inTime).toBeLessThan(0.98)
})
