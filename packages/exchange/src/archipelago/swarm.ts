// Swarm testing (Groce et al. 2012, https://doi.org/10.1145/2338965.2336763): each seed plays a scene with a random half of all
// faults and random magnitudes, because bugs hide where one fault keeps another from happening. Mostly few islands: most bugs are small.

import { createRandom, type Random } from '@megabrain/evolve'
import type { IslandFaults } from './faults.ts'
import type { ArchipelagoOptions } from './options.ts'

/** The faults of `scene` by name, for a summary. */
export function faultsOf(scene: ArchipelagoOptions): readonly string[] {
  const { loss, duplication, reordering, partition, latencyMs, liars, sybils, faults = {} } = scene
  const all = { loss, duplication, reordering, partition, latencyMs, liars, sybils, ...faults }
  return Object.entries(all).filter(([name, value]) => value !== undefined && value !== 0 && name !== 'awayMs' && name !== 'jumpMs').map(([name]) => name)
}

/** What is played, apart from the faults. */
export type SceneBase = Pick<ArchipelagoOptions, 'task' | 'evaluator' | 'evaluate'>

const MOST_ISLANDS = 60
const LEAST_ISLANDS = 3
/** Enough for all to agree after the last fault and the last discovery. */
const CALM_MS = 90_000
const QUIET_MS = 60_000

/** The same for the same seed, always. */
export function drawScene(seed: number, base: SceneBase): ArchipelagoOptions {
  const random = createRandom(seed)
  const half = <T>(draw: () => T): T | undefined => {
    // Drawn either way, so that one fault less does not shift the others.
    const value = draw()
    return random.uniform() < 0.5 ? value : undefined
  }
  // Cubed: half of all scenes have fewer than ten islands.
  const islands = LEAST_ISLANDS + Math.floor((MOST_ISLANDS - LEAST_ISLANDS + 1) * cube(random.uniform()))
  const minutes = 3 + random.integer(4)
  const calmFrom = minutes - CALM_MS / 60_000
  const from = random.uniform() * calmFrom * 0.5
  const share = (most: number) => (): number => most * random.uniform()
  const scene = {
    ...base, islands, minutes, seed,
    degree: random.integer(4),
    mutantsPerSecond: 0.5 + 2 * random.uniform(),
    calmMs: CALM_MS, quietMs: QUIET_MS, lossEnds: true,
    loss: half(share(0.3)),
    duplication: half(share(0.3)),
    reordering: half(share(0.3)),
    latencyMs: half(() => drawLatency(random)),
    partition: half(() => [from, from + (calmFrom - from) * random.uniform()] as const),
    faults: drawFaults(random, half, share),
    liars: half(share(0.4)),
    sybils: half(() => random.integer(3)),
  }
  return Object.fromEntries(Object.entries(scene).filter(([, value]) => value !== undefined)) as unknown as ArchipelagoOptions
}

type Half = <T>(draw: () => T) => T | undefined

function drawFaults(random: Random, half: Half, share: (most: number) => () => number): IslandFaults {
  const faults = {
    crashes: half(() => 5 + random.integer(100)),
    wipes: half(share(1)),
    awayMs: half(() => 100 + random.integer(40_000)),
    skewMs: half(() => [1_000, 60_000, 3_600_000, 315_360_000_000][random.integer(4)]!),
    jumps: half(() => 1 + random.integer(40)),
    jumpMs: half(() => [100, 10_000, 700_000, 7_200_000][random.integer(4)]!),
    churn: half(share(0.5)),
  }
  return Object.fromEntries(Object.entries(faults).filter(([, value]) => value !== undefined))
}

/** A LAN, the internet, or the worst of it with a long tail. */
function drawLatency(random: Random): NonNullable<ArchipelagoOptions['latencyMs']> {
  const kind = random.integer(3)
  if (kind === 0) return [0, 2]
  return kind === 1 ? [22.5, 27.5] : { medianMs: 40 + random.integer(200), sigma: 0.3 + random.uniform() * 0.7 }
}

function cube(x: number): number {
  return x * x * x
}
