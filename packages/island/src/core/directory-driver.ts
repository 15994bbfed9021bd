// Carries out what the member wants of the directory: keeps its list advertised on whatever mesh there is, and makes
// neighbours of those who hold a body. Apart from the member driver, which knows nothing of searches that take a while.

import type { Directory, PeerId, Service, Unsubscribe } from '@megabrain/exchange'

export interface DirectoryDriver {
  /** Replaces the directory; what is advertised moves to the new one. */
  attach(directory: Directory | undefined): void
  /** All that is advertised from now on. */
  advertise(service: Service, keys: readonly string[]): void
  /** @returns those who say that they hold it and are neighbours now */
  holdersOf(service: Service, key: string, most: number): Promise<readonly PeerId[]>
}

const FIND_MS = 10_000
const REACH_MS = 20_000

export function createDirectoryDriver(): DirectoryDriver {
  let directory: Directory | undefined
  let wanted: { readonly service: Service; readonly keys: readonly string[] } | undefined
  const advertised = new Map<string, Unsubscribe>()

  function renew(): void {
    for (const [key, end] of advertised) {
      if (wanted?.keys.includes(key) === true) continue
      end()
      advertised.delete(key)
    }
    for (const key of wanted?.keys ?? []) {
      if (directory !== undefined && wanted !== undefined && !advertised.has(key)) advertised.set(key, directory.advertise(wanted.service, key))
    }
  }

  return {
    attach(next) {
      for (const end of advertised.values()) end()
      advertised.clear()
      directory = next
      renew()
    },
    advertise(service, keys) {
      wanted = { service, keys }
      renew()
    },
    async holdersOf(service, key, most) {
      const asked = directory
      if (asked === undefined) return []
      const { peers } = await asked.find(service, key, { timeoutMs: FIND_MS, most }).found
      const reached = await Promise.all(peers.map((peer) => asked.reach(peer, REACH_MS)))
      return peers.filter((_, at) => reached[at])
    },
  }
}
