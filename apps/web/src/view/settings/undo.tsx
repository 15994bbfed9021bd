// One step back from the last change of a setting, offered for a few seconds.

import type { Command, Settings } from '@megabrain/island'
import { useCallback, useEffect, useRef, useState } from 'react'
import { t } from '../../words/translate.ts'

const OFFERED_MS = 10_000

/** @returns a `command` that remembers what a change replaced, and the offer to take it back */
export function useUndo(settings: Settings, command: (command: Command) => void) {
  const [before, setBefore] = useState<Partial<Settings>>()
  const now = useRef(settings)
  useEffect(() => {
    now.current = settings
  })
  useEffect(() => {
    if (before === undefined) return
    const timer = setTimeout(() => setBefore(undefined), OFFERED_MS)
    return () => clearTimeout(timer)
  }, [before])
  const remembering = useCallback(
    (given: Command): void => {
      if (given.kind === 'configure') {
        const names = Object.keys(given.settings) as (keyof Settings)[]
        setBefore(Object.fromEntries(names.map((name) => [name, now.current[name]])))
      }
      command(given)
    },
    [command],
  )
  const undo = (): void => {
    if (before !== undefined) command({ kind: 'configure', settings: before })
    setBefore(undefined)
  }
  const offer = (
    <div className="toast" role="status">
      {before === undefined ? null : (
        <>
          {t('settings.changed')}{' '}
          <button type="button" className="button button-small" data-testid="undo" onClick={undo}>
            {t('settings.undo')}
          </button>
        </>
      )}
    </div>
  )
  return [remembering, offer] as const
}
