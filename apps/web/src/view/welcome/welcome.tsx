// Before the click: what this is, in plain words, and one button. Nothing runs while this is shown.

import { useState } from 'react'
import { ConsentSheet } from './consent-sheet.tsx'
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
            <h1>Evolve neural networks together with strangers.</h1>
            <p className="welcome-text">
              Lend this page a quarter of one processor core. It breeds small neural networks, and trades its best finds directly with
              everybody else who has the page open. No server owns the population.
            </p>
            <p className="welcome-start">
              <button
                type="button"
                className="button button-main"
                data-testid="start"
                disabled={onStart === undefined || stage === 'starting'}
                onClick={() => (needsConsent ? setStage('asking') : start())}
              >
                {stage === 'starting' ? 'Starting' : 'Start'}
              </button>
              <span>
                {needsConsent
                  ? 'You are asked first. Nothing runs until you agree.'
                  : 'You agreed before. Nothing runs until you press Start.'}
              </span>
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
          <li>
            <h2>Your browser breeds</h2>
            <p>
              A population of networks tries a task, such as keeping two poles upright on a moving cart. The better ones have offspring;
              mutations add and remove neurons and connections.
            </p>
          </li>
          <li>
            <h2>Browsers trade</h2>
            <p>
              The champion of each browser travels to the others, from browser to browser. The relay that served this page only introduces
              them and keeps an archive. It decides nothing.
            </p>
          </li>
          <li>
            <h2>Nobody is simply believed</h2>
            <p>
              Whatever arrives is run again here and must give the same result to the last bit. Then it joins your population, under its
              author’s name. What does not hold is refused, and you see why.
            </p>
          </li>
        </ol>
      </main>
      {stage === 'asking' ? <ConsentSheet onAccept={start} onDecline={() => setStage('reading')} /> : null}
    </div>
  )
}
