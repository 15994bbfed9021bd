// What strangers sent and was not taken, counted by reason.

import type { Refusal } from '@megabrain/exchange'
import { count } from '../../words/format.ts'
import { t } from '../../words/translate.ts'
import { isHarmless, refusalPhrase, refusalReasons } from '../../words/refusals.ts'
import { Panel } from '../panel.tsx'

interface RefusalsProps {
  readonly refusals: Readonly<Partial<Record<Refusal, number>>>
  readonly admitted: number
}

export function Refusals({ refusals, admitted }: RefusalsProps) {
  const rows = refusalReasons.flatMap((reason) => {
    const times = refusals[reason] ?? 0
    return times === 0 ? [] : [{ reason, times }]
  })
  return (
    <Panel title={t('mesh.refusalsTitle')} area="refusals" note={t('mesh.verified', { count: admitted, some: count(admitted) })}>
      {rows.length === 0 ? (
        <p className="empty">{t('mesh.noneRefused')}</p>
      ) : (
        <ul className="refusals">
          {rows.map(({ reason, times }) => (
            <li
              key={reason}
              data-testid="refusal"
              data-reason={reason}
              data-count={times}
              className={isHarmless(reason) ? 'harmless' : undefined}
            >
              <span>{refusalPhrase(reason)}</span>
              <b>{count(times)}</b>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
