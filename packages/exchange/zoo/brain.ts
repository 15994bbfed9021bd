// What a group of attackers knows together: bodies that any of them serves, envelopes that any of them heard, and a count
// of what they did. One brain for several beings is a collusion.

export interface Brain {
  /** sha256 in hex → body. */
  readonly bodies: Map<string, Uint8Array>
  /** What was heard on the channel, oldest first, at most `MAX_HEARD`. */
  readonly heard: Uint8Array[]
  /** How often each thing was done, by name. */
  readonly deeds: Map<string, number>
  did(deed: string): void
  hear(envelope: Uint8Array): void
  /** Counts up for each identity, never below the clock in seconds. */
  nextSequence(identity: string, now: number): number
}

const MAX_HEARD = 512

export function createBrain(): Brain {
  const sequences = new Map<string, number>()
  const deeds = new Map<string, number>()
  const heard: Uint8Array[] = []
  return {
    bodies: new Map(),
    heard,
    deeds,
    did: (deed) => void deeds.set(deed, (deeds.get(deed) ?? 0) + 1),
    hear(envelope) {
      heard.push(envelope)
      if (heard.length > MAX_HEARD) heard.shift()
    },
    nextSequence(identity, now) {
      const sequence = Math.max((sequences.get(identity) ?? 0) + 1, Math.floor(now / 1_000))
      sequences.set(identity, sequence)
      return sequence
    },
  }
}
