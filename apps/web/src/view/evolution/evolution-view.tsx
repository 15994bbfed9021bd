// How the population develops: its fitness, shape, diversity and pace over one common axis, its species, and the same as a table and files.

import { useId, useMemo, useRef } from 'react'
import '../../style/evolution.css'
import { columnsAsCsv, evolutionColumns, smoothed, speciesStream, timeScales, type Quantity, type TimeScale } from '../../drawing/evolution-columns.ts'
import { choose } from '../../visit/route.ts'
import { saveFile } from '../../visit/save-file.ts'
import { count } from '../../words/format.ts'
import { t } from '../../words/translate.ts'
import { Panel } from '../panel.tsx'
import type { ViewProps } from '../view-props.ts'
import { EvolutionTable } from './evolution-table.tsx'
import { LineChart, type ChartLine } from './line-chart.tsx'
import { SpeciesPicture } from './species-picture.tsx'

interface Chart {
  readonly area: 'fitness' | 'shape' | 'diversity' | 'pace'
  readonly lines: readonly (Omit<ChartLine, 'name' | 'column'> & { readonly quantity: Quantity })[]
}

const charts: readonly Chart[] = [
  {
    area: 'fitness',
    lines: [
      { quantity: 'spread', colour: '--gray', width: 1, dash: [2, 3] },
      { quantity: 'median', colour: '--gray', width: 1.3, dash: [8, 4] },
      { quantity: 'mean', colour: '--gray', width: 1.6 },
      { quantity: 'meshBest', colour: '--orange', dash: [6, 4] },
      { quantity: 'best', colour: '--blue', width: 2.4 },
    ],
  },
  { area: 'shape', lines: [{ quantity: 'links', colour: '--blue' }, { quantity: 'hidden', colour: '--orange', dash: [6, 4] }] },
  {
    area: 'diversity',
    lines: [{ quantity: 'distance', colour: '--blue' }, { quantity: 'entropy', colour: '--orange', dash: [6, 4] }, { quantity: 'speciesCount', colour: '--gray', dash: [2, 3] }],
  },
  { area: 'pace', lines: [{ quantity: 'rate', colour: '--blue' }, { quantity: 'adopted', colour: '--orange', dash: [6, 4] }] },
]

const MAX_SMOOTHING = 95

export default function EvolutionView({ snapshot, route: { words } }: ViewProps) {
  const { history } = snapshot
  const scale = timeScales.find((known) => known === words.get('x')) ?? 'evaluations'
  const smoothing = Math.min(MAX_SMOOTHING, Math.max(0, Math.trunc(Number(words.get('smooth') ?? 0)) || 0))
  const isLogarithmic = words.get('log') === '1'
  const change = (next: Readonly<Record<string, string | undefined>>): void => {
    const now = { x: scale === 'evaluations' ? undefined : scale, smooth: smoothing === 0 ? undefined : String(smoothing), log: isLogarithmic ? '1' : undefined }
    choose(window, 'evolution', { ...now, ...next })
  }
  const columns = useMemo(() => evolutionColumns(history, scale), [history, scale])
  const stream = useMemo(() => speciesStream(history, scale), [history, scale])
  const drawn = useMemo(() => charts.map(({ area, lines }) => ({ area, lines: lines.flatMap((line) => linesOf(line, columns.columns[line.quantity], smoothing)) })), [columns, smoothing])
  const canvases = useRef(new Map<string, HTMLCanvasElement>())
  const isTime = scale === 'time'
  const name = `megabrain-${snapshot.settings.task}`
  const savePicture = (): void => canvases.current.get('fitness')?.toBlob((blob) => blob !== null && saveFile(`${name}.png`, blob))
  return (
    <div className="evolution" data-testid="evolution-chart" data-points={columns.x.length}>
      <Tools scale={scale} smoothing={smoothing} isLogarithmic={isLogarithmic} onChange={change}>
        <button type="button" className="button button-small" disabled={columns.x.length === 0} onClick={() => saveFile(`${name}.csv`, new Blob([columnsAsCsv(columns, scale)], { type: 'text/csv' }))}>
          CSV
        </button>
        <button type="button" className="button button-small" disabled={columns.x.length < 2} onClick={savePicture}>
          PNG
        </button>
      </Tools>
      {columns.x.length < 2 ? (
        <p className="empty">{t('evolution.empty')}</p>
      ) : (
        <div className="panels">
          {drawn.map(({ area, lines }) => (
            <Panel key={area} title={t(`evolution.${area}`)} area={`evolution-${area}`} note={area === 'fitness' && columns.arrivals.length > 0 ? t('evolution.marks', { count: columns.arrivals.length }) : undefined}>
              <LineChart
                label={t('evolution.chartLabel', { what: t(`evolution.${area}`), points: count(columns.x.length), lines: lines.filter(({ isFaint }) => isFaint !== true).map((line) => line.name).join(', ') })}
                x={columns.x}
                isTime={isTime}
                lines={lines}
                isLogarithmic={isLogarithmic && area === 'fitness'}
                marks={columns.arrivals}
                sync="evolution"
                onCanvas={(canvas) => (canvas === undefined ? canvases.current.delete(area) : canvases.current.set(area, canvas))}
              />
            </Panel>
          ))}
          <Panel title={t('evolution.species')} area="evolution-species" note={t('evolution.speciesNote')}>
            <SpeciesPicture stream={stream} />
          </Panel>
        </div>
      )}
      <EvolutionTable columns={columns} isTime={isTime} axis={t(`evolution.axis.${scale}`)} />
    </div>
  )
}

/** The smoothed line over the faint raw one; the raw one alone when nothing is smoothed. */
function linesOf({ quantity, ...line }: Chart['lines'][number], column: ChartLine['column'], smoothing: number): readonly ChartLine[] {
  const name = t(`evolution.quantity.${quantity}`)
  const isExact = quantity === 'best' || quantity === 'meshBest' || quantity === 'adopted'
  if (smoothing === 0 || isExact) return [{ ...line, name, column }]
  return [{ ...line, name: `${name} `, column, isFaint: true }, { ...line, name, column: smoothed(column, smoothing / 100) }]
}

interface ToolsProps {
  readonly scale: TimeScale
  readonly smoothing: number
  readonly isLogarithmic: boolean
  readonly onChange: (next: Readonly<Record<string, string | undefined>>) => void
  readonly children: React.ReactNode
}

function Tools({ scale, smoothing, isLogarithmic, onChange, children }: ToolsProps) {
  const [axis, smooth] = [useId(), useId()]
  return (
    <div className="evolution-tools">
      <span>
        <label htmlFor={axis}>{t('evolution.over')}</label>{' '}
        <select id={axis} value={scale} onChange={({ target }) => onChange({ x: target.value })}>
          {timeScales.map((known) => (
            <option key={known} value={known}>
              {t(`evolution.axis.${known}`)}
            </option>
          ))}
        </select>
      </span>
      <span>
        <label htmlFor={smooth}>{t('evolution.smoothing')}</label>{' '}
        <input id={smooth} type="range" min={0} max={MAX_SMOOTHING} step={5} value={smoothing} onChange={({ target }) => onChange({ smooth: target.value })} />
      </span>
      <label>
        <input type="checkbox" checked={isLogarithmic} onChange={({ target }) => onChange({ log: target.checked ? '1' : undefined })} /> {t('evolution.logarithmic')}
      </label>
      <span className="evolution-files">{children}</span>
    </div>
  )
}
