// Which sequence numbers of one device have been heard: the highest, and the 32 below it, so that a network may reorder
// announcements but not replay them (the anti-replay window of IPsec, RFC 4303 section 3.4.3).

const WIDTH = 32

export interface SequenceWindow {
  readonly highest: number
  /** Bit i: `highest - 1 - i` was heard. */
  readonly below: number
}

/** @returns the window with `sequence` in it, or undefined when it was heard before or is too old to tell */
export function admitSequence(window: SequenceWindow | undefined, sequence: number): SequenceWindow | undefined {
  if (window === undefined) return { highest: sequence, below: 0 }
  const ahead = sequence - window.highest
  if (ahead > 0) {
    if (ahead > WIDTH) return { highest: sequence, below: 0 }
    const shifted = ahead === WIDTH ? 0 : window.below << ahead
    return { highest: sequence, below: shifted | (1 << (ahead - 1)) }
  }
  const bit = -ahead - 1
  if (bit < 0 || bit >= WIDTH || (window.below & (1 << bit)) !== 0) return undefined
  return { highest: window.highest, below: window.below | (1 << bit) }
}
