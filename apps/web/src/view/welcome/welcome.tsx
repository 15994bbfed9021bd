// Before the click: what this is, in plain words, and one button. Nothing runs while this is shown.

import { useState } from 'react'
import { ConsentSheet } from './consent-sheet.tsx'
import { t } from '../../words/translate.ts'
import { Wordmark } from '../wordmark.tsx'
import { WelcomeFigure } from './welcome-figure.tsx'

interface WelcomeProps {
  /** Whether the consent sheet comes between the button and the start. */
  readonly needsConsent: boolean
  /** What earlier visits left here, as a sentence. */
  readonly kept: string | undefined
  /** Undefined while the page is still opening what this browser kept. */
  readonly onStart: (() => void) | undefined
}

export function Welcome({ needsConsent, kept, onStart }: WelcomeProps) {
  const [stage, setStage] = useState<'reading' | 'asking' | 'starting'>('reading')
  const start = (): void => {
    setStage('starting')
    onStart?.()
  }
  return (
    <div className="welcome">
      <header className="welcome-head">
        <Wordmark />
      </header>
      <main>
        <div className="welcome-lead">
          <div>
            <h1>{t('welcome.title')}</h1>
            <p className="welcome-text">{t('welcome.lead')}</p>
            <p className="welcome-start">
              <button
                type="button"
                className="button button-main"
                data-testid="start"
                disabled={onStart === undefined || stage === 'starting'}
                onClick={() => (needsConsent ? setStage('asking') : start())}
              >
                {t(stage === 'starting' ? 'welcome.starting' : 'welcome.start')}
              </button>
              <span>{t(needsConsent ? 'welcome.asked' : 'welcome.agreed')}</span>
            </p>
            {kept === undefined ? null : (
              <p className="welcome-kept" data-testid="kept">
                {kept}
              </p>
            )}
          </div>
          <WelcomeFigure />
        </div>
        <ol className="welcome-steps">
          {(['breeds', 'trade', 'believe'] as const).map((step) => (
            <li key={step}>
              <h2>{t(`welcome.${step}`)}</h2>
              <p>{t(`welcome.${step}Text`)}</p>
            </li>
          ))}
        </ol>
      </main>
      {stage === 'asking' ? <ConsentSheet onAccept={start} onDecline={() => setStage('reading')} /> : null}
    </div>
  )
}
