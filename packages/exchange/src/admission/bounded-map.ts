// A map that strangers may fill: it has a cap, and past it forgets what was set longest ago. Every collection keyed by
// remote data is one of these or says beside it what bounds it.

export interface BoundedMap<K, V> {
  get(key: K): V | undefined
  has(key: K): boolean
  /** Makes `key` the newest. @returns what had to be forgotten for it */
  set(key: K, value: V): { readonly key: K; readonly value: V } | undefined
  delete(key: K): void
  /** Oldest first. */
  entries(): IterableIterator<[K, V]>
  values(): IterableIterator<V>
  readonly size: number
}

export function createBoundedMap<K, V>(capacity: number): BoundedMap<K, V> {
  const map = new Map<K, V>()
  return {
    get: (key) => map.get(key),
    has: (key) => map.has(key),
    set(key, value) {
      map.delete(key)
      map.set(key, value)
      if (map.size <= capacity) return undefined
      for (const [oldest, forgotten] of map) {
        map.delete(oldest)
        return { key: oldest, value: forgotten }
      }
      return undefined
    },
    delete: (key) => void map.delete(key),
    entries: () => map.entries(),
    values: () => map.values(),
    get size() {
      return map.size
    },
  }
}
