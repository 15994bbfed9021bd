import { expect, test } from 'vitest'
import { createTestKeys } from '../../fixtures/ed25519.ts'
import { carol, createWorld, signClaim, statementFor, type World } from '../../fixtures/world.ts'
import { sampleGenotype } from '../../fixtures/xor.ts'

/** A claim about a sample that `world` can fetch, under a key of that name; a lie says more than is true. */
function tell(world: World, number: number, name: string, isLie = false): void {
  const sample = sampleGenotype(number)
  world.bodies.set(sample.cid, sample.body)
  const keys = name === 'carol' ? carol : createTestKeys(name)
  world.deliver(signClaim(statementFor(sample, keys, world.now, isLie ? { fitness: 1_000_000 } : {}), keys))
}

const admitted = (world: World): number => world.state.counters.admitted
const measured = (world: World): number => world.state.counters.measured

test('lies under ever new keys take at most half a second at once and a hundredth of the time', () => {
  const world = createWorld()
  world.evaluationMs = 100
  for (let i = 0; i < 40; i++) tell(world, i, `liar-${i}`, true)
  expect(measured(world)).toBe(5)
  expect(world.refusals().filter((reason) => reason === 'too-many')).toHaveLength(35)
  for (let i = 0; i < 60; i++) {
    world.beat()
    for (let n = 0; n < 5; n++) tell(world, 40 + 5 * i + n, `liar-${40 + 5 * i + n}`, true)
  }
  expect(measured(world)).toBeLessThanOrEqual(5 + 60_000 * 0.01 / 100 + 1)
})

test('who told the truth once is not held up by the lies of others, nor after a restart', () => {
  const world = createWorld()
  world.evaluationMs = 100
  tell(world, 1, 'carol')
  expect(admitted(world)).toBe(1)
  for (let i = 0; i < 10; i++) tell(world, 100 + i, `liar-${i}`, true)
  const before = measured(world)
  tell(world, 2, 'dave')
  expect(measured(world)).toBe(before)
  tell(world, 3, 'carol')
  expect(measured(world)).toBe(before + 1)

  const again = createWorld({ entries: [...world.state.niches.values()] })
  again.now = world.now
  again.evaluationMs = 100
  for (let i = 0; i < 10; i++) tell(again, 200 + i, `other-${i}`, true)
  const then = measured(again)
  tell(again, 4, 'carol')
  expect(measured(again)).toBe(then + 1)
})

test('newcomers that tell the truth cost the allowance nothing, and who was put off may be heard later', () => {
  const world = createWorld()
  world.evaluationMs = 100
  for (let i = 0; i < 12; i++) tell(world, i, `honest-${i}`)
  expect(measured(world)).toBe(12)
  for (let i = 0; i < 10; i++) tell(world, 100 + i, `liar-${i}`, true)
  const before = measured(world)
  tell(world, 50, 'erin')
  expect(measured(world)).toBe(before)
  world.beat(60)
  tell(world, 50, 'erin')
  expect(measured(world)).toBe(before + 1)
})

test('a relay, where newcomers get in, gives lies ten times as much', () => {
  const world = createWorld({ role: 'relay' })
  world.evaluationMs = 100
  for (let i = 0; i < 80; i++) tell(world, i, `liar-${i}`, true)
  expect(measured(world)).toBe(50)
})
