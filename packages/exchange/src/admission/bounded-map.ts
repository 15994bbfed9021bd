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
  return new OldestFirst<K, V>(capacity)
}

/** A class, so that all maps share their methods: a member has hundreds, a simulation millions. */
class OldestFirst<K, V> implements BoundedMap<K, V> {
  readonly #map = new Map<K, V>()
  readonly #capacity: number

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get(key: K): V | undefined {
    return this.#map.get(key)
  }

  has(key: K): boolean {
    return this.#map.has(key)
  }

  set(key: K, value: V): { readonly key: K; readonly value: V } | undefined {
    const map = this.#map
    map.delete(key)
    map.set(key, value)
    if (map.size <= this.#capacity) return undefined
    for (const [oldest, forgotten] of map) {
      map.delete(oldest)
      return { key: oldest, value: forgotten }
    }
    return undefined
  }

  delete(key: K): void {
    this.#map.delete(key)
  }

  entries(): IterableIterator<[K, V]> {
    return this.#map.entries()
  }

  values(): IterableIterator<V> {
    return this.#map.values()
  }

  get size(): number {
    return this.#map.size
  }
}
