// Where a donor's keys and archive lie below the folder that `--data` names: `donate` works there, `machines` links and visits by it.

import { join } from 'node:path'

/** @param worker from the time when each worker was an island of its own; the first is the one that donates */
export function donorFolder(data: string, worker = 1): string {
  return join(data, `worker-${worker}`)
}
