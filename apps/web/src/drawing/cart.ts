// The cart-and-pole tasks as a picture in metres. Lengths are those of the tasks: Barto, Sutton & Anderson 1983 for one
// pole, Wieland 1991 for two.

export interface Pole {
  /** Whole length in metres. */
  readonly length: number
  /** Radians from upright, positive to the right. */
  readonly angle: number
}

export interface Cart {
  /** Metres from the middle of the track. */
  readonly x: number
  /** Half the track in metres: beyond it the episode fails. */
  readonly trackHalf: number
  /** The longest first. */
  readonly poles: readonly Pole[]
}

const TRACK_HALF = 2.4

/** Undefined for a task without a cart. */
export function cartOf(task: string, state: readonly number[]): Cart | undefined {
  const [x = 0, , first = 0, , second = 0] = state
  switch (task) {
    case 'cart-pole-sutton':
    case 'cart-pole-v1':
      return { x, trackHalf: TRACK_HALF, poles: [{ length: 1, angle: first }] }
    case 'double-pole':
    case 'double-pole-no-velocity':
      return {
        x,
        trackHalf: TRACK_HALF,
        poles: [
          { length: 1, angle: first },
          { length: 0.1, angle: second },
        ],
      }
    default:
      return undefined
  }
}
