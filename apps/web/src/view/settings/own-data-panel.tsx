// The visitor's own data: one file with all of it, and a way to be rid of it.

import type { Command, Snapshot } from '@megabrain/island'
import { useState } from 'react'
import { eraseOwnData, ownData } from '../../visit/own-data.ts'
import { saveFile } from '../../visit/save-file.ts'
import { t } from '../../words/translate.ts'
import { Panel } from '../panel.tsx'

interface OwnDataPanelProps {
  readonly snapshot: Snapshot
  readonly command: (command: Command) => void
}

/** Workers end within a second of Stop. */
const STOP_MS = 1_500

export function OwnDataPanel({ snapshot, command }: OwnDataPanelProps) {
  const [stage, setStage] = useState<'reading' | 'asking' | 'erasing' | 'failed'>('reading')
  const erase = async (): Promise<void> => {
    setStage('erasing')
    command({ kind: 'stop' })
    try {
      await new Promise((resolve) => setTimeout(resolve, STOP_MS))
      await eraseOwnData(window)
      location.replace(location.pathname)
    } catch {
      setStage('failed')
    }
  }
  return (
    <Panel title={t('settings.ownData')} area="own-data">
      <p>{t('settings.ownDataText')}</p>
      <p className="setting-row">
        <button type="button" className="button button-small" data-testid="export-data" onClick={() => saveFile('megabrain-my-data.json', ownData(snapshot, localStorage))}>
          {t('settings.exportData')}
        </button>
        {stage === 'reading' ? (
          <button type="button" className="button button-small" data-testid="erase-data" onClick={() => setStage('asking')}>
            {t('settings.eraseData')}
          </button>
        ) : null}
      </p>
      {stage === 'asking' ? (
        <div role="alert">
          <p>{t('settings.eraseAsk')}</p>
          <p className="setting-row">
            <button type="button" className="button button-small" data-testid="erase-really" onClick={() => void erase()}>
              {t('settings.eraseReally')}
            </button>
            <button type="button" className="button button-small" onClick={() => setStage('reading')}>
              {t('settings.eraseNot')}
            </button>
          </p>
        </div>
      ) : null}
      <p role="status">{stage === 'erasing' ? t('settings.erasing') : stage === 'failed' ? t('settings.eraseFailed') : ''}</p>
    </Panel>
  )
}
