// How much raw data a task goes through, for people who want to know what stays on their machine. Apart from the tasks: no fitness
// depends on it.

import type { Task } from '@megabrain/evolve'

/** A reading in memory, bytes: every input is an f64. */
const READING_BYTES = 8

/**
 * Bytes of readings that one evaluation goes through at most: each sensor at each step, a bias input left out. Exact for tasks that
 * judge a whole data set, such as `sensor-fusion`.
 */
export function rawBytesPerEvaluation({ inputs, inputLabels, maxActivations }: Pick<Task, 'inputs' | 'inputLabels' | 'maxActivations'>): number {
  const sensors = inputs - inputLabels.filter((label) => label === 'bias').length
  return maxActivations * sensors * READING_BYTES
}

/**
 * Per cent of the bytes that were worked on or sent which stayed here, rounded down to hundredths, so that 100 means nothing was sent.
 * @param processed bytes of raw data that networks were shown
 * @param sent bytes of any kind that left
 */
export function keptPercent(processed: number, sent: number): number {
  return processed + sent === 0 ? 100 : Math.floor((10_000 * processed) / (processed + sent)) / 100
}
