// The part of the mesh bridge that carries the directory: searches and advertisements of the worker, answered by the page.

import { assertDirectoryKey, createAdvertisements } from '@megabrain/exchange'
import type { Directory, Found, PeerId, Service, Unsubscribe } from '@megabrain/exchange'

type SearchLimits = Parameters<Directory['find']>[2]

/** From the side that uses it. `call` ties an answer, or the end of it, to what asked. */
export type ToDirectory =
  | { readonly kind: 'advertise'; readonly call: number; readonly service: Service; readonly key: string }
  | { readonly kind: 'withdraw'; readonly call: number }
  | { readonly kind: 'find'; readonly call: number; readonly service: Service; readonly key: string; readonly limits: SearchLimits }
  | { readonly kind: 'cancel'; readonly call: number }
  | { readonly kind: 'reach'; readonly call: number; readonly peer: PeerId; readonly timeoutMs: number }

export type FromDirectory =
  | { readonly kind: 'found'; readonly call: number; readonly found: Found }
  | { readonly kind: 'reached'; readonly call: number; readonly reached: boolean }

/** Searches and attempts under way before more of them end at once with nothing. */
const MAX_CALLS = 32
const NOBODY: Found = { peers: [], hops: 0, messages: 0 }

export interface OfferedDirectory {
  receive(message: ToDirectory): void
  /** Undoes and cancels everything. */
  close(): void
}

export function offerDirectory(directory: Directory, post: (message: FromDirectory) => void): OfferedDirectory {
  /** By call: undoes an advertisement or cancels a search. */
  const ends = new Map<number, Unsubscribe>()

  function end(call: number): void {
    ends.get(call)?.()
    ends.delete(call)
  }

  return {
    receive(message) {
      const { call } = message
      switch (message.kind) {
        case 'advertise':
          ends.set(call, directory.advertise(message.service, message.key))
          return
        case 'find': {
          const { found, cancel } = directory.find(message.service, message.key, message.limits)
          ends.set(call, cancel)
          void found.then((value) => {
            ends.delete(call)
            post({ kind: 'found', call, found: value })
          })
          return
        }
        case 'reach':
          void directory.reach(message.peer, message.timeoutMs).then((reached) => post({ kind: 'reached', call, reached }))
          return
        default:
          end(call)
      }
    },
    close() {
      for (const call of [...ends.keys()]) end(call)
    },
  }
}

export interface BridgedDirectory {
  readonly directory: Directory
  receive(message: FromDirectory): void
}

export function bridgedDirectory(post: (message: ToDirectory) => void): BridgedDirectory {
  let lastCall = 0
  const finding = new Map<number, (found: Found) => void>()
  const reaching = new Map<number, (reached: boolean) => void>()
  const advertisements = createAdvertisements((service, key) => {
    lastCall += 1
    const call = lastCall
    post({ kind: 'advertise', call, service, key })
    return () => post({ kind: 'withdraw', call })
  })
  return {
    directory: {
      advertise: advertisements.add,
      find(service, key, limits) {
        assertDirectoryKey(key)
        if (finding.size >= MAX_CALLS) return { found: Promise.resolve(NOBODY), cancel: () => {} }
        lastCall += 1
        const call = lastCall
        const found = new Promise<Found>((resolve) => finding.set(call, resolve))
        post({ kind: 'find', call, service, key, limits })
        return { found, cancel: () => { if (finding.has(call)) post({ kind: 'cancel', call }) } }
      },
      reach(peer, timeoutMs) {
        if (reaching.size >= MAX_CALLS) return Promise.resolve(false)
        lastCall += 1
        const call = lastCall
        post({ kind: 'reach', call, peer, timeoutMs })
        return new Promise((resolve) => reaching.set(call, resolve))
      },
    },
    receive(message) {
      const { call } = message
      if (message.kind === 'found') {
        finding.get(call)?.(message.found)
        finding.delete(call)
      } else {
        reaching.get(call)?.(message.reached)
        reaching.delete(call)
      }
    },
  }
}
