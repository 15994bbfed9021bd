// The two clocks that the core takes as an argument.

import type { Clock } from '../core/host.ts'

export const systemClock: Clock = { wall: () => Date.now(), monotonic: () => performance.now() }
