// One chart as SVG: a frame with axes, lines in it, a legend. Coordinates in the markup are pixels with one decimal, so
// that a hundred runs stay a small file.

import { formatTick } from './axis.ts'
import type { Axis } from './axis.ts'

export type Point = readonly [x: number, y: number]

export interface Line {
  readonly points: readonly Point[]
  readonly colour: string
  /** Pixels. @default 1 */
  readonly width?: number
  /** 0 to 1. @default 1 */
  readonly opacity?: number
  /** Steps keep their value until the next point. @default false */
  readonly steps?: boolean
}

/** The space between two lines over the same abscissas. */
export interface Band {
  readonly lower: readonly Point[]
  readonly upper: readonly Point[]
  readonly colour: string
}

export interface Chart {
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  readonly lines: readonly Line[]
  readonly bands?: readonly Band[]
  readonly legend: readonly { readonly text: string; readonly colour: string; readonly opacity?: number; readonly width?: number }[]
  /** The corner that the data leaves free. */
  readonly legendAt: 'top-right' | 'bottom-right' | 'top-left'
}

export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

const GRID = '#e4e7eb'
const INK = '#1f2933'
const SOFT_INK = '#52606d'
const MARGIN = { left: 64, right: 14, top: 34, bottom: 46 }

/** @param box outer bounds, axis labels included */
export function drawChart(chart: Chart, box: Box): string {
  const { x, y } = chart
  const left = box.left + MARGIN.left
  const top = box.top + MARGIN.top
  const width = box.width - MARGIN.left - MARGIN.right
  const height = box.height - MARGIN.top - MARGIN.bottom
  const bottom = top + height
  const placeX = (value: number): number => left + x.place(value) * width
  const placeY = (value: number): number => bottom - y.place(value) * height
  const path = (line: Pick<Line, 'points' | 'steps'>): string => pathOf(line, placeX, placeY)
  return [
    text(chart.title, left, box.top + 20, { size: 14, weight: 600 }),
    ...y.ticks.map((tick) => `<path d="M${px(left)} ${px(placeY(tick))}h${px(width)}" stroke="${GRID}"/>`),
    ...y.ticks.map((tick) => text(formatTick(tick), left - 8, placeY(tick) + 4, { anchor: 'end', colour: SOFT_INK })),
    ...x.ticks.map((tick) => `<path d="M${px(placeX(tick))} ${px(bottom)}v4" stroke="${SOFT_INK}"/>`),
    ...x.ticks.map((tick) => text(formatTick(tick), placeX(tick), bottom + 18, { anchor: 'middle', colour: SOFT_INK })),
    text(x.label, left + width / 2, bottom + 38, { anchor: 'middle', colour: SOFT_INK }),
    text(y.label, box.left + 14, top + height / 2, { anchor: 'middle', colour: SOFT_INK, turned: true }),
    ...(chart.bands ?? []).map(({ lower, upper, colour }) => {
      const outline = [...upper, ...[...lower].reverse()]
      return `<path d="${path({ points: outline })}Z" fill="${colour}" fill-opacity="0.12"/>`
    }),
    ...chart.lines.map((line) => {
      const look = `stroke="${line.colour}" stroke-width="${line.width ?? 1}" stroke-opacity="${line.opacity ?? 1}"`
      return `<path d="${path(line)}" fill="none" ${look} stroke-linejoin="round"/>`
    }),
    `<path d="M${px(left)} ${px(top)}V${px(bottom)}H${px(left + width)}" fill="none" stroke="${SOFT_INK}"/>`,
    drawLegend(chart, { left, top, width, height }),
  ].join('\n')
}

function drawLegend({ legend, legendAt }: Chart, frame: Box): string {
  const rowHeight = 18
  const width = 34 + 6.6 * Math.max(...legend.map((entry) => entry.text.length))
  const height = rowHeight * legend.length + 6
  const left = legendAt === 'top-left' ? frame.left + 8 : frame.left + frame.width - width - 4
  const top = legendAt === 'bottom-right' ? frame.top + frame.height - height - 8 : frame.top + 4
  const rows = legend.map((entry, i) => {
    const at = top + 15 + i * rowHeight
    const look = `stroke="${entry.colour}" stroke-width="${entry.width ?? 2}" stroke-opacity="${entry.opacity ?? 1}"`
    return `<path d="M${px(left + 6)} ${px(at - 4)}h20" ${look}/>${text(entry.text, left + 32, at, {})}`
  })
  const place = `x="${px(left)}" y="${px(top)}" width="${px(width)}" height="${px(height)}"`
  return [`<rect ${place} fill="#fff" fill-opacity="0.85"/>`, ...rows].join('\n')
}

function pathOf({ points, steps }: Pick<Line, 'points' | 'steps'>, placeX: (x: number) => number, placeY: (y: number) => number): string {
  let d = ''
  let last: string | undefined
  points.forEach(([x, y], i) => {
    const [atX, atY] = [px(placeX(x)), px(placeY(y))]
    if (i === 0) d = `M${atX} ${atY}`
    else if (steps !== true) d += `L${atX} ${atY}`
    else if (atY !== last) d += `H${atX}V${atY}`
    else if (i === points.length - 1) d += `H${atX}`
    last = atY
  })
  return d
}

interface TextLook {
  readonly size?: number
  readonly weight?: number
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly colour?: string
  readonly turned?: boolean
}

export function text(
  content: string, x: number, y: number, { size = 12, weight = 400, anchor = 'start', colour = INK, turned }: TextLook,
): string {
  const turn = turned === true ? ` transform="rotate(-90 ${px(x)} ${px(y)})"` : ''
  const look = `font-size="${size}" font-weight="${weight}" text-anchor="${anchor}" fill="${colour}"`
  return `<text x="${px(x)}" y="${px(y)}" ${look}${turn}>${escaped(content)}</text>`
}

const px = (value: number): string => String(Math.round(value * 10) / 10)
const escaped = (content: string): string => content.replace(/[&<>"]/g, (each) => `&#${each.charCodeAt(0)};`)
