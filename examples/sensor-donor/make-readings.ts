// A week of a house that does not exist: six sensors every ten minutes, as CSV. From a seed, so that a run can be repeated.

const SENSORS = ['daylight', 'lamp', 'sound', 'warmth', 'power', 'door']
const ROWS_OF_A_DAY = 144

/** Mulberry32, Tommy Ettinger 2017 (public domain): uniform in [0, 1). */
function createUniform(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = state + 0x6d2b79f5 >>> 0
    let mixed = Math.imul(state ^ state >>> 15, state | 1)
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61)
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32
  }
}

/** @returns one file for each of `days`, as text */
export function makeReadings(seed: number, days: number): readonly string[] {
  const uniform = createUniform(seed)
  const gains = SENSORS.map(() => 0.8 + 0.4 * uniform())
  return Array.from({ length: days }, () => {
    let isHome = true
    const rows = Array.from({ length: ROWS_OF_A_DAY }, (_, i) => {
      const hour = i / 6
      const isDay = hour >= 7 && hour < 20
      if (uniform() < (isDay && hour < 17 ? 0.08 : 0.05)) isHome = hour >= 9 && hour < 17 ? uniform() < 0.3 : uniform() < 0.8
      const isActive = isHome && hour >= 7 && hour < 23
      const truth = [
        isDay ? 1 : 0,
        isDay ? (isActive ? 0.1 : 0.7) : isActive ? 1 : 0,
        isActive ? uniform() : 0,
        isHome ? 0.7 : 0.35,
        0.2 + (isActive ? 0.5 * uniform() : 0),
        isActive && uniform() < 0.4 ? 1 : 0,
      ]
      const mute = uniform() < 0.1 ? Math.floor(uniform() * SENSORS.length) : -1
      const cells = truth.map((value, sensor) => sensor === mute ? '' : (value * gains[sensor]! + 0.1 * (uniform() - 0.5)).toFixed(3))
      const time = `${String(Math.floor(hour)).padStart(2, '0')}:${String(i % 6 * 10).padStart(2, '0')}`
      return [time, ...cells, isHome ? 1 : 0].join(',')
    })
    return `${['time', ...SENSORS, 'home'].join(',')}\n${rows.join('\n')}\n`
  })
}
