// How much of this computer is given, in one place: power, cores, and the gentle ways to stop.

import type { Command, Settings, Snapshot } from '@megabrain/island'
import { useId } from 'react'
import { percent } from '../../words/format.ts'
import { t } from '../../words/translate.ts'
import { Panel } from '../panel.tsx'

/** Shares of each core, per cent. */
const powers = { light: 25, medium: 50, full: 100 } as const
const HOUR_MS = 3_600_000

interface PowerPanelProps {
  readonly phase: Snapshot['phase']
  readonly settings: Pick<Settings, 'dutyPercent' | 'workers'>
  readonly command: (command: Command) => void
}

export function PowerPanel({ phase, settings: { dutyPercent, workers }, command }: PowerPanelProps) {
  const [group, cores] = [useId(), useId()]
  const change = (settings: Partial<Settings>): void => command({ kind: 'configure', settings })
  const available = Math.max(workers, Math.min(64, navigator.hardwareConcurrency))
  return (
    <Panel title={t('donate.power')} area="power" note={t('donate.powerNote', { share: percent(dutyPercent), count: workers })}>
      <div className="power">
        <fieldset className="choice">
          <legend className="unseen">{t('donate.power')}</legend>
          {Object.entries(powers).map(([name, share]) => (
            <label key={name}>
              <input type="radio" name={group} data-testid={`power-${name}`} checked={dutyPercent === share} onChange={() => change({ dutyPercent: share })} />
              <span>
                {t(`donate.powers.${name as keyof typeof powers}`)} <small>{percent(share)}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <span>
          <label htmlFor={cores}>{t('donate.cores')}</label>{' '}
          <select id={cores} data-testid="cores" value={workers} onChange={({ target }) => change({ workers: Number(target.value) })}>
            {Array.from({ length: available }, (_, index) => index + 1).map((number) => (
              <option key={number} value={number}>
                {number}
              </option>
            ))}
          </select>
        </span>
        {phase === 'running' ? (
          <span className="power-ends">
            <button type="button" className="button button-small" onClick={() => command({ kind: 'finish' })}>
              {t('shell.do.finish')}
            </button>
            <button type="button" className="button button-small" onClick={() => command({ kind: 'snooze', until: Date.now() + HOUR_MS })}>
              {t('shell.do.snooze')}
            </button>
          </span>
        ) : null}
      </div>
    </Panel>
  )
}
