// Pause, Resume, Stop and Start again: always in the same place, always visible.

import type { Command, Phase, Reason } from '@megabrain/island'
import { labelOf } from '../words/state.ts'
import { t } from '../words/translate.ts'

interface ControlsProps {
  readonly phase: Phase
  readonly reason: Reason | undefined
  readonly command: (command: Command) => void
}

export function Controls({ phase, reason, command }: ControlsProps) {
  const send = (kind: 'start' | 'pause' | 'resume' | 'stop') => () => command({ kind })
  const runs = phase === 'starting' || phase === 'running'
  return (
    <div className="controls">
      <span className="pill" data-testid="phase" data-phase={phase} data-reason={reason ?? ''}>
        {labelOf(phase)}
      </span>
      {runs ? (
        <button type="button" className="button" data-testid="pause" onClick={send('pause')}>
          {t('shell.do.pause')}
        </button>
      ) : null}
      {phase === 'paused' ? (
        <button type="button" className="button button-main" data-testid="resume" onClick={send('resume')}>
          {t('shell.do.resume')}
        </button>
      ) : null}
      {runs || phase === 'paused' ? (
        <button type="button" className="button" data-testid="stop" onClick={send('stop')}>
          {t('shell.do.stop')}
        </button>
      ) : (
        <button type="button" className="button button-main" data-testid="start" onClick={send('start')}>
          {t('shell.do.start')}
        </button>
      )}
    </div>
  )
}
