// A small rented server, faked: one core and 1 GB by control groups where the kernel lets us, else by `taskset` alone.

import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface SmallServer {
  /** What holds the relay down, in words. */
  readonly name: string
  /** Put before the program. */
  readonly under: readonly string[]
  /** Bytes that the process has written to sockets and files. */
  traffic(pid: number): number
  /** Once the relay has ended. */
  close(): void
}

const MEMORY_BYTES = 1_000_000_000
const V1 = '/sys/fs/cgroup/memory'

/** Memory by a control group of version 1 (Debian 12 containers), the core by pinning. */
export function oneCoreOneGigabyte(): SmallServer {
  const group = join(V1, `megabrain-bench-${process.pid}`)
  const held = limitMemory(group)
  const shell = held ? ['sh', '-c', `echo $$ > ${group}/cgroup.procs && exec "$@"`, 'sh'] : []
  return {
    name: held ? 'one core (taskset) and 1 GB (cgroup)' : 'one core (taskset), memory not limited: control groups cannot be written',
    under: [...shell, 'taskset', '-c', '0'],
    // wchar counts what write calls handed over; what the archive writes is small beside it.
    traffic: (pid) => Number(/^wchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]),
    close() {
      if (held) rmdirSync(group)
    },
  }
}

function limitMemory(group: string): boolean {
  try {
    if (!existsSync(V1)) return false
    mkdirSync(group, { recursive: true })
    writeFileSync(join(group, 'memory.limit_in_bytes'), String(MEMORY_BYTES))
    return true
  } catch {
    return false
  }
}
