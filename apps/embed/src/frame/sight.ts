// Whether a person can see the frame as it is: big enough, on the screen, with nothing over it. The browser knows (Intersection
// Observer, https://w3c.github.io/IntersectionObserver/v2/); the page around the frame can neither read nor bend what it says.

import type { Cause } from '../protocol.ts'

export interface Sight {
  /** CSS pixels of the frame. */
  readonly width: number
  readonly height: number
  /** Part of the watched element that is on the screen, 0 to 1. */
  readonly ratio: number
  /** Nothing covers, dims, filters, turns or shrinks it; undefined where the browser does not tell (Firefox, Safari). */
  readonly isPlain: boolean | undefined
}

export interface Floor {
  readonly width: number
  readonly height: number
  readonly ratio: number
}

/** To run: Stop can be seen and pressed. */
export const runningFloor: Floor = { width: 240, height: 40, ratio: 0.5 }
/** To agree: the question can be read. */
export const askingFloor: Floor = { width: 240, height: 240, ratio: 0.99 }

export function causeOf(sight: Sight | undefined, floor: Floor): Cause {
  if (sight === undefined) return 'out-of-sight'
  if (sight.width < floor.width || sight.height < floor.height) return 'too-small'
  if (sight.ratio < floor.ratio) return 'out-of-sight'
  return sight.isPlain === false ? 'covered' : 'none'
}

/** Version 2 of the observer, which TypeScript does not know yet. */
interface PlainEntry extends IntersectionObserverEntry {
  readonly isVisible?: boolean
}

const THRESHOLDS = [0, 0.25, 0.5, 0.75, 0.99, 1]
/** The least that browsers allow between two looks for what covers an element, ms. */
const LOOK_MS = 100

/** @returns ends the watch */
export function watchSight(element: Element, onSight: (sight: Sight) => void): () => void {
  let ratio = 0
  let isPlain: boolean | undefined
  const tell = (): void => onSight({ width: innerWidth, height: innerHeight, ratio, isPlain })
  const options = { threshold: THRESHOLDS, trackVisibility: true, delay: LOOK_MS }
  const observer = new IntersectionObserver((entries) => {
    const last = entries.at(-1) as PlainEntry
    ratio = last.isIntersecting ? last.intersectionRatio : 0
    isPlain = last.isVisible
    tell()
  }, options)
  observer.observe(element)
  addEventListener('resize', tell)
  return () => {
    observer.disconnect()
    removeEventListener('resize', tell)
  }
}
