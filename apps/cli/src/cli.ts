// The whole command line but the process around it: finds the command and gives its ending.

import type { Command, Surroundings } from './command.ts'
import { activateCommand } from './commands/activate.ts'
import { benchCommand } from './commands/bench.ts'
import { bestCommand } from './commands/best.ts'
import { compareCommand } from './commands/compare.ts'
import { convertCommand } from './commands/convert.ts'
import { creditCommand } from './commands/credit.ts'
import { donateCommand } from './commands/donate.ts'
import { evolveCommand } from './commands/evolve.ts'
import { farmCommand } from './commands/farm.ts'
import { getCommand } from './commands/get.ts'
import { inspectCommand } from './commands/inspect.ts'
import { machinesCommand } from './commands/machines.ts'
import { newTaskCommand } from './commands/new-task.ts'
import { peersCommand } from './commands/peers.ts'
import { plotCommand } from './commands/plot.ts'
import { publishCommand } from './commands/publish.ts'
import { realmCommand } from './commands/realm.ts'
import { relayCommand } from './commands/relay.ts'
import { scoreCommand } from './commands/score.ts'
import { shardCommand } from './commands/shard.ts'
import { simulateCommand } from './commands/simulate.ts'
import { tasksCommand } from './commands/tasks.ts'
import { teamCommand } from './commands/team.ts'
import { traceCommand } from './commands/trace.ts'
import { verifyCommand } from './commands/verify.ts'
import { endingOf } from './ending.ts'
import type { Ending } from './ending.ts'
import { UsageError } from './usage.ts'

const commands: Readonly<Record<string, Command>> = {
  tasks: tasksCommand,
  evolve: evolveCommand,
  'new-task': newTaskCommand,
  plot: plotCommand,
  compare: compareCommand,
  score: scoreCommand,
  trace: traceCommand,
  activate: activateCommand,
  verify: verifyCommand,
  inspect: inspectCommand,
  convert: convertCommand,
  realm: realmCommand,
  credit: creditCommand,
  team: teamCommand,
  peers: peersCommand,
  best: bestCommand,
  get: getCommand,
  publish: publishCommand,
  donate: donateCommand,
  farm: farmCommand,
  machines: machinesCommand,
  relay: relayCommand,
  shard: shardCommand,
  simulate: simulateCommand,
  bench: benchCommand,
}

const usages = Object.values(commands).map(({ usage }) => `  ${usage}`)
const overview = ['Usage: megabrain <command> [options] [--json]', '', ...usages].join('\n')

/** Throws only what is our own bug. */
export async function runMegabrain(args: readonly string[], surroundings: Surroundings): Promise<Ending> {
  const [name, ...rest] = args
  if (name === undefined || ['help', '--help', '-h'].includes(name)) {
    return name === undefined ? { exit: 2, output: '', fault: overview } : { exit: 0, output: overview, fault: '' }
  }
  return endingOf(name, () => commandOf(name), rest, surroundings)
}

function commandOf(name: string): Command {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command !== undefined) return command
  const known = Object.keys(commands).join(', ')
  throw new UsageError(`no such command; there are ${known}`)
}
