// Watches memory and lateness of the process and tells the mesh what to refuse. Apart from the state machine, which can be tested
// without a busy machine.

import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { LoadLevel, RelayMesh } from '@megabrain/mesh/node'
import type { Log } from '../log.ts'
import { CALM, stepLoad } from './load-state.ts'

export interface LoadView {
  readonly level: LoadLevel
  /** Mebibytes. */
  readonly memoryMb: number
  readonly memoryLimitMb: number
  /** How late half of the timers of the last seconds were, s: one long pause is no overload. */
  readonly lag: number
}

export interface LoadGuard {
  view(): LoadView
  close(): void
}

const LOOK_MS = 1_000
const MIB = 1_048_576
const NANOSECONDS = 1e9
const RESOLUTION_MS = 20
const MEDIAN = 50
/** Looks within which timers are counted. */
const WINDOW = 5
/** Collections of garbage under load are at least this far apart, ms: each takes a good part of a second on a large heap. */
const COLLECT_MS = 5_000

export function openLoadGuard(mesh: Pick<RelayMesh, 'shed'>, memoryLimitMb: number, log: Log): LoadGuard {
  const collect = collector()
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delays.enable()
  let state = CALM
  let lag = 0
  let looks = 0
  let collectedAt = -Infinity
  const memoryMb = (): number => process.memoryUsage.rss() / MIB
  const timer = setInterval(() => {
    const now = performance.now()
    lag = Math.max(0, delays.percentile(MEDIAN) / NANOSECONDS - RESOLUTION_MS / 1_000)
    if (++looks % WINDOW === 0) delays.reset()
    const observed = () => ({ memory: memoryMb() / memoryLimitMb, lag })
    // An idle V8 keeps garbage and pages for ever: without a collection nobody would be let in again, and some be ended for nothing.
    if (stepLoad(state, observed(), now).level > 0 && now - collectedAt >= COLLECT_MS) {
      collectedAt = now
      collect()
    }
    const before = state.level
    state = stepLoad(state, observed(), now)
    if (state.level !== before) {
      log.write(state.level > before ? 'warn' : 'info', 'load', { level: state.level, before, memoryMb: Math.round(memoryMb()), memoryLimitMb, lag })
    }
    if (state.level !== before || state.level === 3) mesh.shed(state.level)
  }, LOOK_MS)
  return {
    view: () => ({ level: state.level, memoryMb: Math.round(memoryMb()), memoryLimitMb, lag }),
    close() {
      clearInterval(timer)
      delays.disable()
    },
  }
}

/** V8's own collector, which Node shows only to those who ask for it at the start of the program or like this. */
function collector(): () => void {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as (options: { readonly type: 'major'; readonly execution: 'sync'; readonly flavor: 'last-resort' }) => void
  return () => gc({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
