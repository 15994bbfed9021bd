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

export interface Gate {
  /** Since when the question can be seen plainly; undefined while it cannot. */
  readonly seenSince: number | undefined
  readonly cause: Cause
  /** The first place of the pointer since it came into the frame or the frame moved under it. */
  readonly pointer: PointerAt | undefined
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
/** CSS pixels that a pointer's place on the screen and in the frame may differ after both moved. */
const STILL_PX = 16
/** Page zoom as browsers offer it: a place in the frame counts for this many on the screen. */
const ZOOM = { least: 0.5, most: 4 }

/** The place to judge by, once a trusted pointer moves or presses inside the frame. @param known undefined after it had left */
export function pointed(known: PointerAt | undefined, pointer: PointerAt): PointerAt {
  return known !== undefined && isStill(known, pointer) ? known : pointer
}

/** Why this click does not count; undefined when it does. */
export function judge(gate: Gate, click: Click): Refusal | undefined {
  if (!click.isTrusted) return 'not-a-person'
  if (gate.cause !== 'none' || gate.seenSince === undefined) return gate.cause === 'covered' || gate.cause === 'too-small' ? gate.cause : 'out-of-sight'
  if (click.at - gate.seenSince < SEEN_MS) return 'too-soon'
  if (click.pointer === undefined) return undefined
  if (gate.pointer !== undefined && !isStill(gate.pointer, click.pointer)) return 'moved'
  // A finger is nowhere before it presses.
  if (click.pointer.isTouch) return undefined
  return gate.pointer !== undefined && click.at - gate.pointer.at >= SETTLED_MS ? undefined : 'moved'
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
