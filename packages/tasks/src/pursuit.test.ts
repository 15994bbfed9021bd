import { describe, expect, test } from 'vitest'
import type { Network } from '@megabrain/evolve'
import { chaserShare, MAX_STEPS } from './pursuit-arena.ts'
import { hallOfFame } from './pursuit-hall.ts'
import { pursuit } from './pursuit.ts'

const environment = pursuit.environment!

/** A member of the hall as a challenger. */
const challenger = (member: (typeof hallOfFame)[number]): Network => ({
  inputs: pursuit.inputs,
  outputs: 1,
  activate: (inputs) => Float64Array.of(0.5 + 0.5 * member.steer(Float64Array.from(inputs))),
  reset: () => {},
})

describe('pursuit', () => {
  test('is graded: later champions do better than scripted players, and the best is far from done', () => {
    const fitness = hallOfFame.map((member) => pursuit.evaluate(challenger(member)).fitness)
    const scripted = Math.max(fitness[0]!, fitness[1]!)
    expect(Math.max(...fitness.slice(2))).toBeGreaterThan(scripted + 50_000)
    expect(Math.max(...fitness)).toBeLessThan(800_000)
    expect(new Set(fitness).size).toBe(hallOfFame.length)
  })

  test('every champion in the hall beats those that were there before it, taken together', () => {
    for (let rank = 3; rank < hallOfFame.length; rank++) {
      let share = 0
      for (let episode = 0; episode < 2 * rank; episode++) {
        let state = environment.start(episode)
        for (let ended = false; !ended;) {
          const steer = hallOfFame[rank]!.steer(Float64Array.from(environment.observe(state)))
          const step = environment.step(state, steer)
          state = step.state
          ended = step.terminated
          share += step.reward / (2 * rank)
        }
      }
      expect(share).toBeGreaterThan(0.5)
    }
  })

  test('a watched game is worth what the evaluation of it is', () => {
    const [member] = hallOfFame
    let total = 0
    for (let episode = 0; episode < 2 * hallOfFame.length; episode++) {
      let state = environment.start(episode)
      for (let ended = false; !ended;) {
        const step = environment.step(state, environment.decide([0.5 + 0.5 * member!.steer(Float64Array.from(environment.observe(state)))]))
        state = step.state
        ended = step.terminated
        total += step.reward
      }
    }
    expect(total / (2 * hallOfFame.length)).toBeCloseTo(pursuit.evaluate(challenger(member!)).score, 12)
  })

  test('lets a person take the seat of the opponent, in either role', () => {
    for (const episode of [0, 1]) {
      const start = environment.start(episode)
      const person = start[8] === 0 ? 5 : 2
      const turned = [-1, 1].map((steer) => environment.step(start, 0, steer).state[person]! - start[person]!)
      expect(turned[0]).toBeLessThan(0)
      expect(turned[1]).toBeCloseTo(-turned[0]!, 12)
      expect(environment.step(start, 0, 5)).toEqual(environment.step(start, 0, 1))
    }
  })

  test('shares out exactly one point: a catch above 0.5 and the sooner the more, an escape below and the nearer the less', () => {
    const ending = (time: number, nearest: number): number[] => [0, 0, 0, 0, 0, 0, time, 0, 0, nearest]
    expect(chaserShare(ending(10, 0.4), true)).toBeGreaterThan(chaserShare(ending(20, 0.4), true))
    expect(chaserShare(ending(MAX_STEPS, 0.4), true)).toBe(0.5)
    expect(chaserShare(ending(MAX_STEPS, 0.6), false)).toBeGreaterThan(chaserShare(ending(MAX_STEPS, 3), false))
    expect(chaserShare(ending(MAX_STEPS, 0.6), false)).toBeLessThan(0.5)
  })
})
