// Watches pointers in the frame, and the sight of elements in it, and says of a click whether it counts. The rules are in
// `gate.ts`; here they get the browser's events.

import type { Cause } from '../protocol.ts'
import { judge, pointed, type PointerAt, type Refusal } from './gate.ts'
import { causeOf, type Floor, watchSight } from './sight.ts'

export interface Hands {
  /** Clicks on an element count while it can be seen as `floor` asks. */
  watch(element: Element, floor: Floor, onCause: (cause: Cause) => void): Watched
}

export interface Watched {
  /** What the browser says of the element now. */
  cause(): Cause
  /** Why the click does not count; undefined when it does. */
  refusal(event: Event): Refusal | undefined
  close(): void
}

/** For the life of the frame. */
export function watchHands(frame: Document): Hands {
  let pointer: PointerAt | undefined
  /** Where the last press began: a click is judged by that, since it ends where it began. */
  let pressed: (PointerAt & { readonly isTouch: boolean }) | undefined
  const placeOf = ({ screenX, screenY, clientX, clientY }: PointerEvent): PointerAt => ({ screenX, screenY, clientX, clientY, at: performance.now() })
  const listen = (name: 'pointermove' | 'pointerdown' | 'keydown', listener: (event: PointerEvent) => void): void => {
    frame.documentElement.addEventListener(name, (event) => { if (event.isTrusted) listener(event as PointerEvent) }, { capture: true })
  }
  listen('pointermove', (event) => { pointer = pointed(pointer, placeOf(event)) })
  listen('pointerdown', (event) => { pressed = { ...placeOf(event), isTouch: event.pointerType === 'touch' } })
  listen('keydown', () => { pressed = undefined })
  frame.documentElement.addEventListener('pointerleave', (event) => {
    if (event.isTrusted && event.pointerType !== 'touch') pointer = undefined
  })

  return {
    watch(element, floor, onCause) {
      let cause: Cause = 'out-of-sight'
      let seenSince: number | undefined
      const end = watchSight(element, (sight) => {
        const now = causeOf(sight, floor)
        seenSince = now === 'none' ? seenSince ?? performance.now() : undefined
        if (now === cause) return
        cause = now
        onCause(now)
      })
      return {
        cause: () => cause,
        refusal({ isTrusted }) {
          const refused = judge({ pointer, cause, seenSince }, { isTrusted, pointer: pressed, at: performance.now() })
          // The next press is judged from where this one was.
          if (pressed !== undefined && isTrusted) pointer = pointed(pointer, pressed)
          return refused
        },
        close: end,
      }
    },
  }
}
