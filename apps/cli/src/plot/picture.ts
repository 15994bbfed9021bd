// The picture of a folder of runs: fitness, survival and complexity side by side, on white.

import type { Report } from '../evolve/run-report.ts'
import { createAxis, createLogAxis } from './axis.ts'
import { drawChart, text } from './chart.ts'
import type { Chart } from './chart.ts'
import { medianCurve, runCurve, survivalOf } from './curves.ts'
import type { PlottedRun } from './curves.ts'

// Okabe and Ito's palette, which people with any colour vision tell apart.
const BLUE = '#0072b2'
const VERMILION = '#d55e00'
const PANEL = { width: 410, height: 320 }
const HEAD = 46
/** Median fitness of founders under which the fitness axis is logarithmic: nothing would be seen of the climb. */
const LOW_START = 0.02

/** SVG. */
export function drawPicture(report: Report, runs: readonly PlottedRun[]): string {
  const most = createAxis('evaluations', Math.max(1, ...report.runs.map((run) => run.evaluations))).most
  const charts = [fitnessChart(runs, most), survivalChart(report, most), complexityChart(runs, most)]
  const width = PANEL.width * charts.length + 20
  const height = HEAD + PANEL.height + 8
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`
      + ' font-family="system-ui, Segoe UI, Helvetica, Arial, sans-serif">',
    `<title>${report.task}, ${report.algorithm}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(headline(report), 20, 30, { size: 17, weight: 600 }),
    ...charts.map((chart, i) => drawChart(chart, { left: 6 + i * PANEL.width, top: HEAD, ...PANEL })),
    '</svg>',
    '',
  ].join('\n')
}

function headline({ task, algorithm, summary }: Report): string {
  const { runs, solved, evaluations } = summary
  const figures = evaluations === null ? '' : ` · mean ${grouped(evaluations.mean)}, median ${grouped(evaluations.median)} evaluations`
  return `${task} · ${algorithm} · ${solved} of ${runs} runs solved${figures}`
}

function fitnessChart(runs: readonly PlottedRun[], most: number): Chart {
  const curves = runs.map((run) => runCurve(run, 'best').map(([x, y]) => [x, y / 1_000_000] as const))
  const median = medianCurve(curves, most)
  const start = median[0]?.[1] ?? 0
  return {
    title: 'Best fitness',
    x: createAxis('evaluations', most),
    y: start < LOW_START ? createLogAxis('fitness (logarithmic)', Math.max(1e-5, start), 1) : createAxis('fitness', 1),
    lines: [
      ...curves.map((points) => ({ points, colour: BLUE, opacity: faint(runs), steps: true })),
      { points: median, colour: BLUE, width: 2.5, steps: true },
    ],
    legend: [
      { text: 'each run', colour: BLUE, opacity: 0.4, width: 1 },
      { text: 'median of runs', colour: BLUE, width: 2.5 },
    ],
    legendAt: 'bottom-right',
  }
}

function survivalChart({ runs }: Report, most: number): Chart {
  const { share, lower, upper } = survivalOf(runs, most)
  return {
    title: 'Survival: runs not yet solved',
    x: createAxis('evaluations', most),
    y: createAxis('share of runs', 1),
    lines: [{ points: share, colour: VERMILION, width: 2.5, steps: true }],
    bands: [{ lower, upper, colour: VERMILION }],
    legend: [
      { text: `not solved, n = ${runs.length}`, colour: VERMILION, width: 2.5 },
      { text: '95 % interval', colour: VERMILION, opacity: 0.25, width: 8 },
    ],
    legendAt: 'top-right',
  }
}

function complexityChart(runs: readonly PlottedRun[], most: number): Chart {
  const kinds = [
    { name: 'links', curves: runs.map((run) => runCurve(run, 'championLinks')), colour: BLUE },
    { name: 'hidden neurons', curves: runs.map((run) => runCurve(run, 'championHidden')), colour: VERMILION },
  ]
  const highest = Math.max(1, ...kinds.flatMap(({ curves }) => curves.flatMap((curve) => curve.map(([, y]) => y))))
  return {
    title: 'Complexity of the champion',
    x: createAxis('evaluations', most),
    y: createAxis('links, hidden neurons', highest * 1.25),
    lines: [
      ...kinds.flatMap(({ curves, colour }) => curves.map((points) => ({ points, colour, opacity: faint(runs), steps: true }))),
      ...kinds.map(({ curves, colour }) => ({ points: medianCurve(curves, most), colour, width: 2.5, steps: true })),
    ],
    legend: kinds.map(({ name, colour }) => ({ text: `${name}, median`, colour, width: 2.5 })),
    legendAt: 'top-right',
  }
}

/** The more runs, the fainter each. */
const faint = (runs: readonly PlottedRun[]): number => Math.min(0.5, Math.max(0.12, 1.8 / Math.sqrt(runs.length)))
const grouped = (x: number): string => Math.round(x).toLocaleString('en')
