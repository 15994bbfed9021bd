// What is due when, on a virtual clock: ordered by time, then by arrival, so that equal times keep the order in which they
// were asked for. A wheel of one-millisecond slots for what comes soon and a heap for what comes later (Varghese and Lauck
// 1987, scheme 6 with overflow); only the slot at hand is sorted.

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

/** Slots of 1 ms: a heartbeat and most timeouts fit. A power of two. */
const SLOTS = 8_192

function before(a: Item, b: Item): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order)
}

export function createEventQueue(start: number): EventQueue {
  const slots: Item[][] = Array.from({ length: SLOTS }, () => [])
  /** Due within the slot at hand. */
  const due = createHeap()
  /** Due after the wheel's horizon. */
  const later = createHeap()
  /** The slot at hand: everything before `slot + 1` is in `due`. */
  let slot = Math.floor(start)
  let onWheel = 0
  let now = start
  let order = 0

  function place(item: Item): void {
    const wanted = Math.floor(item.time)
    if (wanted <= slot) due.push(item)
    else if (wanted - slot < SLOTS) {
      slots[wanted % SLOTS]!.push(item)
      onWheel++
    } else later.push(item)
  }

  /** Goes on to the next slot with something in it. @returns false when there is none up to `time` */
  function turn(time: number): boolean {
    const last = Math.floor(time)
    while (slot < last) {
      if (onWheel === 0) slot = Math.min(last, Math.floor(later.first()?.time ?? last))
      else slot++
      for (let next = later.first(); next !== undefined && Math.floor(next.time) - slot < SLOTS; next = later.first()) place(later.pop())
      const items = slots[slot % SLOTS]!
      if (items.length > 0) {
        slots[slot % SLOTS] = []
        onWheel -= items.length
        for (const item of items) due.push(item)
      }
      if (due.first() !== undefined) return true
    }
    return false
  }

  return {
    at(time, action) {
      place({ time: Math.max(time, now), order: order++, action })
    },
    runUntil(time) {
      for (;;) {
        for (let next = due.first(); next !== undefined && next.time <= time; next = due.first()) {
          due.pop()
          now = next.time
          next.action()
        }
        if (due.first() !== undefined || !turn(time)) break
      }
      now = Math.max(now, time)
    },
    now: () => now,
    size: () => due.size() + onWheel + later.size(),
  }
}

interface Heap {
  first(): Item | undefined
  push(item: Item): void
  /** Must not be empty. */
  pop(): Item
  size(): number
}

function createHeap(): Heap {
  const heap: Item[] = []

  function rise(item: Item): void {
    let index = heap.length - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!before(item, heap[parent]!)) break
      heap[index] = heap[parent]!
      index = parent
    }
    heap[index] = item
  }

  function sink(item: Item): void {
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

  return {
    first: () => heap[0],
    push(item) {
      heap.push(item)
      rise(item)
    },
    pop() {
      const first = heap[0]!
      const last = heap.pop()!
      if (heap.length > 0) sink(last)
      return first
    },
    size: () => heap.length,
  }
}
