// One owner's machines in one realm, as this machine sees them: pure. Which words hold, whether all should pause, and when this
// machine's own word is due. Sealing, signing and telling are `machines.ts`.

import type { MachineWord } from '@megabrain/exchange'
import type { MachineView, MachinesView } from '../snapshot.ts'

type StateWord = MachineWord & { readonly of: 'state' }

/** A word whose signature and seal held. */
export interface HeardWord {
  /** Public key, hex. */
  readonly device: string
  readonly word: MachineWord
  /** Of the statement: counts up. */
  readonly revision: number
  /** Milliseconds since 1970 by the speaker's clock. */
  readonly time: number
}

export interface Surroundings {
  /** This device, hex. */
  readonly self: string
  readonly words: readonly HeardWord[]
  /** Devices that the owner took back, hex. */
  readonly revoked: ReadonlySet<string>
  /** Wishes up to this revision were overruled on this machine. */
  readonly overruled: number
  /** Milliseconds since 1970. */
  readonly now: number
}

/** How a machine that says nothing new is heard of. */
const TELL_EVERY_MS = 60_000
/** A state that flickers is not told each time. */
const TELL_APART_MS = 5_000
/** Three words missed. */
const SILENT_MS = 3 * TELL_EVERY_MS + 10_000

/** The newest wish of a device that still speaks for its owner. */
export function wishOf({ words, revoked }: Pick<Surroundings, 'words' | 'revoked'>): (HeardWord & { readonly paused: boolean }) | undefined {
  let newest: (HeardWord & { readonly paused: boolean }) | undefined
  for (const heard of words) {
    if (heard.word.of !== 'wish' || revoked.has(heard.device)) continue
    if (newest === undefined || heard.revision > newest.revision) newest = { ...heard, paused: heard.word.paused }
  }
  return newest
}

/** Whether this machine rests because its owner asked all machines to. */
export function isPausedByOwner(surroundings: Surroundings): boolean {
  const { self, overruled, revoked } = surroundings
  const wish = wishOf(surroundings)
  // A device that was taken back is nobody's machine any more.
  return wish !== undefined && wish.paused && wish.revision > overruled && !revoked.has(self)
}

export function machinesView(surroundings: Surroundings, mayRevoke: boolean): MachinesView {
  const { self, words, revoked, now } = surroundings
  const wish = wishOf(surroundings)
  const machines = words.flatMap((heard): MachineView[] => {
    const { device, word, time } = heard
    if (word.of !== 'state') return []
    const { name, phase, reason, dutyPercent, evaluationsPerSecond } = word
    return [{
      device, name, phase, reason, dutyPercent, evaluationsPerSecond, heardAt: Math.min(time, now), isHere: device === self,
      isSilent: now - time > SILENT_MS, isRevoked: revoked.has(device),
    }]
  })
  machines.sort((a, b) => Number(b.isHere) - Number(a.isHere) || (a.device < b.device ? -1 : 1))
  return { machines, isPaused: wish?.paused ?? false, mayRevoke }
}

/** @param told what was told last, and when */
export function isWordDue(told: { readonly word: StateWord; readonly at: number } | undefined, word: StateWord, now: number): boolean {
  if (told === undefined) return true
  const since = now - told.at
  // A clock that was set back must not silence us for as long.
  if (since >= TELL_EVERY_MS || since < 0) return true
  return since >= TELL_APART_MS && isNews(told.word, word)
}

/** Rates are told with the minute. */
function isNews(before: StateWord, now: StateWord): boolean {
  return before.name !== now.name || before.phase !== now.phase || before.reason !== now.reason
}
