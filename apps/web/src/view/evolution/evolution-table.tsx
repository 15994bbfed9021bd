// The charts of the evolution view as numbers: the newest first, as many as people read.

import { quantities, type EvolutionColumns } from '../../drawing/evolution-columns.ts'
import { count, rate } from '../../words/format.ts'
import { t } from '../../words/translate.ts'
import { placeInWords } from './line-chart.tsx'

const MAX_ROWS = 40

interface EvolutionTableProps {
  readonly columns: EvolutionColumns
  readonly isTime: boolean
  readonly axis: string
}

export function EvolutionTable({ columns: { x, columns }, isTime, axis }: EvolutionTableProps) {
  const rows = x.map((value, at) => ({ value, at })).toReversed().slice(0, MAX_ROWS)
  return (
    <details>
      <summary>{t('evolution.asTable')}</summary>
      <div className="table-scroll" tabIndex={0} role="region" aria-label={t('evolution.asTable')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{axis}</th>
              {quantities.map((name) => (
                <th key={name} scope="col">
                  {t(`evolution.quantity.${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ value, at }) => (
              <tr key={value}>
                <th scope="row">{placeInWords(value, isTime)}</th>
                {quantities.map((name) => {
                  const known = columns[name][at]
                  return <td key={name}>{known === null || known === undefined ? '' : Math.abs(known) < 100 ? rate(known) : count(known)}</td>
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
