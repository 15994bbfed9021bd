// One chart of lines over a common axis: uPlot behind plain props. Charts of the same `sync` share their crosshair; a drag enlarges, a
// double click shows everything again.

import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useEffect, useRef, useState } from 'react'
import type { Column } from '../../drawing/evolution-columns.ts'
import { count, rate, shortCount, timeOfDay } from '../../words/format.ts'
import { useWidth } from '../use-width.ts'

export interface ChartLine {
  readonly name: string
  readonly column: Column
  /** A custom property of the page's colours, `--blue`. */
  readonly colour: string
  readonly width?: number
  readonly dash?: readonly number[]
  /** A raw line beneath its smoothed one. */
  readonly isFaint?: boolean
}

interface LineChartProps {
  /** Says what the picture shows to those who do not see it. */
  readonly label: string
  readonly x: readonly number[]
  readonly isTime: boolean
  readonly lines: readonly ChartLine[]
  readonly isLogarithmic?: boolean
  /** Values of x with a mark. */
  readonly marks?: readonly number[]
  readonly sync: string
  readonly height?: number
  /** Gets the picture's canvas while there is one. */
  readonly onCanvas?: (canvas: HTMLCanvasElement | undefined) => void
}

export function LineChart({ label, x, isTime, lines, isLogarithmic = false, marks = [], sync, height = 220, onCanvas }: LineChartProps) {
  const [box, width] = useWidth<HTMLDivElement>(560)
  const chart = useRef<uPlot>(undefined)
  const marked = useRef(marks)
  useEffect(() => { marked.current = marks })
  const theme = useTheme()
  const shape = JSON.stringify([lines.map(({ column: _, ...line }) => line), isTime, isLogarithmic, theme, sync, height])
  useEffect(() => {
    const parent = box.current
    if (parent === null) return
    const colour = (name: string): string => getComputedStyle(parent).getPropertyValue(name).trim()
    const axis = { stroke: colour('--quiet'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false }, font: '11px system-ui' }
    const plot = new uPlot(
      {
        width: Math.max(200, parent.clientWidth),
        height,
        legend: { show: false },
        cursor: { sync: { key: sync }, points: { size: 6 }, drag: { x: true, y: false } },
        scales: { x: { time: isTime }, y: isLogarithmic ? { distr: 3 } : {} },
        axes: [
          { ...axis, size: 28, ...(isTime ? {} : { values: (_, splits) => splits.map(shortCount) }) },
          { ...axis, size: 56, values: (_, splits) => splits.map((value) => (value === null ? '' : shortCount(value))) },
        ],
        series: [
          {},
          ...lines.map(({ name, colour: stroke, width: thickness = 2, dash, isFaint = false }) => ({
            label: name,
            stroke: colour(stroke),
            alpha: isFaint ? 0.3 : 1,
            width: isFaint ? 1 : thickness,
            points: { show: false },
            spanGaps: true,
            ...(dash === undefined ? {} : { dash: [...dash] }),
          })),
        ],
        hooks: { drawClear: [(plot) => drawMarks(plot, marked.current, colour('--orange'))] },
      },
      dataOf(x, lines, isLogarithmic),
      parent,
    )
    chart.current = plot
    onCanvas?.(plot.ctx.canvas)
    return () => {
      chart.current = undefined
      onCanvas?.(undefined)
      plot.destroy()
    }
    // Its data and width change often and are set below.
  }, [shape])
  useEffect(() => chart.current?.setData(dataOf(x, lines, isLogarithmic), isWhole(chart.current)), [x, lines, isLogarithmic])
  useEffect(() => chart.current?.setSize({ width: Math.max(200, width), height }), [width, height])
  return (
    <figure className="line-chart">
      <div ref={box} className="line-chart-picture" role="img" aria-label={label} />
      <figcaption>
        <ul className="legend">
          {lines.filter(({ isFaint }) => isFaint !== true).map((line) => (
            <li key={line.name}>
              <svg width="26" height="10" aria-hidden="true">
                <path d="M1 5H25" fill="none" stroke={`var(${line.colour})`} strokeWidth={line.width ?? 2} strokeDasharray={line.dash?.join(' ')} />
              </svg>
              {line.name} <b>{lastOf(line.column)}</b>
            </li>
          ))}
        </ul>
      </figcaption>
    </figure>
  )
}

export function lastOf(column: Column): string {
  const value = column.findLast((known) => known !== null)
  return value === undefined || value === null ? '–' : Math.abs(value) < 100 ? rate(value) : count(value)
}

/** As the axis says it. */
export function placeInWords(value: number, isTime: boolean): string {
  return isTime ? timeOfDay(value * 1_000) : count(value)
}

/** A logarithmic axis has no place for zero. */
function dataOf(x: readonly number[], lines: readonly ChartLine[], isLogarithmic: boolean): uPlot.AlignedData {
  const columns = lines.map(({ column }) => (isLogarithmic ? column.map((value) => (value !== null && value > 0 ? value : null)) : [...column]))
  return [[...x], ...columns]
}

/** Not while somebody looks at a part. */
function isWhole(plot: uPlot | undefined): boolean {
  const [{ min, max } = {}, x] = [plot?.scales['x'], plot?.data[0]]
  return min == null || max == null || x === undefined || (min <= (x[0] ?? 0) && max >= (x.at(-1) ?? 0))
}

function drawMarks(plot: uPlot, marks: readonly number[], colour: string): void {
  const { ctx, bbox } = plot
  ctx.save()
  ctx.strokeStyle = colour
  ctx.globalAlpha = 0.35
  ctx.beginPath()
  for (const mark of marks) {
    const at = Math.round(plot.valToPos(mark, 'x', true)) + 0.5
    if (at < bbox.left || at > bbox.left + bbox.width) continue
    ctx.moveTo(at, bbox.top)
    ctx.lineTo(at, bbox.top + bbox.height)
  }
  ctx.stroke()
  ctx.restore()
}

/** Changes when the page's colours do: by the system's wish or by the visitor's. */
function useTheme(): string {
  const [theme, setTheme] = useState(() => nowDark())
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)')
    const onChange = (): void => setTheme(nowDark())
    const chosen = new MutationObserver(onChange)
    chosen.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] })
    query.addEventListener('change', onChange)
    return () => {
      chosen.disconnect()
      query.removeEventListener('change', onChange)
    }
  }, [])
  return theme
}

const nowDark = (): string => `${matchMedia('(prefers-color-scheme: dark)').matches} ${document.documentElement.style.colorScheme}`
