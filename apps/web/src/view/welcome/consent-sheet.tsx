// What the visitor agrees to, before anything runs: a real modal dialog, closed by Escape like any other.

import { Fragment, useEffect, useId, useRef } from 'react'
import { t } from '../../words/translate.ts'

interface ConsentSheetProps {
  readonly onAccept: () => void
  readonly onDecline: () => void
}

export function ConsentSheet({ onAccept, onDecline }: ConsentSheetProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const title = useId()
  useEffect(() => {
    if (dialog.current?.open === false) dialog.current.showModal()
    // Left alone, the browser focuses the first button and scrolls a small screen past what there is to read.
    heading.current?.focus()
  }, [])
  return (
    <dialog ref={dialog} className="consent" data-testid="consent" aria-labelledby={title} onClose={onDecline}>
      <h2 id={title} ref={heading} tabIndex={-1}>
        {t('welcome.consent.title')}
      </h2>
      <dl>
        {(['runs', 'much', 'sees', 'published', 'stop'] as const).map((what) => (
          <Fragment key={what}>
            <dt>{t(`welcome.consent.${what}`)}</dt>
            <dd>{t(`welcome.consent.${what}Text`)}</dd>
          </Fragment>
        ))}
      </dl>
      <form method="dialog" className="consent-buttons">
        <button className="button">{t('welcome.consent.decline')}</button>
        <button type="button" className="button button-main" data-testid="consent-accept" onClick={onAccept}>
          {t('welcome.consent.accept')}
        </button>
      </form>
    </dialog>
  )
}
