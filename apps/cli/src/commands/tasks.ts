// `megabrain tasks`: what there is to solve.

import { tasks } from '@megabrain/tasks'
import type { Command } from '../command.ts'
import { readOptions } from '../usage.ts'

export const tasksCommand: Command = {
  usage: 'tasks',
  async run(args) {
    readOptions(args, {})
    const json = Object.values(tasks).map(({ id, version, inputs, outputs, goal, deterministic }) => (
      { id, version, inputs, outputs, goal, deterministic }
    ))
    return { json, text: json.map(({ id, inputs, outputs, goal }) => `${id.padEnd(24)} ${inputs} in, ${outputs} out  ${goal}`).join('\n') }
  },
}
