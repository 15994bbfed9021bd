// What is due when, on a virtual clock: a binary heap ordered by time, then by arrival, so that equal times keep the
// order in which they were asked for.

export interface EventQueue {
  /** Runs `action` at `time`; never before what is already due. */
  at(time: number, action: () => void): void
  /** Runs everything due up to and including `time`, in order. */
  runUntil(time: number): void
  /** Time of the last thing run, ms. */
  now(): number
  size(): number
}

interface Item {
  readonly time: number
  readonly order: number
  readonly action: () => void
}

function before(a: Item, b: Item): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order)
}

export function createEventQueue(start: number): EventQueue {
  const heap: Item[] = []
  let now = start
  let order = 0

  function rise(from: number): void {
    let index = from
    const item = heap[index]!
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!before(item, heap[parent]!)) break
      heap[index] = heap[parent]!
      index = parent
    }
    heap[index] = item
  }

  function sink(): void {
    const item = heap[0]!
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++
      if (!before(heap[child]!, item)) break
      heap[index] = heap[child]!
      index = child
    }
    heap[index] = item
  }

  function take(): Item {
    const first = heap[0]!
    const last = heap.pop()!
    if (heap.length > 0) {
      heap[0] = last
      sink()
    }
    return first
  }

  return {
    at(time, action) {
      heap.push({ time: Math.max(time, now), order: order++, action })
      rise(heap.length - 1)
    },
    runUntil(time) {
      while (heap.length > 0 && heap[0]!.time <= time) {
        const item = take()
        now = item.time
        item.action()
      }
      now = Math.max(now, time)
    },
    now: () => now,
    size: () => heap.length,
  }
}
