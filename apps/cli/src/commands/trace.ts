// `megabrain trace`: the bare task, no network: one start state, a list of actions, what comes of them.

import type { Command } from '../command.ts'
import { findTaskByReference } from '../task-reference.ts'
import { readNumbers, readOptions, required, UsageError } from '../usage.ts'

export const traceCommand: Command = {
  usage: 'trace --task ID --state a,b,… --actions a,b,…',
  async run(args) {
    const { values } = readOptions(args, { task: { type: 'string' }, state: { type: 'string' }, actions: { type: 'string' } })
    const task = await findTaskByReference(required(values.task, '--task'))
    const { environment } = task
    if (environment === undefined) throw new UsageError(`task ${task.id} has no states to trace`)
    let state: readonly number[] = readNumbers(required(values.state, '--state'), '--state')
    const { variables } = environment
    if (state.length !== variables.length) {
      throw new UsageError(`--state of ${task.id} is ${variables.length} numbers (${variables.join(', ')}), got ${state.length}`)
    }
    const states: (readonly number[])[] = []
    const rewards: number[] = []
    const terminated: boolean[] = []
    for (const action of readNumbers(required(values.actions, '--actions'), '--actions')) {
      const step = environment.step(state, action)
      state = step.state
      states.push(state)
      rewards.push(step.reward)
      terminated.push(step.terminated)
    }
    const lines = states.map((each, i) => `${each.join(' ')}  reward ${rewards[i]}${terminated[i] === true ? '  terminated' : ''}`)
    return { json: { states, rewards, terminated }, text: [`# ${variables.join('  ')}`, ...lines].join('\n') }
  },
}
