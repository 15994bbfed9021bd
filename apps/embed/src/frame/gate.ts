// Which clicks count as a person's will. A page can neither fake a trusted click nor fool the browser about what is seen; what is
// left to it is to have the frame appear, move or be uncovered under a hand that is about to press, so time is asked for.

import type { Cause } from '../protocol.ts'

/** Where a pointer is, on the screen and in the frame, and when. */
export interface PointerAt {
  readonly screenX: number
  readonly screenY: number
  readonly clientX: number
  readonly clientY: number
  /** ms, monotonic. */
  readonly at: number
}

/** What is known of a pointer as long as the frame seems to stay in its place. */
export interface Known {
  readonly first: PointerAt
  /** When it was last heard of, ms. Browsers do not always tell a frame that the pointer has left. */
  readonly lastAt: number
  /** A press here was refused, and the person told so. */
  readonly isWarned: boolean
}

export interface Gate {
  /** Since when the question can be seen plainly; undefined while it cannot. */
  readonly seenSince: number | undefined
  readonly cause: Cause
  readonly pointer: Known | undefined
}

export type Click = {
  readonly isTrusted: boolean
  /** By mouse, pen or finger; undefined for a key. */
  readonly pointer: (PointerAt & { readonly isTouch: boolean }) | undefined
  /** ms, monotonic. */
  readonly at: number
}

export type Refusal = 'not-a-person' | 'out-of-sight' | 'covered' | 'too-small' | 'too-soon' | 'moved'

/** How long the question must have been seen plainly before an answer counts. */
const SEEN_MS = 1_000
/** How long a mouse must have been in the frame, and the frame in its place. */
const SETTLED_MS = 400
/** After so long without a word of it the pointer may have been elsewhere, and the frame too. */
const SILENT_MS = 1_200
/** CSS pixels that a pointer's place on the screen and in the frame may differ after both moved. */
const STILL_PX = 16
/** Page zoom as browsers offer it: a place in the frame counts for this many on the screen. */
const ZOOM = { least: 0.5, most: 4 }

/**
 * A trusted pointer moves or presses inside the frame.
 * @param known undefined at first and after it had left
 */
export function pointed(known: Known | undefined, pointer: PointerAt): Known {
  return known !== undefined && isStill(known.first, pointer) ? { ...known, lastAt: pointer.at } : { first: pointer, lastAt: pointer.at, isWarned: false }
}

/** Why a click under a consent that was already given does not count; undefined when it does. */
export function judgeAgain({ cause, seenSince }: Gate, isTrusted: boolean): Refusal | undefined {
  if (!isTrusted) return 'not-a-person'
  if (cause === 'covered' || cause === 'too-small') return cause
  return cause === 'none' && seenSince !== undefined ? undefined : 'out-of-sight'
}

/** Why a click does not count as consent; undefined when it does. */
export function judge(gate: Gate, click: Click): Refusal | undefined {
  const refused = judgeAgain(gate, click.isTrusted)
  if (refused !== undefined || gate.seenSince === undefined) return refused
  if (click.at - gate.seenSince < SEEN_MS) return 'too-soon'
  if (click.pointer === undefined) return undefined
  const { pointer } = gate
  if (pointer !== undefined && !isStill(pointer.first, click.pointer)) return 'moved'
  // A finger is nowhere before it presses.
  if (click.pointer.isTouch) return undefined
  if (pointer === undefined || click.at - pointer.first.at < SETTLED_MS) return 'moved'
  return pointer.isWarned || click.at - pointer.lastAt <= SILENT_MS ? undefined : 'moved'
}

/** Whether the frame has kept its place between two places of a pointer, whatever the zoom of the page. */
function isStill(from: PointerAt, to: PointerAt): boolean {
  const [screenX, screenY] = [to.screenX - from.screenX, to.screenY - from.screenY]
  const [clientX, clientY] = [to.clientX - from.clientX, to.clientY - from.clientY]
  const length = clientX * clientX + clientY * clientY
  const fitted = length === 0 ? 1 : (screenX * clientX + screenY * clientY) / length
  const zoom = Math.min(ZOOM.most, Math.max(ZOOM.least, fitted))
  return Math.hypot(screenX - zoom * clientX, screenY - zoom * clientY) <= STILL_PX
}
