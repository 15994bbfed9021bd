// What happened, in words, newest first.

import type { LogEntry } from '@megabrain/island'
import { memo } from 'react'
import { count, timeOfDay } from '../../words/format.ts'
import { logRuns } from '../../words/log-runs.ts'
import { logSentence } from '../../words/log.ts'
import { isHarmless } from '../../words/refusals.ts'
import { t } from '../../words/translate.ts'
import { Panel } from '../panel.tsx'

const SHOWN = 80

export const EventLog = memo(function EventLog({ log }: { readonly log: readonly LogEntry[] }) {
  return (
    <Panel title={t('donate.log.title')} area="log">
      {log.length === 0 ? (
        <p className="empty">{t('donate.log.none')}</p>
      ) : (
        <div className="scroll" role="region" aria-label={t('donate.log.label')} tabIndex={0}>
          <ol className="log">
            {logRuns(log)
              .slice(0, SHOWN)
              .map(({ entry, more }) => (
                <li key={entry.id} className={toneOf(entry)} data-testid="log-entry" data-kind={entry.kind}>
                  <time dateTime={new Date(entry.time).toISOString()}>{timeOfDay(entry.time)}</time>
                  <span>
                    {logSentence(entry)}
                    {more === 0 ? null : <small> {t('donate.log.more', { some: count(more) })}</small>}
                  </span>
                </li>
              ))}
          </ol>
        </div>
      )}
    </Panel>
  )
})

/** Good news and refusals stand out; the words say it too. */
function toneOf(entry: LogEntry): string | undefined {
  if (entry.kind === 'adopted' || entry.kind === 'solved') return 'log-good'
  return entry.kind === 'refused' && !isHarmless(entry.reason) ? 'log-refused' : undefined
}
