// Where a donor's keys and archive lie below the folder that `--data` names: `donate` works there, `machines` links and visits by it.

import { join } from 'node:path'

/** The name is from the time when each worker was an island of its own. */
export function donorFolder(data: string): string {
  return join(data, 'worker-1')
}
