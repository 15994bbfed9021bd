// A value that changes and can be watched: what components subscribe to, whatever produces it.

export interface Source<T> {
  /** The same object until something changed, as React's external stores require. */
  current(): T
  subscribe(listener: () => void): () => void
}

export interface Signal<T> extends Source<T> {
  set(value: T): void
}

export function createSignal<T>(first: T): Signal<T> {
  let value = first
  const listeners = new Set<() => void>()
  return {
    current: () => value,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    set: (next) => {
      value = next
      for (const listener of listeners) listener()
    },
  }
}
