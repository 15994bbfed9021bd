// Giving way to the machine's own work: readings that jump about become four levels that do not. Each level up gives half
// as much, the last one nothing; a relapse makes the next attempt wait twice as long.

/** What the machine says of itself; undefined: it does not say. */
export interface Load {
  /** Compute Pressure API, https://www.w3.org/TR/compute-pressure/; it counts our own work too. */
  readonly pressure: 'nominal' | 'fair' | 'serious' | 'critical' | undefined
  /** How late the event loop runs, ms; heard where there is no pressure. */
  readonly delayMs: number | undefined
  /** Share of all cores that other programs use, per cent. */
  readonly otherLoadPercent: number | undefined
}

export interface Yielding {
  /** 0: all that is set, 1: half, 2: a quarter, 3: nothing. */
  readonly level: 0 | 1 | 2 | 3
  readonly cause: 'busy' | 'sluggish'
  readonly strain: Strain
  /** When `strain` or `level` became what it is. */
  readonly since: number
  /** How long it must be calm before more is given again. */
  readonly patienceMs: number
  /** When more was given last. */
  readonly raisedAt: number
}

type Strain = 'calm' | 'strained' | 'severe'

const STRAIN_MS = 3_000
const PATIENCE_MS = 10_000
const MAX_PATIENCE_MS = 300_000
/** Strain so soon after more was given came from us. */
const RELAPSE_MS = 30_000
/** A frame at 60 Hz is 16.7 ms: three missed are seen as a jerk, two are not. */
const DELAY_MS = { calm: 30, strained: 50, severe: 400 } as const
/** BOINC's preference "suspend when non-BOINC CPU usage is above" is 25 % by default. */
const OTHER_LOAD_PERCENT = { calm: 15, severe: 25 } as const
const SHARES = [1, 1 / 2, 1 / 4, 0] as const
const LAST_LEVEL = 3

export function createYielding(now: number): Yielding {
  return { level: 0, cause: 'busy', strain: 'calm', since: now, patienceMs: PATIENCE_MS, raisedAt: -Infinity }
}

/** The share of what is set that may be given. */
export function shareOf({ level }: Yielding): number {
  return SHARES[level]
}

/** Call it with every reading, and when `nextYielding` has come. */
export function stepYielding(yielding: Yielding, load: Load, now: number): Yielding {
  const reading = readLoad(load, yielding)
  const next = reading.strain === yielding.strain ? { ...yielding, ...reading } : { ...yielding, ...reading, since: now }
  const due = nextYielding(next)
  if (due === undefined || now < due) return next
  if (next.strain === 'calm') {
    const level = next.level - 1 as Yielding['level']
    return { ...next, level, since: now, raisedAt: now }
  }
  const isRelapse = next.since - next.raisedAt < RELAPSE_MS
  return {
    ...next,
    level: next.strain === 'severe' ? LAST_LEVEL : next.level + 1 as Yielding['level'],
    since: now,
    patienceMs: isRelapse ? Math.min(MAX_PATIENCE_MS, next.patienceMs * 2) : PATIENCE_MS,
  }
}

/** When the level changes if nothing else does; undefined: not by itself. */
export function nextYielding({ level, strain, since, patienceMs }: Yielding): number | undefined {
  if (strain === 'calm') return level === 0 ? undefined : since + patienceMs
  return level === LAST_LEVEL ? undefined : since + STRAIN_MS
}

/** Between the bounds it stays what it was. */
function readLoad({ pressure, delayMs, otherLoadPercent }: Load, { strain, cause }: Yielding): Pick<Yielding, 'strain' | 'cause'> {
  if (otherLoadPercent !== undefined && otherLoadPercent > OTHER_LOAD_PERCENT.severe) return { strain: 'severe', cause: 'busy' }
  if (pressure === 'critical') return { strain: 'severe', cause: 'busy' }
  if (pressure === 'serious') return { strain: 'strained', cause: 'busy' }
  const delay = pressure === undefined ? delayMs ?? 0 : 0
  if (delay > DELAY_MS.severe) return { strain: 'severe', cause: 'sluggish' }
  if (delay > DELAY_MS.strained) return { strain: 'strained', cause: 'sluggish' }
  return (otherLoadPercent ?? 0) < OTHER_LOAD_PERCENT.calm && delay < DELAY_MS.calm ? { strain: 'calm', cause } : { strain, cause }
}
