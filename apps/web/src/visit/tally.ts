// What this browser had contributed when the page was left last, so that the next visit can say what came since.

import type { Drawer } from './remembered.ts'

export interface Tally {
  /** Milliseconds since 1970. */
  readonly time: number
  /** Busy time of one core, ms. */
  readonly busyMs: number
  readonly evaluations: number
  readonly published: number
  /** As `AuthorCredit` counts them. */
  readonly discoveries: number
  readonly finds: number
  readonly bestInMesh: number
}

const KEY = 'megabrain.tally'
const names = ['time', 'busyMs', 'evaluations', 'published', 'discoveries', 'finds', 'bestInMesh'] as const

/** Undefined before the first visit has ended, and for anything that is no tally. */
export function rememberedTally(drawer: Drawer): Tally | undefined {
  try {
    const read = JSON.parse(drawer.getItem(KEY) ?? 'null') as Partial<Record<(typeof names)[number], unknown>> | null
    return read !== null && names.every((name) => typeof read[name] === 'number' && read[name] >= 0) ? (read as Tally) : undefined
  } catch {
    return undefined
  }
}

export function rememberTally(drawer: Drawer, tally: Tally): void {
  try {
    drawer.setItem(KEY, JSON.stringify(tally))
  } catch {
    // A full or forbidden store: the next visit says nothing of this one.
  }
}
