// The numbers behind the chart, newest first, for those who prefer them. Filled only while it is open.

import { useState } from 'react'
import type { FitnessPoint } from '../../drawing/fitness-series.ts'
import { count } from '../../words/format.ts'
import { t } from '../../words/translate.ts'

const ROWS = 20

export function FitnessTable({ history }: { readonly history: readonly FitnessPoint[] }) {
  const [open, setOpen] = useState(false)
  return (
    <details className="twin" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('donate.chart.table')}</summary>
      {open ? (
        <div className="scroll" role="region" aria-label={t('donate.chart.label')} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('donate.chart.evaluationsHead')}</th>
                <th scope="col">{t('donate.chart.generation')}</th>
                <th scope="col">{t('donate.chart.bestHead')}</th>
                <th scope="col">{t('donate.chart.meanHead')}</th>
                <th scope="col">{t('donate.chart.meshHead')}</th>
              </tr>
            </thead>
            <tbody>
              {history
                .slice(-ROWS)
                .toReversed()
                .map((point) => (
                  <tr key={point.evaluations}>
                    <td>{count(point.evaluations)}</td>
                    <td>{count(point.generation)}</td>
                    <td>{count(point.best)}</td>
                    <td>{point.mean === undefined ? '–' : count(point.mean)}</td>
                    <td>{count(point.meshBest)}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </details>
  )
}
