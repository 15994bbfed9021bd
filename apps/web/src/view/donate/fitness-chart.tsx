// Fitness over evaluations: best here, mean here, best in the mesh. A picture with axes, a sentence for those who do
// not see it, and the numbers as a table.

import { memo, useMemo, useState, type PointerEvent } from 'react'
import { place } from '../../drawing/axis.ts'
import { describeSeries, fitnessSeries, lastMean, type FitnessPoint, type FitnessSeries } from '../../drawing/fitness-series.ts'
import { count, shortCount } from '../../words/format.ts'
import { t } from '../../words/translate.ts'
import { FitnessTable } from './fitness-table.tsx'
import { Panel } from '../panel.tsx'
import { useWidth } from '../use-width.ts'

const HEIGHT = 260
const MARGIN = { left: 56, right: 12, top: 30, bottom: 40 }

const lines = [
  { key: 'mean' },
  { key: 'meshBest' },
  { key: 'best' },
] as const

export const FitnessChart = memo(function FitnessChart({ history }: { readonly history: readonly FitnessPoint[] }) {
  const [box, width] = useWidth<HTMLDivElement>(560)
  const series = useMemo(() => fitnessSeries(history), [history])
  const [pointed, setPointed] = useState<FitnessPoint>()
  const shown = pointed ?? history.at(-1)
  return (
    <Panel title={t('donate.chart.title')} area="chart" note={pointed === undefined ? undefined : t('donate.chart.at', { evaluations: count(pointed.evaluations) })}>
      <div ref={box} className="chart" data-testid="fitness-chart" onPointerLeave={() => setPointed(undefined)}>
        {series === undefined ? (
          <p className="empty">{t('donate.chart.none')}</p>
        ) : (
          <Picture series={series} width={width} pointed={pointed} onPoint={setPointed} />
        )}
      </div>
      <ul className="legend">
        {lines.toReversed().map(({ key }) => (
          <li key={key}>
            <svg width="26" height="10" aria-hidden="true">
              <path className={`line line-${key}`} d="M1 5H25" />
            </svg>
            {t(`donate.chart.${key}`)} <b>{valueOf(key, shown, history)}</b>
          </li>
        ))}
      </ul>
      <FitnessTable history={history} />
    </Panel>
  )
})

/** The newest known value, since the mean of the present is not known yet. */
function valueOf(key: (typeof lines)[number]['key'], shown: FitnessPoint | undefined, history: readonly FitnessPoint[]): string {
  const value = shown?.[key] ?? (key === 'mean' ? lastMean(history) : undefined)
  return value === undefined ? '' : count(value)
}

interface PictureProps {
  readonly series: FitnessSeries
  readonly width: number
  readonly pointed: FitnessPoint | undefined
  readonly onPoint: (point: FitnessPoint | undefined) => void
}

function Picture({ series, width, pointed, onPoint }: PictureProps) {
  const { points, evaluations, fitness } = series
  const x = (value: number): number => place(evaluations, value, MARGIN.left, width - MARGIN.right)
  const y = (value: number): number => place(fitness, value, HEIGHT - MARGIN.bottom, MARGIN.top)
  // A best value holds until the next one, so it is drawn in steps.
  const path = (key: (typeof lines)[number]['key']): string =>
    points
      .flatMap((point, index) => {
        const value = point[key]
        if (value === undefined) return []
        const [right, up] = [x(point.evaluations).toFixed(1), y(value).toFixed(1)]
        return index === 0 ? `M${right} ${up}` : key === 'mean' ? `L${right} ${up}` : `H${right}V${up}`
      })
      .join('')
  const point = (event: PointerEvent<SVGSVGElement>): void => {
    const at = event.clientX - event.currentTarget.getBoundingClientRect().left
    onPoint(points.reduce((near, next) => (Math.abs(x(next.evaluations) - at) < Math.abs(x(near.evaluations) - at) ? next : near)))
  }
  return (
    <svg role="img" aria-label={describeSeries(series)} width={width} height={HEIGHT} onPointerMove={point}>
      {fitness.ticks.map((tick) => (
        <g key={tick} className="tick">
          <path className="grid" d={`M${MARGIN.left} ${y(tick)}H${width - MARGIN.right}`} />
          <text x={MARGIN.left - 8} y={y(tick)} dy="0.35em" textAnchor="end">
            {shortCount(tick)}
          </text>
        </g>
      ))}
      {evaluations.ticks.map((tick) => (
        <text key={tick} className="tick" x={x(tick)} y={HEIGHT - MARGIN.bottom + 18} textAnchor="middle">
          {shortCount(tick)}
        </text>
      ))}
      <text className="axis-name" x={width - MARGIN.right} y={HEIGHT - 4} textAnchor="end">
        {t('donate.chart.evaluations')}
      </text>
      <text className="axis-name" x={0} y={12}>
        {t(fitness.kind === 'even' ? 'donate.chart.even' : 'donate.chart.logarithmic')}
      </text>
      {lines.map(({ key }) => (
        <path key={key} className={`line line-${key}`} d={path(key)} />
      ))}
      {pointed === undefined ? null : (
        <path className="crosshair" d={`M${x(pointed.evaluations)} ${MARGIN.top}V${HEIGHT - MARGIN.bottom}`} />
      )}
    </svg>
  )
}
