// What one member advertises in the directory now: which keys are allowed, how many, and since when one is no longer wanted.
// Apart, since every adapter keeps this list alike.

import { MAX_ADVERTISED, MAX_DIRECTORY_KEY_CHARACTERS } from './limits.ts'
import type { Service, Unsubscribe } from './ports.ts'

export interface Advertisements {
  /** @throws RangeError as `Directory.advertise` */
  add(service: Service, key: string): Unsubscribe
}

const ASCII = /^[\x21-\x7e]+$/

/** @param listed called when a key is advertised that was not; what it returns is called when nobody wants it any more */
export function createAdvertisements(listed: (service: Service, key: string) => Unsubscribe): Advertisements {
  const wanted = new Map<string, { count: number; readonly end: Unsubscribe }>()
  return {
    add(service, key) {
      assertDirectoryKey(key)
      const name = `${service} ${key}`
      const advertisement = wanted.get(name) ?? { count: 0, end: begin(service, key) }
      advertisement.count++
      wanted.set(name, advertisement)
      let isWanted = true
      return () => {
        if (!isWanted) return
        isWanted = false
        if (--advertisement.count > 0) return
        wanted.delete(name)
        advertisement.end()
      }
    },
  }

  function begin(service: Service, key: string): Unsubscribe {
    if (wanted.size >= MAX_ADVERTISED) throw new RangeError(`A member must advertise at most ${MAX_ADVERTISED} keys at a time, got one more: ${key}`)
    return listed(service, key)
  }
}

/** @throws RangeError unless it is 1 to `MAX_DIRECTORY_KEY_CHARACTERS` of visible ASCII */
export function assertDirectoryKey(key: string): void {
  if (key.length <= MAX_DIRECTORY_KEY_CHARACTERS && ASCII.test(key)) return
  throw new RangeError(`A key of the directory must be 1 to ${MAX_DIRECTORY_KEY_CHARACTERS} visible ASCII characters, got ${JSON.stringify(key.slice(0, 200))}`)
}
