// Where a figure was measured: what the machine is and how busy it was, since a loaded one explains most odd figures.

import { cpus, loadavg } from 'node:os'

export interface Machine {
  readonly processor: string
  readonly cores: number
  /** Processes that wanted to run, mean over the last minute. */
  readonly load: number
}

export function describeMachine(): Machine {
  return { processor: cpus()[0]?.model ?? 'unknown', cores: cpus().length, load: Number(loadavg()[0]!.toFixed(1)) }
}
