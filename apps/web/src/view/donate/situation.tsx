// The state in words: what happens here and why, and with whom.

import type { Snapshot } from '@megabrain/island'
import type { Company } from '../../words/company.ts'
import { sentenceOf } from '../../words/state.ts'
import { t } from '../../words/translate.ts'

interface SituationProps {
  readonly snapshot: Pick<Snapshot, 'phase' | 'reason' | 'detail' | 'until' | 'settings' | 'watching'>
  readonly company: Company
}

export function Situation({ snapshot, company }: SituationProps) {
  const connected = snapshot.phase === 'running' || snapshot.phase === 'paused'
  return (
    <div className="situation">
      <p className="situation-state" role="status">
        {sentenceOf(snapshot)}
      </p>
      {connected ? (
        <p className="situation-company" data-testid="company" data-alone={company.alone} role="status">
          {company.sentence}
        </p>
      ) : null}
      {snapshot.watching ? (
        <p className="situation-watching" data-testid="watching">
          {t('donate.watchingNote')}
        </p>
      ) : null}
    </div>
  )
}
