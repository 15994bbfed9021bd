// A failing scene made small: faults, islands and time are dropped as long as an invariant is still violated, then the
// last events before the violation are told in words.

import { createArchipelago } from './archipelago.ts'
import type { IslandFaults } from './faults.ts'
import type { ArchipelagoOptions } from './options.ts'

export interface MinimalFailure {
  readonly scene: ArchipelagoOptions
  /** The first violation of the small scene. */
  readonly violation: string
  /** The last events before it, oldest first. */
  readonly trace: readonly string[]
  /** Scenes tried. */
  readonly tries: number
}

const MAX_TRIES = 60
const TRACE_LINES = 40
/** How often a running scene is looked at for a violation, virtual ms. */
const LOOK_MS = 500

/** @returns undefined when `scene` does not fail */
export function shrinkFailure(scene: ArchipelagoOptions): MinimalFailure | undefined {
  let failure = failureOf(scene)
  if (failure === undefined) return undefined
  let smallest = scene
  let tries = 1
  for (let hasShrunk = true; hasShrunk && tries < MAX_TRIES;) {
    hasShrunk = false
    for (const smaller of simplerThan(smallest)) {
      if (tries >= MAX_TRIES) break
      tries++
      const found = failureOf(smaller)
      if (found === undefined) continue
      smallest = smaller
      failure = found
      hasShrunk = true
      break
    }
  }
  return { scene: smallest, tries, ...failure }
}

/** Plays a scene up to its first violation. */
function failureOf(scene: ArchipelagoOptions): Pick<MinimalFailure, 'violation' | 'trace'> | undefined {
  const archipelago = createArchipelago({ ...scene, traceLines: TRACE_LINES })
  for (;;) {
    const goesOn = archipelago.advance(LOOK_MS)
    const [violation] = archipelago.violations()
    if (violation !== undefined) return { violation, trace: archipelago.traceLines() }
    if (!goesOn) return undefined
  }
}

/** Scenes with one thing less, the largest steps first. */
function simplerThan(scene: ArchipelagoOptions): readonly ArchipelagoOptions[] {
  const simpler: ArchipelagoOptions[] = []
  const islands = [Math.ceil(scene.islands / 2), scene.islands - 1].filter((count) => count >= 1 && count < scene.islands)
  for (const count of islands) simpler.push({ ...scene, islands: count })
  for (const name of ['sybils', 'liars', 'partition', 'latencyMs', 'reordering', 'duplication', 'loss'] as const) {
    if (scene[name] !== undefined) simpler.push(without(scene, name))
  }
  for (const name of Object.keys(scene.faults ?? {}) as (keyof IslandFaults)[]) simpler.push({ ...scene, faults: without(scene.faults!, name) })
  if (scene.minutes > 0.5) {
    const half = { ...scene, minutes: scene.minutes / 2 }
    const { partition } = scene
    simpler.push(partition === undefined ? half : { ...half, partition: [partition[0] / 2, partition[1] / 2] })
  }
  return simpler
}

function without<T extends object>(value: T, name: keyof T): T {
  const rest = { ...value }
  delete rest[name]
  return rest
}
