// The directory of a memory network: one board that every member reads and writes, a delay away. Knows members by name only;
// the network says who is there and links whom it is told to.

import type { Found, PeerId } from '../ports.ts'

export interface MemoryDirectory {
  advertise(peer: PeerId, name: string): void
  withdraw(peer: PeerId, name: string): void
  /** Calls `done` once, later. @returns ends it at once */
  find(peer: PeerId, name: string, limits: { readonly timeoutMs: number; readonly most: number }, done: (found: Found) => void): () => void
  /** Whether a search of `peer` has named `other`. */
  hasNamed(peer: PeerId, other: PeerId): boolean
  /** Forgets what `peer` advertised and found. */
  leave(peer: PeerId): void
}

export interface BoardWorld {
  readonly after: (ms: number, action: () => void) => void
  /** There and back, ms. */
  readonly delay: () => number
  readonly lost: () => boolean
  readonly mayMeet: (a: PeerId, b: PeerId) => boolean
}

const NOBODY: Found = { peers: [], hops: 0, messages: 1 }

export function createMemoryDirectory(world: BoardWorld): MemoryDirectory {
  const board = new Map<string, Set<PeerId>>()
  const namesOf = new Map<PeerId, Set<string>>()
  const named = new Map<PeerId, Set<PeerId>>()

  function withdraw(peer: PeerId, name: string): void {
    const peers = board.get(name)
    peers?.delete(peer)
    if (peers?.size === 0) board.delete(name)
    namesOf.get(peer)?.delete(name)
  }

  return {
    advertise(peer, name) {
      const peers = board.get(name)
      if (peers === undefined) board.set(name, new Set([peer]))
      else peers.add(peer)
      namesOf.set(peer, (namesOf.get(peer) ?? new Set()).add(name))
    },
    withdraw,
    find(peer, name, { timeoutMs, most }, done) {
      let isOpen = true
      function finish(found: Found): void {
        if (!isOpen) return
        isOpen = false
        done(found)
      }
      world.after(timeoutMs, () => finish(NOBODY))
      if (!world.lost()) {
        world.after(world.delay(), () => {
          if (!isOpen) return
          const peers = [...board.get(name) ?? []].filter((other) => other !== peer && world.mayMeet(peer, other)).slice(0, most)
          const known = named.get(peer) ?? new Set()
          for (const other of peers) known.add(other)
          named.set(peer, known)
          finish({ peers, hops: 1, messages: 1 })
        })
      }
      return () => finish(NOBODY)
    },
    hasNamed: (peer, other) => named.get(peer)?.has(other) === true,
    leave(peer) {
      named.delete(peer)
      for (const name of [...namesOf.get(peer) ?? []]) withdraw(peer, name)
      namesOf.delete(peer)
    },
  }
}
