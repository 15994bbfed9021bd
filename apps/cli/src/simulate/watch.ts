// The live view of a simulation as lines of text: islands, links, the climb, the traffic, the cut. Pure, so that it can be
// looked at without a terminal.

import type { ArchipelagoView } from '@megabrain/exchange/archipelago'

export interface WatchedScene {
  readonly islands: number
  readonly minutes: number
  readonly seed: number
}

export interface Watch {
  /** @returns the picture as lines */
  draw(view: ArchipelagoView, wallMs: number): readonly string[]
}

const BARS = '▁▂▃▄▅▆▇█'
const HISTORY = 60

/** @param columns width of the terminal; colours only where there is one */
export function createWatch(scene: WatchedScene, columns: number, colours: boolean): Watch {
  const climb: number[] = []
  const traffic: number[] = []
  let before = { bytes: 0, virtualMs: 0 }

  const paint = (code: number, text: string): string => (colours ? `\x1b[${code}m${text}\x1b[0m` : text)

  function remember(view: ArchipelagoView): number {
    const seconds = (view.virtualMs - before.virtualMs) / 1_000
    const rate = seconds > 0 ? (view.bytes - before.bytes) / seconds / Math.max(1, view.islandsUp) : 0
    before = { bytes: view.bytes, virtualMs: view.virtualMs }
    climb.push(view.bestFitness)
    traffic.push(rate)
    if (climb.length > HISTORY) climb.shift()
    if (traffic.length > HISTORY) traffic.shift()
    return rate
  }

  /** One character per island: away, behind the best, at it. */
  function map({ sample, bestFitness }: ArchipelagoView): readonly string[] {
    const glyphs = sample.map((fitness) => {
      if (fitness === undefined) return paint(90, '·')
      return fitness === bestFitness ? paint(32, '●') : paint(33, BARS[Math.min(7, Math.floor((8 * fitness) / bestFitness))]!)
    })
    const width = Math.max(10, Math.min(60, columns - 12))
    const rowOf = (row: number): string => glyphs.slice(row * width, (row + 1) * width).join('')
    return Array.from({ length: Math.ceil(glyphs.length / width) }, (_, row) => `           ${rowOf(row)}`)
  }

  return {
    draw(view, wallMs) {
      const rate = remember(view)
      const speed = wallMs > 0 ? view.virtualMs / wallMs : 0
      const share = view.islandsUp / scene.islands
      const time = `${clock(view.virtualMs)} of ${clock(scene.minutes * 60_000)}`
      return [
        `simulate   ${time} · seed ${scene.seed} · ${speed.toFixed(0)}× real time · ${(wallMs / 1_000).toFixed(0)} s`,
        `islands    ${'█'.repeat(Math.round(share * 20)).padEnd(20, '░')} ${figure(view.islandsUp)} of ${figure(scene.islands)} up`,
        ...map(view),
        `links      ${figure(view.links)}${view.isCut ? paint(31, '  ╳ cut in halves') : '  whole'}`,
        `best       ${figure(view.bestFitness)}  ${sparkline(climb)}`,
        `archives   ${view.archives === 1 ? paint(32, 'all the same') : `${view.archives} different among ${view.sample.length}`}`,
        `traffic    ${figure(rate)} B/s per island  ${sparkline(traffic)}`,
        `claims     ${figure(view.published)} published · ${figure(view.admitted)} admitted · ${figure(view.refused)} refused`,
        view.violations.length === 0 ? 'invariants hold' : paint(31, `VIOLATED   ${view.violations[0]}`),
      ]
    },
  }
}

function sparkline(values: readonly number[]): string {
  const most = Math.max(...values, 0)
  return values.map((value) => BARS[most === 0 ? 0 : Math.min(7, Math.floor((8 * value) / most))]!).join('')
}

export function clock(ms: number): string {
  const seconds = Math.floor(ms / 1_000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

export function figure(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}
