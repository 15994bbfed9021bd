// Calls back about 30 times a second while something is to be animated: not when paused, not when the element is out of
// sight, not in a hidden page. Watching must cost less than evolving.

import { useEffect, useRef, type RefObject } from 'react'

/** Longest stretch that is caught up, so that a page that was away does not race. */
const MAX_CATCH_UP_SECONDS = 0.1
/** Every second frame of the usual screen. */
const LEAST_SECONDS = 0.03

/** @param onTime gets the seconds since its last call */
export function useClock(element: RefObject<Element | null>, playing: boolean, onTime: (seconds: number) => void): void {
  const latest = useRef(onTime)
  useEffect(() => {
    latest.current = onTime
  })
  useEffect(() => {
    const target = element.current
    if (!playing || target === null) return
    let frame = 0
    let before: number | undefined
    const tick = (now: number): void => {
      const seconds = before === undefined ? 0 : (now - before) / 1_000
      if (before === undefined || seconds >= LEAST_SECONDS) {
        before = now
        latest.current(Math.min(seconds, MAX_CATCH_UP_SECONDS))
      }
      frame = requestAnimationFrame(tick)
    }
    const observer = new IntersectionObserver(([entry]) => {
      cancelAnimationFrame(frame)
      before = undefined
      if (entry?.isIntersecting === true) frame = requestAnimationFrame(tick)
    })
    observer.observe(target)
    return () => {
      observer.disconnect()
      cancelAnimationFrame(frame)
    }
  }, [element, playing])
}
