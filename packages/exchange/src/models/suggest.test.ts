import { expect, test } from 'vitest'
import { suggestModel } from './suggest.ts'

test('Model 2 is suggested past a thousand agents on one task, Model 3 when tasks differ, each with a reason', () => {
  expect([[20, 1], [1_000, 1], [1_001, 1], [20, 4], [20_000, 2]].map(([agents, tasks]) => suggestModel(agents!, tasks!).model))
    .toEqual(['distributed', 'distributed', 'federated', 'swarm', 'swarm'])
  expect(suggestModel(1_001, 1).reason).toContain('1001 agents')
  expect(suggestModel(20, 4).reason).toContain('4 different tasks')
})
