// Waiting between slices. Timers cannot wait less than 1 to 4 ms, so a rest of nothing takes another way through the event
// loop; and a rest can be cut short, so that a change of the settings acts at once.

import { portOver } from './port.ts'

export interface Rest {
  /** Waits `ms`, at least until the next turn of the event loop. One wait at a time. */
  wait(ms: number): Promise<void>
  interrupt(): void
}

export function createRest(): Rest {
  const nextTurn = createNextTurn()
  let resume = (): void => undefined
  return {
    wait: (ms) => new Promise((resolve) => {
      const timer = ms >= 1 ? setTimeout(resolve, ms) : undefined
      resume = () => {
        clearTimeout(timer)
        resolve()
      }
      if (timer === undefined) nextTurn(resolve)
    }),
    interrupt: () => resume(),
  }
}

/** Node takes up to a thousand messages of one port in a row, timers and other ports waiting; browsers have no setImmediate. */
function createNextTurn(): (callback: () => void) => void {
  const { setImmediate } = globalThis as { setImmediate?: (callback: () => void) => unknown }
  if (setImmediate !== undefined) return setImmediate
  const channel = new MessageChannel()
  const here = portOver<undefined, undefined>(channel.port1)
  const there = portOver<undefined, undefined>(channel.port2)
  let callback = (): void => undefined
  here.listen(() => callback())
  return (next) => {
    callback = next
    there.post(undefined)
  }
}
